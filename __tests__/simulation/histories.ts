/** Many histories, in as many processes as there is room for. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nodeArguments } from "../../local/typescript";
import type { Result } from "./run-history";

/**
 * With one thread a process it takes a quarter less of all processors: the code of one history is too short-lived for
 * those that compile beside it.
 */
const NODE_OPTIONS = ["--single-threaded", "--max-semi-space-size=64", ...nodeArguments("run.ts")];

/** Of one process. The code of every history stays in its memory: after 800 it has 2.5 GB and takes half as long again. */
const BATCH = 200;

/** @returns one result a seed, in no order; @throws Error when a process fails */
export async function runHistories(
  firstSeed: number,
  count: number,
  processes: number,
  env: Record<string, string> = {},
): Promise<Result[]> {
  const results: Result[] = [];
  const run = async (place: number): Promise<void> => {
    for (let first = place; first < count; first += processes * BATCH)
      await runBatch(firstSeed + first, Math.min(BATCH, Math.ceil((count - first) / processes)));
  };
  const runBatch = async (first: number, own: number): Promise<void> => {
    const parameters = [first, own, processes].map(String);
    const child = spawn(process.execPath, [...NODE_OPTIONS, join(__dirname, "run.ts"), ...parameters], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    createInterface({ input: child.stdout }).on("line", (line) => results.push(JSON.parse(line) as Result));
    const status = await new Promise((resolve) => child.once("close", resolve));
    if (env["TRACE"] === "1") process.stderr.write(errors);
    else if (status !== 0) throw new Error(`the simulator ended with ${String(status)}: ${errors.slice(-2000)}`);
  };
  await Promise.all(Array.from({ length: processes }, (_, place) => run(place)));
  return results;
}
