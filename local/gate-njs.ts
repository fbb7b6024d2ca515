/**
 * Runs a CloudFront Function in njs, the engine that CloudFront Functions are based on. Each run is a process, so it is
 * slower than the sandbox, but it is closer to CloudFront in syntax and library.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudFrontFunctionEvent } from "./cloudfront-events";
import { checkResult, FunctionFault, type GateRun, type KeyValueStore } from "./gate-result";

const TIME_LIMIT_MS = 5000;
const modules = join(__dirname, "njs");
const driver = `(function (module) {${readFileSync(join(modules, "driver.js"), "utf8")}\nreturn module.exports; })({})`;

interface Outcome extends Omit<GateRun, "result"> {
  result?: unknown;
  error?: string;
}

/**
 * @param source code of the function, as CloudFront gets it
 * @throws FunctionFault with CloudFront's status: 503 if the function throws, 502 if its result is invalid
 */
export async function runGate(source: string, event: CloudFrontFunctionEvent, store: KeyValueStore): Promise<GateRun> {
  const query = event.request.rawQueryString?.();
  const input = JSON.stringify({ event, store, query: query === undefined ? [] : [query] });
  const lines = (await njs(`${source}\n;${driver}(handler, JSON.parse(${JSON.stringify(input)}));\n`))
    .trimEnd()
    .split("\n");
  const isOutcome = (line: string) => line.startsWith("\u001e");
  const outcome = readOutcome(
    lines
      .filter(isOutcome)
      .map((line) => line.slice(1))
      .join(""),
  );
  if (!outcome) throw new FunctionFault(503, lines.join(" ") || "the function waits for a promise that never settles");
  if (outcome.error !== undefined) throw new FunctionFault(503, outcome.error);
  return {
    result: checkResult(event, outcome.result),
    log: [...lines.filter((line) => !isOutcome(line)), ...outcome.log],
    reads: outcome.reads,
  };
}

/** @returns the output of njs for a program */
function njs(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // njs looks for modules in its working directory first.
    const child = spawn("njs", ["-"], { cwd: modules, stdio: ["pipe", "pipe", "pipe"], timeout: TIME_LIMIT_MS });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", (error) =>
      reject(new Error(`njs cannot be run (${error.message}); install it: apt-get install njs`)),
    );
    child.once("close", () => resolve(output));
    // A program that does not parse ends njs before it has read all of it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(program);
  });
}

function readOutcome(text: string): Outcome | undefined {
  try {
    return JSON.parse(text) as Outcome;
  } catch {
    return undefined;
  }
}
