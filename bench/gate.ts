/**
 * Measures one run of the gate: instructions under callgrind in njs, the engine from which CloudFront Functions grew.
 * Unlike a time, an instruction count is the same on every machine of one architecture, busy or not. Memory layout
 * changes a count by up to 3 %, so njs gets the same environment everywhere, and the lowest of several layouts counts.
 *
 * https://valgrind.org/docs/manual/cl-manual.html
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateFeature } from "../build/gate-features";
import type { PolicyRule } from "../policy/rule";
import { storedPolicy } from "../policy/stored/compile";
import { functionEvent, type CloudFrontFunctionEvent } from "../local/cloudfront-events";
import { runGate } from "../local/gate-njs";
import { assertionStart } from "../session/assertion";
import type { Place } from "../sites/place";
import { API_SETTINGS, gateSource, SETTINGS } from "./sample";

/**
 * Objects that are allocated before the gate is called. A new page of the engine's memory costs 2,000 instructions, and
 * whether loading or calling the gate needs it depends on what was allocated before. The lowest count has none.
 */
const PADDINGS = [0, 24, 32, 48];

export interface GateRequest {
  rules: readonly PolicyRule[];
  /** The places that the behaviors serve; no bucket if absent. */
  places?: readonly Place[];
  /** True if a server gets the origin secret. */
  originSecret?: true;
  /** The audience of assertions for the site's servers. */
  assertion?: string;
  /** True if the rules are in the store. */
  stored?: true;
  /** True for the gate of API behaviors. */
  api?: true;
  /** The records of the KeyValueStore. */
  records?: Record<string, string>;
  cookies?: Record<string, string>;
  /** Sent after the browser's own headers. */
  headers?: [name: string, value: string][];
  method?: string;
  path?: string;
  /** Without `?`. */
  query?: string;
}

export interface GateCost {
  /**
   * The cost of one cold run: a process that calls the handler, minus one that only loads the same source and event.
   */
  instructions: number;
  /** Calls to the KeyValueStore. */
  reads: number;
  /** The gate's decision: its text in the access log. */
  decision: string;
}

/** The headers of a navigation in a current browser: the gate's cost grows with the headers that it has to skip. */
const BROWSER_HEADERS: [name: string, value: string][] = [
  ["Host", SETTINGS.hosts[0]!],
  [
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  ],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Accept-Language", "en"],
  ["Accept-Encoding", "gzip, br"],
  ["Cache-Control", "no-cache"],
  ["Referer", "https://app.example.com/"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Sec-Fetch-Dest", "document"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-User", "?1"],
  ["Upgrade-Insecure-Requests", "1"],
];

/**
 * Measures the gate with the shipped base source.
 *
 * @param enough a count that is low enough: no further layout is tried
 * @throws Error if njs or valgrind is missing or fails; FunctionFault if the gate fails
 */
export async function measureGate(request: GateRequest, { paddings = PADDINGS, enough = 0 } = {}): Promise<GateCost> {
  const { log, reads } = await runGate(sourceOf(request), eventOf(request), { records: request.records ?? {} });
  let instructions = Infinity;
  inFolder((folder) => {
    for (const padding of paddings) {
      if (instructions <= enough) break;
      const script = writeScript(folder, request, padding);
      const count = instructionsOf(folder, [script, "call"]) - instructionsOf(folder, [script, "load"]);
      instructions = Math.min(instructions, count);
    }
  });
  return { instructions, reads, decision: log.join(" ") };
}

/**
 * Bytes of heap at the peak of one run, minus those of an engine that runs nothing. The event is included, CloudFront's
 * own module `cloudfront` is not.
 *
 * @throws Error if njs or valgrind is missing or fails
 */
export function measureGateMemory(request: GateRequest): number {
  return inFolder((folder) => {
    writeFileSync(join(folder, "empty.js"), "");
    return heapPeakOf(folder, [writeScript(folder, request), "call"]) - heapPeakOf(folder, ["empty.js"]);
  });
}

