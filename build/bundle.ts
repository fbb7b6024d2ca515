/** Builds what the stack deploys. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { artifactsIn, componentsFile, type Artifacts } from "./artifacts";
import { buildGate } from "./gate";
import { buildHandlers } from "./handler";

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
    site: "edge-handlers/site/cloudfront.ts",
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
  });
  const contents = { gate: buildGate(), gateWithFunctions: buildGate({ withFunctions: true }), ...zips };
  write(componentsFile(artifacts), `${JSON.stringify(components, null, 2)}\n`);
  for (const name of Object.keys(contents) as (keyof Artifacts)[]) write(artifacts[name], contents[name]);
  return artifacts;
}

/** Writes a file by renaming, so that a concurrent synth never reads half of it. */
function write(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}

if (require.main === module) {
  for (const path of Object.values(buildArtifacts())) {
    process.stdout.write(
      `${relative(process.cwd(), path).padEnd(32)} ${String(statSync(path).size).padStart(7)} bytes\n`,
    );
  }
}
