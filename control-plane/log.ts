/** A line of JSON straight to stdout: console.log would put Lambda's own prefix before it. */
export function log(entry: Record<string, string | number | boolean>): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
