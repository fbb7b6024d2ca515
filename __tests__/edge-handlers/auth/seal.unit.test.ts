/** A sealed cookie opens for its purpose, under its key, in its one spelling, and otherwise not at all. */
import { seal, unseal } from "../../../edge-handlers/auth/cookies/seal";
import type { Ports } from "../../../edge-handlers/auth/ports";
import type { SessionKeys } from "../../../session/keys";

const KEYS: SessionKeys = { current: "k2", keys: { k1: "a".repeat(43), k2: "b".repeat(43) } };
const PORTS = { keys: async () => KEYS, now: () => 0 };
const CONTENT = { state: "s" };

function open(
  value: string,
  keys = KEYS,
  purpose: "edgegate-flow" | "edgegate-refresh" = "edgegate-flow",
): Promise<unknown> {
  return unseal({ keys: async () => keys } as unknown as Ports, purpose, value);
}

/** The cookie with its protected header replaced. */
function withHeader(value: string, header: object): string {
  return [Buffer.from(JSON.stringify(header)).toString("base64url"), ...value.split(".").slice(1)].join(".");
}

test("opens for its purpose, also after the key was rotated", async () => {
  const value = await seal(PORTS, "edgegate-flow", CONTENT);
  expect(await open(value)).toEqual(CONTENT);
  expect(await open(value, { ...KEYS, current: "k1" })).toEqual(CONTENT);
});

test("no two cookies are alike, and none shows its content", async () => {
  const values = await Promise.all([1, 2].map(() => seal(PORTS, "edgegate-flow", CONTENT)));
  expect(values[0]).not.toBe(values[1]);
  expect(Buffer.from(values[0]!, "base64url").toString("latin1")).not.toContain("state");
});

test("does not open for another purpose", async () => {
  expect(await open(await seal(PORTS, "edgegate-flow", CONTENT), KEYS, "edgegate-refresh")).toBeUndefined();
});

test("does not open under another key, or without one", async () => {
  const value = await seal(PORTS, "edgegate-flow", CONTENT);
  expect(await open(value, { current: "k2", keys: { k2: "c".repeat(43) } })).toBeUndefined();
  expect(await open(value, { current: "k1", keys: { k1: KEYS.keys["k2"]! } })).toBeUndefined();
});

const HEADER = { alg: "dir", enc: "A256GCM", kid: "k2", typ: "edgegate-flow" };
test.each([
  ["another key id", { ...HEADER, kid: "k1" }],
  ["no key id", { alg: "dir", enc: "A256GCM", typ: "edgegate-flow" }],
  ["a key id that every object has", { ...HEADER, kid: "__proto__" }],
  ["another algorithm", { ...HEADER, alg: "A256KW" }],
  ["no encryption", { ...HEADER, enc: "none" }],
  ["one member more", { ...HEADER, zip: "DEF" }],
])("does not open with %s in its header", async (_name, header) => {
  expect(await open(withHeader(await seal(PORTS, "edgegate-flow", CONTENT), header))).toBeUndefined();
});

test.each<[string, (value: string) => string]>([
  ["nothing", () => ""],
  ["no JWE", () => "a.b.c"],
  ["a JWE with an encrypted key", (value) => value.replace("..", ".AAAA.")],
  ["a changed tag", (value) => value.slice(0, -1) + (value.endsWith("A") ? "Q" : "A")],
  [
    "trailing bits in its tag",
    (value) => value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) + 1),
  ],
  ["padding", (value) => `${value}==`],
  ["a longer text than a cookie can be", (value) => value.replace("..", `..${"A".repeat(4096)}`)],
])("does not open: %s", async (_name, change) => {
  expect(await open(change(await seal(PORTS, "edgegate-flow", CONTENT)))).toBeUndefined();
});
