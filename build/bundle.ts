/** Builds what the stack deploys. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { artifactsIn, componentsFile, type Artifacts } from "./artifacts";
import { buildGate } from "./gate";
import { GATE_VARIANTS, gateWith } from "./gate-features";
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
    bearer: "edge-handlers/bearer/cloudfront.ts",
    site: "edge-handlers/site/cloudfront.ts",
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
  });
  for (const features of GATE_VARIANTS) write(gateWith(artifacts, features), buildGate(features));
  write(componentsFile(artifacts), `${JSON.stringify(components, null, 2)}\n`);
  for (const name of Object.keys(zips) as (keyof typeof zips)[]) write(artifacts[name], zips[name]);
  return artifacts;
}

/** Writes a file by renaming, so that a concurrent synth never reads half of it. */
function write(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}

if (require.main === module) {
  const artifacts = buildArtifacts();
  const gates = GATE_VARIANTS.map((features) => gateWith(artifacts, features));
  for (const path of new Set([...gates, ...Object.values(artifacts)])) {
    process.stdout.write(
      `${relative(process.cwd(), path).padEnd(72)} ${String(statSync(path).size).padStart(7)} bytes\n`,
    );
  }
}
