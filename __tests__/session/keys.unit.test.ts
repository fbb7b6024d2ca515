import { cookieKey, KEY_ID, parseSessionKeys, tokenKey } from "../../session/keys";
import { hmac } from "../../session/node-hash";

const MASTER = "first-master-key-of-43-characters-012345678";

// Computed apart from this project: active sessions are signed with these keys, so they can never change.
test("the derived keys are HMAC-SHA256 of their purpose", () => {
  expect(tokenKey(hmac, MASTER)).toBe("uc1GbMtZPgquD8-A9maTI1rJ1X2tdkTmidbqZNqwlII");
  expect(cookieKey(hmac, MASTER)).toBe("9nsPvD3-hL96pShhkpLKbMb_tVpV0hs1CiUy0mdn-og");
});

test.each<[string, boolean]>([
  ["k", true],
  ["k1", true],
  ["20261121", true],
  ["", false],
  ["k12345678", false],
  ["K1", false],
  ["k.1", false],
  ["k-1", false],
  ["k1\n", false],
])("%j as a key id: %s", (kid, isOne) => {
  expect(KEY_ID.test(kid)).toBe(isOne);
});

const KEY = "k".repeat(43);
const keysOf = (...kids: string[]) => Object.fromEntries(kids.map((kid) => [kid, KEY]));

describe("reading the secret", () => {
  test("gives back what was written, and nothing else", () => {
    const keys = { current: "a", keys: keysOf("a", "b"), retired: { b: 1_800_000_000 } };
    expect(parseSessionKeys(JSON.stringify({ ...keys, since: 1 }))).toEqual(keys);
  });

  test.each([
    ["no JSON", `secret${KEY}`],
    ["a text", `"${KEY}"`],
    ["no keys", JSON.stringify({ current: "a" })],
    ["no current key", JSON.stringify({ keys: keysOf("a") })],
    ["a current key that it does not have", JSON.stringify({ current: "b", keys: keysOf("a") })],
    ["a member of every object as current key", JSON.stringify({ current: "toString", keys: keysOf("a") })],
    ["a short key", JSON.stringify({ current: "a", keys: { a: "short" } })],
    ["a key id that the store cannot have", JSON.stringify({ current: "a", keys: { ...keysOf("a"), "A.b": KEY } })],
    ["a time that is a text", JSON.stringify({ current: "a", keys: keysOf("a", "b"), retired: { b: "now" } })],
    ["keys in a list", JSON.stringify({ current: "0", keys: [KEY] })],
    ["a key in a list", JSON.stringify({ current: "a", keys: { a: [KEY] } })],
    ["a current key in a list", JSON.stringify({ current: ["a"], keys: keysOf("a") })],
    ["nothing", "null"],
  ])("does not take %s for keys", (_, text) => {
    expect(parseSessionKeys(text)).toBeUndefined();
  });
});
