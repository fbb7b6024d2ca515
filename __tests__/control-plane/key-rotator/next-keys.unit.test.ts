/** Which keys the next version of the secret has. */
import { randomBytes } from "node:crypto";
import { MAX_CHANGES } from "../../../control-plane/ports";
import { nextKeys } from "../../../control-plane/key-rotator/next-keys";
import { follows } from "../../../control-plane/session-keys/active";
import { KEY_ID, type SessionKeys } from "../../../session/keys";

const NOW = 1_800_000_000;
const DAY = 86_400;
const KEY = "k".repeat(43);
const ports = { now: () => NOW, random: (bytes: number) => randomBytes(bytes), keyRetention: DAY };
const keysOf = (...kids: string[]) => Object.fromEntries(kids.map((kid) => [kid, KEY]));
const next = (current: SessionKeys | undefined) => nextKeys(current, ports);

test("the first key is alone, and signs", () => {
  const { current, keys, ...rest } = next(undefined);
  expect(current).toMatch(KEY_ID);
  expect(keys[current]).toMatch(/^[\w-]{43}$/);
  expect([Object.keys(keys), rest]).toEqual([[current], {}]);
});

const CASES: [string, SessionKeys, Record<string, number>, string[]][] = [
  ["the key that signs has not retired", { current: "a", keys: keysOf("a") }, {}, ["a"]],
  [
    "a key is known to have retired at the rotation after the one that replaced it",
    { current: "b", keys: keysOf("a", "b") },
    { a: NOW },
    ["a", "b"],
  ],
  [
    "what is known of it stays",
    { current: "c", keys: keysOf("a", "b", "c"), retired: { a: NOW - DAY } },
    { a: NOW - DAY, b: NOW },
    ["a", "b", "c"],
  ],
  [
    "a key is dropped when its retention has ended",
    { current: "c", keys: keysOf("a", "b", "c"), retired: { a: NOW - DAY - 1 } },
    { b: NOW },
    ["b", "c"],
  ],
  [
    "a key that was announced and never signed counts like one that did",
    { current: "a", keys: keysOf("a", "x") },
    { x: NOW },
    ["a", "x"],
  ],
];
test.each(CASES)("%s", (_, current, retired, kept) => {
  const result = next(current);
  expect(result.retired).toEqual(retired);
  expect(Object.keys(result.keys).sort()).toEqual([...kept, result.current].sort());
  for (const kid of kept) expect(result.keys[kid]).toBe(KEY);
  expect(kept).not.toContain(result.current);
});

test("daily rotations keep a month of keys for sessions of a month, and no more", () => {
  let keys: SessionKeys | undefined;
  for (let day = 0; day < 60; day++)
    keys = nextKeys(keys, { ...ports, keyRetention: 30 * DAY + 25 * 3600, now: () => NOW + day * DAY });
  expect(Object.keys(keys!.keys)).toHaveLength(34);
});

test("more keys than one update of the store can hold are never made: revocations would fail with them", () => {
  let keys: SessionKeys | undefined;
  for (let rotation = 0; rotation < MAX_CHANGES - 2; rotation++) keys = next(keys);
  expect(() => next(keys)).toThrow(
    "there are 48 session keys that active sessions may be signed with; rotate them less often",
  );
});

test("a key id is taken once", () => {
  const ids = ["00000001", "00000001", "00000002"];
  const { current } = nextKeys(
    { current: "00000001", keys: keysOf("00000001") },
    {
      ...ports,
      random: (bytes) => (bytes === 4 ? Buffer.from(ids.shift()!, "hex") : randomBytes(bytes)),
    },
  );
  expect(current).toBe("00000002");
});

test("a version follows another where it has the key that signs there, and that key is the same", () => {
  const current = { current: "a", keys: keysOf("a") };
  expect(follows({ current: "b", keys: keysOf("a", "b") }, current)).toBe(true);
  expect(follows({ current: "b", keys: keysOf("b") }, current)).toBe(false);
  expect(follows({ current: "b", keys: { ...keysOf("b"), a: "x".repeat(43) } }, current)).toBe(false);
});
