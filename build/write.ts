import { renameSync, writeFileSync } from "node:fs";

/** Writes a file by renaming, so that a concurrent synth never reads half of it. */
export function write(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}
