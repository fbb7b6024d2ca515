import { execFileSync } from "node:child_process";
import { Script } from "node:vm";
import { functionEvent } from "../../local/cloudfront-events";
import { ENGINE_LIBRARY } from "../../local/engine-library";
import { runGate as runInNjs } from "../../local/gate-njs";
import { createGateContext } from "../../local/gate-context";
import type { KeyValueStore } from "../../local/gate-result";
import { runGate as runInSandbox } from "../../local/gate-sandbox";
import { describeWith } from "../support/tools";

type Outcome =
  { status: number } | { uri: string; header?: string; log?: string[]; reads?: number } | { statusCode: number };

const EVENT = functionEvent({
  id: "id-1",
  method: "GET",
  path: "/a",
  query: undefined,
  headers: [["Host", "app.example.com"]],
  body: Buffer.alloc(0),
  clientIp: "192.0.2.1",
});

/** Functions, and what CloudFront makes of them; 502 and 503 are what a viewer gets. */
const FUNCTIONS: [name: string, source: string, outcome: Outcome][] = [
  ["returns the request", "function handler(event){return event.request}", { uri: "/a" }],
  [
    "is asynchronous",
    'async function handler(event){await null;event.request.uri="/b";return event.request}',
    { uri: "/b" },
  ],
  [
    "returns more than a few KB",
    'function handler(event){event.request.headers["x-a"]={value:"\u00e9".repeat(4000)};return event.request}',
    { uri: "/a", header: "\u00e9".repeat(4000) },
  ],
  ["returns a response", 'function handler(){return{statusCode:204,headers:{"x-a":{value:"1"}}}}', { statusCode: 204 }],
  [
    "reads the store",
    'var b=1;import cf from"cloudfront";async function handler(event){event.request.headers["x-a"]={value:await cf.kvs().get("k")};return event.request}',
    { uri: "/a", header: "v", reads: 1 },
  ],
  [
    "catches a missing key",
    'import cf from"cloudfront";async function handler(event){try{await cf.kvs().get("none")}catch(e){event.request.uri="/missing"}return event.request}',
    { uri: "/missing", reads: 1 },
  ],
  [
    "asks whether a key exists",
    'import cf from"cloudfront";async function handler(event){var a=await cf.kvs().exists("k"),b=await cf.kvs().exists("toString");event.request.headers["x-a"]={value:a+" "+b};return event.request}',
    { uri: "/a", header: "true false", reads: 2 },
  ],
  // RFC 4231, test case 2.
  [
    "signs",
    'import c from"crypto";function handler(event){event.request.headers["x-a"]={value:c.createHmac("sha256","Jefe").update("what do ya want ").update("for nothing?").digest("hex")};return event.request}',
    { uri: "/a", header: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
  ],
  [
    "writes into the access log",
    'import cf from"cloudfront";function handler(event){cf.logCustomData("one");cf.logCustomData("two");return event.request}',
    { uri: "/a", log: ["one", "two"] },
  ],
  [
    "has no query",
    'function handler(event){event.request.headers["x-a"]={value:typeof event.request.rawQueryString()};return event.request}',
    { uri: "/a", header: "undefined" },
  ],
  ["throws", "function handler(){throw new Error('no')}", { status: 503 }],
  ["rejects", "async function handler(){throw new Error('no')}", { status: 503 }],
  ["never answers", "function handler(){return new Promise(function(){})}", { status: 503 }],
  ["does not parse", "function handler(){(", { status: 503 }],
  ["has no handler", "function other(){}", { status: 503 }],
  [
    "logs more than 800 bytes",
    'import cf from"cloudfront";function handler(event){cf.logCustomData("é".repeat(401));return event.request}',
    { status: 503 },
  ],
  ["returns nothing", "function handler(){}", { status: 502 }],
  ["returns a text", 'function handler(){return"/"}', { status: 502 }],
  [
    "changes the host",
    'function handler(event){event.request.headers.host={value:"other"};return event.request}',
    { status: 502 },
  ],
  [
    "removes the host",
    "function handler(event){delete event.request.headers.host;return event.request}",
    { status: 502 },
  ],
  ["changes the method", 'function handler(event){event.request.method="POST";return event.request}', { status: 502 }],
  [
    "sets a header of CloudFront's own",
    'function handler(event){event.request.headers["x-amz-cf-id"]={value:"1"};return event.request}',
    { status: 502 },
  ],
  [
    "sets cookies as a header",
    'function handler(event){event.request.headers.cookie={value:"a=1"};return event.request}',
    { status: 502 },
  ],
  [
    "sets a cookie as a response header",
    'function handler(){return{statusCode:200,headers:{"set-cookie":{value:"a=1"}}}}',
    { status: 502 },
  ],
  [
    "uses upper case in a header name",
    'function handler(event){event.request.headers["X-A"]={value:"1"};return event.request}',
    { status: 502 },
  ],
  [
    "puts a line break into a header",
    'function handler(event){event.request.headers["x-a"]={value:"1\\r\\nx-b: 2"};return event.request}',
    { status: 502 },
  ],
  [
    "gives a header a number",
    'function handler(event){event.request.headers["x-a"]={value:1};return event.request}',
    { status: 502 },
  ],
  ["gives a status as text", 'function handler(){return{statusCode:"200"}}', { status: 502 }],
  [
    "goes to a path without a slash",
    'function handler(event){event.request.uri="a";return event.request}',
    { status: 502 },
  ],
];

async function outcome(
  run: typeof runInSandbox,
  source: string,
  store: KeyValueStore,
  expected: Outcome,
): Promise<Partial<Record<string, unknown>>> {
  try {
    const { result, log, reads } = await run(source, EVENT, store);
    const seen: Record<string, unknown> = { ...result, header: result.headers?.["x-a"]?.value, log, reads };
    return Object.fromEntries(Object.keys(expected).map((key) => [key, seen[key]]));
  } catch (error) {
    return { status: (error as { status?: number }).status };
  }
}

function behavesLikeCloudFront(run: typeof runInSandbox): void {
  test.each(FUNCTIONS)("a function that %s", async (_, source, expected) => {
    expect(await outcome(run, source, { records: { k: "v" } }, expected)).toEqual(expected);
  });

  test("a store that fails rejects every call", async () => {
    const source =
      'import cf from"cloudfront";async function handler(event){try{await cf.kvs().exists("k")}catch(e){event.request.uri="/failed"}return event.request}';
    expect(await outcome(run, source, { records: { k: "v" }, fault: "error" }, { uri: "" })).toEqual({
      uri: "/failed",
    });
  });
}

describe("the sandbox", () => {
  behavesLikeCloudFront(runInSandbox);

  test("starts every run afresh", async () => {
    const source =
      "var count=0;Array.prototype.seen=(Array.prototype.seen||0)+1;function handler(event){event.request.uri='/'+(++count)+[].seen;return event.request}";
    const store = { records: {} };
    expect([
      await outcome(runInSandbox, source, store, { uri: "" }),
      await outcome(runInSandbox, source, store, { uri: "" }),
    ]).toEqual([{ uri: "/11" }, { uri: "/11" }]);
  });

  // Each is one context's state, which the next run must not see. The code says whether it sees that of the run before.
  test.each([
    ["a global", "globalThis.mark", "globalThis.mark=1"],
    ["a method", "[].join.call([1],'-')!=='1'", "Array.prototype.join=function(){return 'x'}"],
    [
      "an attribute",
      "!Object.getOwnPropertyDescriptor(Math,'max').writable",
      "Object.defineProperty(Math,'max',{writable:false})",
    ],
    ["a frozen prototype", "!Object.isExtensible(Array.prototype)", "Object.preventExtensions(Array.prototype)"],
    ["another prototype", "({}).mark||Array.prototype.mark", "Object.setPrototypeOf(Array.prototype,{mark:1})"],
    ["a symbol's property", "RegExp.prototype[Symbol.split]===1", "RegExp.prototype[Symbol.split]=1"],
    [
      "what only syntax reaches",
      "Object.getPrototypeOf(async function(){}).mark",
      "Object.getPrototypeOf(async function(){}).mark=1",
    ],
    ["an iterator", "Object.getPrototypeOf([].values()).mark", "Object.getPrototypeOf([].values()).mark=1"],
    ["a module", "require('crypto').mark", "require('crypto').mark=1"],
    ["the store's object", "require('cloudfront').kvs().mark", "require('cloudfront').kvs().mark=1"],
    ["a method's property", "[].map.mark", "try{[].map.mark=1}catch(e){}"],
    ["what an expression matched", "RegExp.$1", "/(a)/.exec('a')"],
    [
      "what is done later",
      "globalThis.late",
      "Promise.resolve().then(function(){}).then(function(){globalThis.late=1})",
    ],
  ])("keeps from the next run %s", async (_, sees, changes) => {
    const source = `function handler(event){event.request.uri="/"+!!(${sees});${changes};return event.request}`;
    const runs = [1, 2, 3].map(() => outcome(runInSandbox, source, { records: {} }, { uri: "" }));
    expect(await Promise.all(runs)).toEqual([{ uri: "/false" }, { uri: "/false" }, { uri: "/false" }]);
    expect(await outcome(runInSandbox, source, { records: {} }, { uri: "" })).toEqual({ uri: "/false" });
  });

  test("uses a context again after a run that changed nothing", () => {
    const context = createGateContext();
    const script = new Script("(function handler(event){return event.request})");
    context.run(script, EVENT, { records: {} }, 0);
    expect(context.isPristine()).toBe(true);
    context.run(new Script("(function(event){globalThis.mark=1;return event.request})"), EVENT, { records: {} }, 0);
    expect(context.isPristine()).toBe(false);
  });

  test("stops only the function that does not end, of several at a time", async () => {
    const endless = "function handler(){for(;;);}";
    const other = "function handler(event){event.request.uri='/other';return event.request}";
    const run = (source: string, expected: Outcome) => outcome(runInSandbox, source, { records: {} }, expected);
    expect(await Promise.all([run(other, { uri: "" }), run(endless, { status: 0 }), run(other, { uri: "" })])).toEqual([
      { uri: "/other" },
      { status: 503 },
      { uri: "/other" },
    ]);
  });

  test("holds time still during a run", async () => {
    const source =
      "function handler(event){var a=Date.now();for(var i=0;i<5e6;i++);event.request.uri='/'+(Date.now()-a)+(new Date()-a)+new Date(7).getTime()+(new Date() instanceof Date);return event.request}";
    expect(await outcome(runInSandbox, source, { records: {} }, { uri: "" })).toEqual({ uri: "/007true" });
  });

  test.each([
    "process",
    "require.main",
    "module",
    "Buffer.alloc",
    "Buffer.concat",
    "URL",
    "URLSearchParams",
    "fetch",
    "setTimeout",
    "TextEncoder",
    "Map",
    "Set",
    "Proxy",
    "Reflect",
    "BigInt",
    "Intl",
    "WebAssembly",
    "Array.from",
    "'a'.replaceAll",
    "'a'.at",
    "[].flat",
    "[].at",
    "Object.fromEntries",
    "Object.groupBy",
  ])("has no %s", async (name) => {
    const source = `function handler(event){var t;try{t=typeof ${name}}catch(e){t="undefined"}event.request.uri="/"+t;return event.request}`;
    expect(await outcome(runInSandbox, source, { records: {} }, { uri: "" })).toEqual({ uri: "/undefined" });
  });

  test.each([
    'new Function("return 1")()',
    'eval("1")',
    'console.log.constructor("return process")()',
    'require.constructor("return process")()',
    'event.constructor.constructor("return process")()',
  ])("makes no code from text: %s", async (expression) => {
    expect(
      await outcome(
        runInSandbox,
        `function handler(event){${expression};return event.request}`,
        { records: {} },
        { uri: "" },
      ),
    ).toEqual({ status: 503 });
  });

  test("stops a function that does not end", async () => {
    expect(await outcome(runInSandbox, "function handler(){for(;;);}", { records: {} }, { uri: "" })).toEqual({
      status: 503,
    });
  });
});

describeWith("njs", "njs", (njs) => {
  behavesLikeCloudFront(runInNjs);

  test("has everything that the sandbox offers", () => {
    const { globals, members } = ENGINE_LIBRARY;
    const expressions = [
      ...globals.map((name) => `typeof globalThis.${name}`),
      ...Object.entries(members).flatMap(([object, names]) => names.map((name) => `typeof ${object}.${name}`)),
    ];
    const program = `[${expressions.map((expression) => `[${JSON.stringify(expression)},${expression}]`).join()}].filter(function(p){return p[1]==="undefined"}).map(function(p){return p[0]}).join()`;
    const missing = execFileSync(njs, ["-c", `console.log(${program})`], { encoding: "utf8" }).trim();
    expect(missing).toBe("typeof globalThis.undefined");
  });
});
