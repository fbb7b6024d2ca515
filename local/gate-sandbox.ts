/**
 * Runs a CloudFront Function in a sandbox. Each run evaluates the code again, in an unmodified context. Creating a context
 * takes several times as long as running the gate. So the next run reuses it if this run has not modified it. The gate
 * does not; a function that extends a built-in object does.
 */
import { setImmediate } from "node:timers";
import { createContext, Script } from "node:vm";
import type { CloudFrontFunctionEvent } from "./cloudfront-events";
import { createGateContext, type GateContext, type ContextRun } from "./gate-context";
import { checkResult, FunctionFault, type GateRun, type KeyValueStore } from "./gate-result";

/**
 * Stops an endless loop. Far more than a function may use (well under a millisecond), even on a busy machine.
 */
const TIME_LIMIT_MS = 5_000;
/** Runs under one time limit, for which Node starts a thread. */
const MAX_BATCH = 50;
/** Import statements can be anywhere in a bundle, because the engine hoists them. */
const IMPORT = /(?<=^|[;}\n])\s*import\s+([\w$]+)\s+from\s*(["']\w+["'])\s*;?/g;

interface Job {
  source: string;
  event: CloudFrontFunctionEvent;
  store: KeyValueStore;
  /** Unix milliseconds. The time stands still during a run. */
  now: number;
  resolve(run: GateRun): void;
  reject(error: unknown): void;
}

const waiting: Job[] = [];
const compiled = new Map<string, Script>();
let spare: GateContext | undefined;

/**
 * @param source code of the function, as CloudFront gets it
 * @throws FunctionFault with CloudFront's status: 503 if the function throws, 502 if its result is invalid
 */
export function runGate(source: string, event: CloudFrontFunctionEvent, store: KeyValueStore): Promise<GateRun> {
  return new Promise((resolve, reject) => {
    waiting.push({ source, event, store, now: Date.now(), resolve, reject });
    if (waiting.length === 1) setImmediate(runWaiting);
  });
}

/** Requests that arrived together share a time limit, but nothing else. */
function runWaiting(): void {
  const batch = waiting.splice(0, MAX_BATCH);
  let job: Job | undefined;
  try {
    withinTimeLimit(() => {
      while ((job = batch.shift())) run(job);
    });
  } catch (error) {
    // An interrupted run may have left the context in any state.
    spare = undefined;
    job?.reject(new FunctionFault(503, String(error)));
    waiting.unshift(...batch);
  }
  if (waiting.length > 0) setImmediate(runWaiting);
}

function run({ source, event, store, now, resolve, reject }: Job): void {
  const context = spare ?? createGateContext();
  spare = undefined;
  let ran: ContextRun;
  try {
    ran = context.run(compile(source), event, store, now);
    if (context.isPristine()) spare = context;
  } catch (error) {
    return reject(new FunctionFault(503, String(error)));
  }
  const { outcome, log, reads } = ran;
  try {
    if (!outcome) throw new FunctionFault(503, "the function waits for a promise that never settles");
    if ("error" in outcome) throw new FunctionFault(503, outcome.error);
    const result = outcome.result === undefined ? undefined : (JSON.parse(outcome.result) as unknown);
    resolve({ result: checkResult(event, result), log, reads });
  } catch (error) {
    reject(error);
  }
}

/** A function of this context, called from another one: only scripts have a time limit. */
const timed: { work?: () => void } = {};
const timer = createContext(timed);
const WORK = new Script("work()");

/** @throws Error if it exceeds the limit; errors of the function itself */
function withinTimeLimit(work: () => void): void {
  timed.work = work;
  WORK.runInContext(timer, { timeout: TIME_LIMIT_MS });
}

function compile(source: string): Script {
  const known = compiled.get(source);
  if (known) return known;
  // A script cannot import. In the engine, `require` returns the same modules.
  const requires = [...source.matchAll(IMPORT)].map(([, name, module]) => `const ${name}=require(${module});`).join("");
  // In a function, so that a script can be evaluated again in the same context.
  const script = new Script(
    `(function(){"use strict";${requires}${source.replace(IMPORT, "")}\n;return handler}).call(globalThis)`,
    { filename: "gate.js" },
  );
  compiled.set(source, script);
  return script;
}
