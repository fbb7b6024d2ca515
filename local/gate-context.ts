/**
 * A context of `node:vm` in which CloudFront Functions run: a set of globals of its own. It has only those that
 * cloudfront-js-2.0 documents. A run is synchronous for the caller: the store answers immediately, so all microtasks
 * finish within the run.
 */
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, createContext, Script } from "node:vm";
import type { CloudFrontFunctionEvent } from "./cloudfront-events";
import { ENGINE_LIBRARY } from "./engine-library";
import type { KeyValueStore } from "./gate-result";

type Digest = "hex" | "base64" | "base64url";

/** The function's result; undefined if it waits for a promise that never settles. */
export interface ContextRun {
  outcome: { result: string | undefined } | { error: string } | undefined;
  log: string[];
  reads: number;
}

export interface GateContext {
  /**
   * @param script evaluates to the handler
   * @param now Unix milliseconds, for the whole run
   * @throws errors of code outside of the handler
   */
  run(script: Script, event: CloudFrontFunctionEvent, store: KeyValueStore, now: number): ContextRun;
  /** False if a run has changed something that a later run could see. */
  isPristine(): boolean;
}

type Globals = (library: typeof ENGINE_LIBRARY, host: object) => Inside;
interface Inside {
  run(handler: unknown, event: string, hasQuery: boolean, query: string | undefined): void;
  isPristine(): boolean;
}

const globalsFile = join(__dirname, "gate-sandbox-globals.js");
const globalsScript = new Script(`((module) => {${readFileSync(globalsFile, "utf8")}\nreturn module.exports; })({})`, {
  filename: globalsFile,
});
/** Microtasks of a context run when one of its scripts ends. */
const NOTHING = new Script("");

export function createGateContext(): GateContext {
  // An ordinary global object: one with interceptors makes each use of a global slow.
  // https://nodejs.org/api/vm.html#vmconstantsdont_contextify
  const context = createContext(constants.DONT_CONTEXTIFY, {
    microtaskMode: "afterEvaluate",
    codeGeneration: { strings: false, wasm: false },
  });
  let current: ContextRun & { store: KeyValueStore; now: number };
  const host = {
    now: () => current.now,
    digest: (kind: "hash" | "hmac", algorithm: string, key: string, text: string, encoding: Digest) =>
      (kind === "hash" ? createHash(algorithm) : createHmac(algorithm, key)).update(text).digest(encoding),
    recode: (text: string, from: "utf8" | Digest, to: "utf8" | Digest) => Buffer.from(text, from).toString(to),
    store: (operation: string, key: string) => {
      current.reads += 1;
      return JSON.stringify(storeAnswer(current.store, operation, key, current.reads));
    },
    log: (line: string) => void current.log.push(line),
    logCustomData: (data: string) => {
      current.log.push(data);
      return Buffer.byteLength(data);
    },
    done: (result: string | undefined) => void (current.outcome = { result }),
    failed: (error: string) => void (current.outcome = { error }),
  };
  const inside = (globalsScript.runInContext(context) as Globals)(ENGINE_LIBRARY, host);
  return {
    run(script, event, store, now) {
      current = { outcome: undefined, log: [], reads: 0, store, now };
      const query = event.request.rawQueryString?.();
      inside.run(script.runInContext(context), JSON.stringify(event), query !== undefined, query);
      NOTHING.runInContext(context);
      return current;
    },
    isPristine: inside.isPristine,
  };
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