function sourceOf({ rules, places, originSecret, assertion, stored, api }: GateRequest): string {
  const start = assertion === undefined ? undefined : assertionStart(SETTINGS.hosts[0]!, assertion);
  const settings = {
    ...SETTINGS,
    ...(originSecret && { originSecret }),
    ...(start !== undefined && { assertion: start }),
    ...(api && { api: API_SETTINGS }),
    ...(stored && { policy: storedPolicy(rules, SETTINGS.hosts).index }),
  };
  const features: GateFeature[] = [
    ...(start === undefined ? [] : ["assertion" as const]),
    ...(stored ? ["stored" as const] : []),
    ...(api ? ["api" as const] : []),
  ];
  return gateSource(stored ? [] : rules, settings, places, features);
}

function eventOf({
  cookies = {},
  headers = [],
  method = "GET",
  path = "/orders/17",
  query,
}: GateRequest): CloudFrontFunctionEvent {
  const cookie = Object.entries(cookies)
    .map((pair) => pair.join("="))
    .join("; ");
  return functionEvent({
    id: "GjxSRcdh0c4BNvesKZ7QbkzIexampleRequestId",
    method,
    path,
    query,
    headers: [...BROWSER_HEADERS, ...headers, ...(cookie === "" ? [] : [["Cookie", cookie] as [string, string]])],
    body: Buffer.alloc(0),
    clientIp: "192.0.2.1",
  });
}

/** A minimal module `cloudfront`, so that mostly the gate is counted. */
const STORE = `const store = {
  get: function (key) { const value = globalThis.records[key]; return value === undefined ? Promise.reject(new Error("KeyNotFound")) : Promise.resolve(value); },
  exists: function (key) { return Promise.resolve(globalThis.records[key] !== undefined); },
};
export default { kvs: function () { return store; }, logCustomData: function () {} };
`;

/**
 * Writes the gate and its event to a file in the folder. The handler is called only if the script's argument is `call`.
 */
function writeScript(folder: string, request: GateRequest, padding = 0): string {
  const script = "gate.js";
  writeFileSync(join(folder, "cloudfront"), STORE);
  writeFileSync(
    join(folder, script),
    `${sourceOf(request)}
globalThis.padding = [];
for (var i = 0; i < ${padding}; i++) globalThis.padding.push({});
globalThis.records = ${JSON.stringify(request.records ?? {})};
var event = ${JSON.stringify(eventOf(request))};
event.request.rawQueryString = function () { ${request.query === undefined ? "" : `return ${JSON.stringify(request.query)};`} };
if (process.argv[2] === "call") handler(event);
`,
  );
  return script;
}

function instructionsOf(folder: string, args: readonly string[]): number {
  const output = valgrind(folder, ["--tool=callgrind", "--callgrind-out-file=callgrind.out"], args);
  return figure(output, /Collected : (\d+)/);
}

/** https://valgrind.org/docs/manual/ms-manual.html */
function heapPeakOf(folder: string, args: readonly string[]): number {
  const file = join(folder, "massif.out");
  const output = valgrind(folder, ["--tool=massif", "--peak-inaccuracy=0", "--massif-out-file=massif.out"], args);
  // The snapshot marked as the peak is the only one with a tree.
  return figure(existsSync(file) ? readFileSync(file, "utf8") : output, /mem_heap_B=(\d+)\n[^#]*heap_tree=peak/);
}

/** Without LD_BIND_NOW, resolving symbols on first use would count as the gate's. */
const RUN = 'options=$1; shift; exec env -i LD_BIND_NOW=1 "$(command -v valgrind)" $options "$(command -v njs)" "$@"';

function valgrind(folder: string, options: readonly string[], args: readonly string[]): string {
  const { stderr } = spawnSync("sh", ["-c", RUN, "sh", options.join(" "), ...args], {
    encoding: "utf8",
    // The folder where njs looks for modules first.
    cwd: folder,
  });
  return stderr ?? "";
}

function figure(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined)
    throw new Error(`njs cannot be measured under valgrind (apt-get install njs valgrind):\n${output}`);
  return Number(found);
}

function inFolder<T>(measure: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  try {
    return measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
