/**
 * Runs a CloudFront Function in a new sandbox, with only the globals and modules that cloudfront-js-2.0 documents. A run
 * is synchronous to the caller: the store answers immediately, so all microtasks finish within the run.
 */
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import type { CloudFrontFunctionEvent } from "./cloudfront-events";
import { ENGINE_LIBRARY } from "./engine-library";
import { checkResult, FunctionFault, type GateRun, type KeyValueStore } from "./gate-result";

type Digest = "hex" | "base64" | "base64url";
type Globals = (library: typeof ENGINE_LIBRARY, host: object, now: number) => Run;
type Run = (handler: unknown, event: string, hasQuery: boolean, query: string | undefined) => void;

/**
 * Stops an endless loop. Far more than a function may use (well under a millisecond), even on a busy machine.
 */
const TIME_LIMIT_MS = 5_000;
/** Import statements can be anywhere in a bundle, because the engine hoists them. */
const IMPORT = /(?<=^|[;}\n])\s*import\s+([\w$]+)\s+from\s*(["']\w+["'])\s*;?/g;

const globalsFile = join(__dirname, "gate-sandbox-globals.js");
const globalsScript = new Script(`((module) => {${readFileSync(globalsFile, "utf8")}\nreturn module.exports; })({})`, {
  filename: globalsFile,
});
const compiled = new Map<string, Script>();
/**
 * Calls the context's `start` from inside, so that the time limit applies, and hides it from the function.
 */
const START = new Script("{ const go = globalThis.start; delete globalThis.start; go(); }");

/**
 * @param source code of the function, as CloudFront gets it
 * @throws FunctionFault with CloudFront's status: 503 if the function throws, 502 if its result is invalid
 */
export function runGate(source: string, event: CloudFrontFunctionEvent, store: KeyValueStore): Promise<GateRun> {
  return new Promise((resolve) => resolve(run(source, event, store)));
}

function run(source: string, event: CloudFrontFunctionEvent, store: KeyValueStore): GateRun {
  const log: string[] = [];
  let reads = 0;
  let outcome: { result: string | undefined } | { error: string } | undefined;
  const host = {
    digest: (kind: "hash" | "hmac", algorithm: string, key: string, text: string, encoding: Digest) =>
      (kind === "hash" ? createHash(algorithm) : createHmac(algorithm, key)).update(text).digest(encoding),
    recode: (text: string, from: "utf8" | Digest, to: "utf8" | Digest) => Buffer.from(text, from).toString(to),
    store: (operation: string, key: string) => {
      reads += 1;
      return JSON.stringify(storeAnswer(store, operation, key, reads));
    },
    log: (line: string) => void log.push(line),
    logCustomData: (data: string) => {
      log.push(data);
      return Buffer.byteLength(data);
    },
    done: (result: string | undefined) => void (outcome = { result }),
    failed: (error: string) => void (outcome = { error }),
  };
  try {
    const context = createContext(
      {},
      { microtaskMode: "afterEvaluate", codeGeneration: { strings: false, wasm: false } },
    );
    const start = (globalsScript.runInContext(context) as Globals)(ENGINE_LIBRARY, host, Date.now());
    const handler: unknown = compile(source).runInContext(context, { timeout: TIME_LIMIT_MS });
    const query = event.request.rawQueryString?.();
    context["start"] = () => start(handler, JSON.stringify(event), query !== undefined, query);
    START.runInContext(context, { timeout: TIME_LIMIT_MS });
  } catch (error) {
    throw new FunctionFault(503, String(error));
  }
  if (!outcome) throw new FunctionFault(503, "the function waits for a promise that never settles");
  if ("error" in outcome) throw new FunctionFault(503, outcome.error);
  return {
    result: checkResult(event, outcome.result === undefined ? undefined : JSON.parse(outcome.result)),
    log,
    reads,
  };
}

function compile(source: string): Script {
  const known = compiled.get(source);
  if (known) return known;
  // A script cannot import. In the engine, `require` returns the same modules.
  const requires = [...source.matchAll(IMPORT)].map(([, name, module]) => `const ${name}=require(${module});`).join("");
  const script = new Script(`"use strict";${requires}${source.replace(IMPORT, "")}\n;handler`, { filename: "gate.js" });
  compiled.set(source, script);
  return script;
}

function storeAnswer(
  store: KeyValueStore,
  operation: string,
  key: string,
  reads: number,
): { value: unknown } | { error: string } {
  if (store.fault === "error" || (store.fault === "later" && reads > 1))
    return { error: "the KeyValueStore cannot be reached" };
  const value = Object.hasOwn(store.records, key) ? store.records[key] : undefined;
  switch (operation) {
    case "get":
      return value === undefined ? { error: "KeyNotFound" } : { value };
    case "exists":
      return { value: value !== undefined };
    default:
      return { value: { keyCount: Object.keys(store.records).length } };
  }
}
