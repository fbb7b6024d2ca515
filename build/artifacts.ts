/** Builds what the stack deploys: the gate's base source and the zips of the Lambda functions. */
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { buildGate } from "./gate";
import { buildHandlerZips } from "./handler";

/** Absolute paths of the built files. */
export interface Artifacts {
  /** Source text of the gate, without settings and policy. */
  gate: string;
  /** Zip of the auth handler. */
  auth: string;
  /** Zip of the key rotator. */
  keyRotator: string;
  /** Zip of the revoker. */
  revoker: string;
}

/** Where builds go unless told otherwise; ignored by git. */
export const ARTIFACTS_FOLDER = resolve(__dirname, "../dist");

/**
 * @param folder created where it does not exist
 * @throws Error esbuild's, with the place, when the code does not build
 */
export function buildArtifacts(folder = ARTIFACTS_FOLDER): Artifacts {
  mkdirSync(folder, { recursive: true });
  const zips = buildHandlerZips({
    auth: "edge-handlers/auth/cloudfront.ts",
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
  });
  return {
    gate: write(join(folder, "gate.js"), buildGate()),
    auth: write(join(folder, "auth.zip"), zips.auth),
    keyRotator: write(join(folder, "key-rotator.zip"), zips.keyRotator),
    revoker: write(join(folder, "revoker.zip"), zips.revoker),
  };
}

/** By renaming, so that a synth that runs at the same time never reads half a file. */
function write(path: string, content: string | Uint8Array): string {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
  return path;
}

if (require.main === module) {
  for (const path of Object.values(buildArtifacts())) {
    process.stdout.write(
      `${relative(process.cwd(), path).padEnd(16)} ${String(statSync(path).size).padStart(7)} bytes\n`,
    );
  }
}
