import { readFunctionSource } from "../../cloudfront/function-source";

/** What the function that is read answers. */
function call(text: string, request: object): unknown {
  const own = new Function("require", `return ${readFunctionSource(text)}`)((name: string) => ({ name })) as (
    event: object,
  ) => unknown;
  return own({ request });
}

const FORMS: [form: string, text: string][] = [
  ["a function of the request", "function (request) { return request.uri; }"],
  ["one with a name", "function rewrite(request) { return request.uri; }"],
  ["an arrow function", "(request) => request.uri"],
  ["a handler of the event", "function handler(event) { return event.request.uri; }"],
  ["a program", "var a = 1;\nfunction handler(event) {\n  return event.request.uri;\n}\n"],
  ["a program whose handler is a variable", "const handler = function (event) { return event.request.uri; };"],
  [
    "a program with helpers after it",
    "function handler(event) { return of(event); }\nfunction of(event) { return event.request.uri }",
  ],
  ["comments around it", "/* mine */ function (request) { return request.uri; } // end"],
];

test.each(FORMS)("takes %s", (_, text) => expect(call(text, { uri: "/a" })).toBe("/a"));

test("names of the program are its own", () => {
  expect(call("let event = 7, handler2 = 1;\nfunction handler(e) { return event + e.request.n; }", { n: 1 })).toBe(8);
});

test("imports become require", () => {
  expect(call("import crypto from 'crypto';\nfunction handler(event) { return crypto.name; }", {})).toBe("crypto");
});

test("leaves out comments and indentation, and nothing else", () => {
  const text = [
    "function (request) {",
    "    // a comment",
    "    var a = 1 + +request.n, b = a - -1, c = ' // text  ', d = `x",
    "  ${ a /* b */ }  y`",
    "    var e = /[/ ]+/.test(c) / 1",
    "    /* two",
    "       lines */",
    "    return typeof a + b + c + d + e",
    "}",
  ].join("\n");
  const source = readFunctionSource(text);
  expect(source).not.toMatch(/comment|two|\n {2,}var/);
  expect(call(text, { n: 2 })).toBe("number4 // text  x\n  3  y1");
});

const REFUSED: [what: string, text: string, message: RegExp][] = [
  ["nothing", "", /^it defines no function "handler"; write function \(request\)/],
  ["a text that is no code", "rewrite all", /^it cannot be read: Unexpected token \(line 1\); write function/],
  ["half a function", "function (request) { return request;", /^it cannot be read: .*; write function \(request\)/],
  ["two functions", "function (a) { return a }, function (b) { return b }", /^it cannot be read/],
  ["a program without a handler", "function main(event) {}\nmain();", /defines no function "handler"/],
  ["an object", "({ before: 1 })", /defines no function "handler"/],
  ["classes", "function (r) {\nclass A {}\nreturn r }", /^the runtime has no classes \(line 2\); write functions$/],
  ["for…of", "function (r) { for (const a of r.b) {} return r }", /no for…of loops \(line 1\)/],
  ["generators", "function* (r) { yield r }", /no generators/],
  ["destructuring", "function (r) { const { uri } = r; return uri }", /no destructuring/],
  ["destructured parameters", "function ({ uri }) { return uri }", /no destructuring/],
  ["spread", "function (r) { return [...r.a] }", /no spread syntax/],
  ["defaults", "function (r, a = 1) { return r }", /no default values of parameters/],
  ["?.", "function (r) { return r?.uri }", /no optional chaining/],
  ["??", "function (r) { return r ?? 1 }", /no the operator \?\?|no operator/],
  ["??=", "function (r) { r ??= 1; return r }", /no logical assignment/],
  ["catch without a name", "function (r) { try {} catch {} return r }", /no catch without a name/],
  ["big integers", "function (r) { return 1n }", /no big integers/],
  ["a flag", "function (r) { return /a/u.test(r) }", /no the flags|no flags/],
  ["import()", "function (r) { return import('crypto') }", /no import\(\)/],
  ["await in arguments", "async function (r) { return String(await r) }", /no await in the arguments of a call/],
  ["a name of the gate", "function (r) { return S.hosts }", /^it uses "S" \(line 1\), which it does not define/],
  ["the gate's policy", "function (r) { return policy(r) }", /^it uses "policy"/],
  ["a global of browsers", "function (r) { return fetch(r.uri) }", /^it uses "fetch"/],
  ["globalThis", "function (r) { return globalThis.S }", /^it uses "globalThis"/],
  [
    "the store",
    "import cf from 'cloudfront';\nfunction handler(e) { return cf }",
    /^it uses the module "cloudfront" \(line 1\): the gate's function has one KeyValueStore/,
  ],
  ["the store by require", "function (r) { return require('cloudfront').kvs() }", /^it uses the module "cloudfront"/],
  ["a module by a variable", "function (r) { return require(r.uri) }", /^write the name of the module in require/],
  ["an alias of require", "function (r) { const q = require; return q('cloudfront') }", /^call require by its name/],
  ["a computed Function", "function (r) { return Function('return S')() }", /^it uses "Function"/],
  ["eval", "function (r) { return eval('S') }", /^it uses "eval"/],
  [
    "another module",
    "import fs from 'fs';\nfunction handler(e) { return fs }",
    /the runtime has crypto, querystring, buffer/,
  ],
  [
    "named imports",
    "import { createHash } from 'crypto';\nfunction handler(e) { return e }",
    /write import name from "crypto"/,
  ],
  ["exports", "export function handler(e) { return e }", /remove "export"/],
];

test.each(REFUSED)("refuses %s", (_, text, message) => {
  expect(() => readFunctionSource(text)).toThrow(message);
});
