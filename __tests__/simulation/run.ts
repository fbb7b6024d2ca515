/**
 * Runs histories in a process of their own: `run.ts <first seed> <how many> [<step>]`. Prints one line of JSON a
 * history. With `TRACE=1` every event goes to stderr as it happens.
 */
import { buildBundles } from "./bundles";
import { runHistory } from "./run-history";

/** Lines of the log of a history that went wrong. */
const TOLD = 300;

async function main(): Promise<void> {
  const [first = 1, count = 1, step = 1] = process.argv.slice(2).map(Number);
  const trace = process.env["TRACE"] === "1" ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;
  const bundles = buildBundles();
  for (let place = 0; place < count; place++) {
    const { log, ...result } = await runHistory(first + place * step, bundles, trace);
    process.stdout.write(`${JSON.stringify({ ...result, log: result.violation ? log.slice(-TOLD) : [] })}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
