/** Writes a module to a folder. A list of checksums names the module's files. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deterministicZip } from "../build/zip";

const CHECKSUMS = "SHA256SUMS";

export class FolderInUse extends Error {}

/**
 * Replaces an existing module in the folder. Other files stay.
 *
 * @throws FolderInUse if the folder has files, but no module
 */
export function writeModule(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  const list = join(folder, CHECKSUMS);
  if (existsSync(list))
    for (const { path } of readChecksums(readFileSync(list, "utf8"))) rmSync(join(folder, path), { force: true });
  else if (existsSync(folder) && readdirSync(folder).length > 0) throw new FolderInUse(folder);
  for (const [path, content] of [...Object.entries(files), [CHECKSUMS, checksums(files)] as const]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** The module in a folder as a zip. Its bytes depend only on the files. */
export function archiveOf(folder: string): Uint8Array {
  const list = readFileSync(join(folder, CHECKSUMS), "utf8");
  const paths = [CHECKSUMS, ...readChecksums(list).map(({ path }) => path)];
  return deterministicZip(Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))])));
}

/** The checksums of the existing files. */
export function checksumsOf(folder: string): string {
  const paths = readChecksums(readFileSync(join(folder, CHECKSUMS), "utf8")).map(({ path }) => path);
  const there = paths.filter((path) => existsSync(join(folder, path)));
  return checksums(Object.fromEntries(there.map((path) => [path, readFileSync(join(folder, path))])));
}

/** In the format of `sha256sum`, sorted by path. */
export function checksums(files: Readonly<Record<string, string | Uint8Array>>): string {
  return Object.keys(files)
    .sort()
    .map((path) => `${createHash("sha256").update(files[path]!).digest("hex")}  ${path}\n`)
    .join("");
}

function readChecksums(text: string): { path: string }[] {
  return [...text.matchAll(/^[0-9a-f]{64} {2}(?!\/)(.+)$/gm)]
    .map(([, path]) => ({ path: path! }))
    .filter(({ path }) => !path.split("/").includes(".."));
}
