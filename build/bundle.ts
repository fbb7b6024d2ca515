/** Builds the files that the stack deploys. */
import { mkdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { artifactsIn, componentsFile, type Artifacts } from "./artifacts";
import { gateWith } from "./gate-features";
import { buildHandlers } from "./handler";
import { write } from "./write";

/** The default folder for builds; ignored by git. */
const FOLDER = resolve(__dirname, "../dist/artifacts");

/**
 * @param folder created if it does not exist
 * @throws Error from esbuild, with the location, if the code does not build
 */
export function buildArtifacts(folder = FOLDER): Artifacts {
  mkdirSync(folder, { recursive: true });
  const artifacts = artifactsIn(folder);
  const { zips, components } = buildHandlers({
    auth: "edge-handlers/auth/cloudfront.ts",
    bearer: "edge-handlers/bearer/cloudfront.ts",
    site: "edge-handlers/site/cloudfront.ts",
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
    archiver: "control-plane/archiver/lambda.ts",
  });
  gateWith(artifacts, []);
  write(componentsFile(artifacts), `${JSON.stringify(components, null, 2)}\n`);
  for (const name of Object.keys(zips) as (keyof typeof zips)[]) write(artifacts[name], zips[name]);
  return artifacts;
}

if (require.main === module) {
  for (const path of Object.values(buildArtifacts())) {
    process.stdout.write(
      `${relative(process.cwd(), path).padEnd(32)} ${String(statSync(path).size).padStart(7)} bytes\n`,
    );
  }
}
