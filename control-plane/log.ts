import type { LogEntry } from "./ports";

/** A line of JSON straight to stdout: console.log would put Lambda's own prefix before it. */
export function log(entry: LogEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
