/** Which keys the next version of the secret has, and what is read from it. */
import { randomBytes } from "node:crypto";
import { nextKeys } from "../../../control-plane/key-rotator/next-keys";
import { follows } from "../../../control-plane/session-keys/living";
import { parseSessionKeys } from "../../../control-plane/session-keys/parse";
import { KEY_ID, type SessionKeys } from "../../../session/keys";

const NOW = 1_800_000_000;
const DAY = 86_400;
const KEY = "k".repeat(43);
const ports = { now: () => NOW, random: (bytes: number) => randomBytes(bytes) };
const keysOf = (...kids: string[]) => Object.fromEntries(kids.map((kid) => [kid, KEY]));
const next = (current: SessionKeys | undefined, lastRotated?: number, retention = DAY) => nextKeys({ current, lastRotated, retention }, ports);

test("the first key is alone, and signs", () => {
  const { current, keys, ...rest } = next(undefined);
  expect(current).toMatch(KEY_ID);
  expect(keys[current]).toMatch(/^[\w-]{43}$/);
  expect([Object.keys(keys), rest]).toEqual([[current], {}]);
});

const CASES: [string, SessionKeys, number | undefined, Record<string, number>, string[]][] = [
  ["the key that signs has not retired", { current: "a", keys: keysOf("a") }, NOW - 9 * DAY, {}, ["a"]],
  ["a key retires when the rotation ended that replaced it", { current: "b", keys: keysOf("a", "b") }, NOW - 60, { a: NOW - 60 }, ["a", "b"]],
  ["or now, where that is not known", { current: "b", keys: keysOf("a", "b") }, undefined, { a: NOW }, ["a", "b"]],
  ["what is known of it stays", { current: "c", keys: keysOf("a", "b", "c"), retired: { a: NOW - DAY } }, NOW - 60, { a: NOW - DAY, b: NOW - 60 }, ["a", "b", "c"]],
  ["a key is dropped when the retention is over", { current: "c", keys: keysOf("a", "b", "c"), retired: { a: NOW - DAY - 1 } }, NOW - 60, { b: NOW - 60 }, ["b", "c"]],
  ["a key that was announced and never signed counts like one that did", { current: "a", keys: keysOf("a", "x") }, NOW - 60, { x: NOW - 60 }, ["a", "x"]],
];
test.each(CASES)("%s", (_, current, lastRotated, retired, kept) => {
  const result = next(current, lastRotated);
  expect(result.retired).toEqual(retired);
  expect(Object.keys(result.keys).sort()).toEqual([...kept, result.current].sort());
  for (const kid of kept) expect(result.keys[kid]).toBe(KEY);
  expect(kept).not.toContain(result.current);
});

test("daily rotations keep a month of keys for sessions of a month, and no more", () => {
  let keys: SessionKeys | undefined;
  for (let day = 0; day < 60; day++) keys = nextKeys({ current: keys, lastRotated: NOW + (day - 1) * DAY + 200, retention: 30 * DAY + 25 * 3600 }, { ...ports, now: () => NOW + day * DAY });
  expect(Object.keys(keys!.keys)).toHaveLength(33);
});

test("a key id is taken once", () => {
  const ids = ["00000001", "00000001", "00000002"];
  const { current } = nextKeys({ current: { current: "00000001", keys: keysOf("00000001") }, lastRotated: undefined, retention: DAY }, { ...ports, random: (bytes) => (bytes === 4 ? Buffer.from(ids.shift()!, "hex") : randomBytes(bytes)) });
  expect(current).toBe("00000002");
});

test("a version follows another where it has the key that signs there, and that key is the same", () => {
  const current = { current: "a", keys: keysOf("a") };
  expect(follows({ current: "b", keys: keysOf("a", "b") }, current)).toBe(true);
  expect(follows({ current: "b", keys: keysOf("b") }, current)).toBe(false);
  expect(follows({ current: "b", keys: { ...keysOf("b"), a: "x".repeat(43) } }, current)).toBe(false);
});

describe("reading the secret", () => {
  test("gives back what was written, and nothing else", () => {
    const keys = { current: "a", keys: keysOf("a", "b"), retired: { b: NOW } };
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
  ])("refuses %s and does not quote it", (_, text) => {
    expect(() => parseSessionKeys(text)).toThrow(/^the session-keys secret holds something else than session keys/);
    expect(() => parseSessionKeys(text)).not.toThrow(KEY);
  });
});
