import type { LogEntry } from "./ports";

/** Writes a line of JSON directly to stdout: console.log would add Lambda's own prefix. */
export function log(entry: LogEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
