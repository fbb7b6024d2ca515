/** Which keys the next version of the secret holds. */
import { randomBytes } from "node:crypto";
import { nextKeys, type Succession } from "../../../control-plane/key-rotator/session-keys";
import { addedBy, follows } from "../../../control-plane/session-keys/lineage";
import { parseSessionKeys } from "../../../control-plane/session-keys/parse";
import { signingKeyId, type SessionKeys } from "../../../session/keys";

const NOW = 1_800_000_000;
const RETENTION = 1000;
const LEAD = 700;
const PORTS = { now: () => NOW, random: randomBytes };
const KEY = "k".repeat(43);

function version(current: string, kids: string[], more: Partial<SessionKeys> = {}): SessionKeys {
  return { current, keys: Object.fromEntries(kids.map((kid) => [kid, KEY])), ...more };
}

function next(succession: Partial<Succession>): SessionKeys {
  return nextKeys({ current: undefined, previous: undefined, lastRotated: undefined, retention: RETENTION, lead: LEAD, ...succession }, PORTS);
}

const CASES: [name: string, succession: Partial<Succession>, keeps: Record<string, number | undefined>][] = [
  ["nothing before the first rotation", {}, {}],
  ["the current key, whose retirement nobody knows yet", { current: version("a", ["a"]) }, { a: undefined }],
  ["the key before it, which retired when the last rotation ended", { current: version("b", ["a", "b"]), lastRotated: NOW - 500 }, { a: NOW - 500, b: undefined }],
  ["the key before it, which signed until the current one did", { current: version("b", ["a", "b"], { before: "a", since: NOW - 400 }), lastRotated: NOW - 500 }, { a: NOW - 400, b: undefined }],
  ["the key before it, which retired when a rotation ended that was tried again late", { current: version("b", ["a", "b"], { before: "a", since: NOW - 900 }), lastRotated: NOW - 500 }, { a: NOW - 500, b: undefined }],
  ["the key before it, which still signs", { current: version("b", ["a", "b"], { before: "a", since: NOW + 1 }), lastRotated: NOW - 500 }, { a: undefined, b: undefined }],
  ["the key before it until the second that its last session may live", { current: version("b", ["a", "b"]), lastRotated: NOW - RETENTION }, { a: NOW - RETENTION, b: undefined }],
  ["no key whose last session is over", { current: version("b", ["a", "b"]), lastRotated: NOW - RETENTION - 1 }, { b: undefined }],
  ["a key whose end nobody noted, as if it had retired now", { current: version("b", ["a", "b"]) }, { a: NOW, b: undefined }],
  ["a noted retirement as it was noted", { current: version("c", ["a", "b", "c"], { retired: { a: NOW - 900 } }), lastRotated: NOW - 10 }, { a: NOW - 900, b: NOW - 10, c: undefined }],
  ["no key that was noted long ago", { current: version("c", ["a", "b", "c"], { retired: { a: NOW - 1001 } }), lastRotated: NOW - 10 }, { b: NOW - 10, c: undefined }],
  ["after a roll-back, the key that was rolled back: sessions are signed with it", { current: version("a", ["a"]), previous: version("b", ["a", "b"]), lastRotated: NOW - 9999 }, { a: undefined, b: NOW }],
  ["no key that the current version dropped already", { current: version("c", ["b", "c"]), previous: version("b", ["a", "b"], { retired: { a: NOW - 5000 } }), lastRotated: NOW - 10 }, { b: NOW - 10, c: undefined }],
  ["no key that a lockdown removed, although its version is AWSPREVIOUS", { current: version("c", ["c"]), previous: version("b", ["a", "b"]), lastRotated: NOW - 10 }, { c: undefined }],
  ["a key of the same id that a lockdown made, and not the one before", { current: { current: "b", keys: { b: "l".repeat(43) } }, previous: version("b", ["a", "b"]) }, { b: undefined }],
  ["a shard's own key, which the new one relieves", { current: version("b", ["b", "s"], { shardKeys: { s: 7 } }), lastRotated: NOW - 10 }, { b: undefined, s: NOW + LEAD }],
];

test.each(CASES)("keeps %s", (_, succession, keeps) => {
  const { current, keys, retired = {} } = next(succession);
  expect(Object.keys(keys).sort()).toEqual([...Object.keys(keeps), current].sort());
  expect(retired).toEqual(Object.fromEntries(Object.entries(keeps).filter(([, time]) => time !== undefined)));
  for (const kid of Object.keys(keeps)) expect(keys[kid]).toBe(succession.current?.keys[kid] ?? KEY);
});

describe("who signs", () => {
  test("the first key, at once", () => {
    const keys = next({});
    expect(keys.since).toBeUndefined();
    expect(signingKeyId(keys, NOW, 7)).toBe(keys.current);
  });

  test.each<[string, SessionKeys, string]>([
    ["the key before", version("a", ["a"]), "a"],
    ["the key before, if it signs already", version("b", ["a", "b"], { before: "a", since: NOW }), "b"],
    ["else the one before that", version("b", ["a", "b"], { before: "a", since: NOW + 1 }), "a"],
  ])("until the new key's time has come, %s", (_, current, signs) => {
    const keys = next({ current });
    expect([NOW, NOW + LEAD - 1].map((now) => signingKeyId(keys, now, 7))).toEqual([signs, signs]);
    expect(signingKeyId(keys, NOW + LEAD, 7)).toBe(keys.current);
  });

  test("a shard's own key until then: the records of the key before are void there", () => {
    const keys = next({ current: version("b", ["b", "s"], { shardKeys: { s: 7 }, shardKeysSince: { s: NOW - 50 }, voided: ["b.7"] }) });
    expect([signingKeyId(keys, NOW + LEAD - 1, 7), signingKeyId(keys, NOW + LEAD - 1, 8), signingKeyId(keys, NOW + LEAD, 7)]).toEqual(["s", "b", keys.current]);
    expect(keys).toMatchObject({ shardKeys: { s: 7 }, shardKeysSince: { s: NOW - 50 }, voided: ["b.7"] });
  });

  test("so also where the rotation before was rolled back", () => {
    const current = version("b", ["b", "s"], { shardKeys: { s: 7 }, voided: ["b.7"] });
    const rolledBack = version("c", ["b", "s", "c"], { before: "b", shardKeys: { s: 7 }, voided: ["b.7"], retired: { s: NOW - 100 } });
    const keys = next({ current, previous: rolledBack });
    expect([signingKeyId(keys, NOW + LEAD - 1, 7), signingKeyId(keys, NOW + LEAD, 7)]).toEqual(["s", keys.current]);
    expect(keys.voided).toEqual(["b.7"]);
  });
});

test("what is said of a key goes with it", () => {
  const current = version("c", ["b", "s", "c"], { retired: { b: NOW - 2000, s: NOW - 2000 }, shardKeys: { s: 7 }, shardKeysSince: { s: NOW - 9000 }, voided: ["b.7", "c.9"] });
  const { retired, shardKeys, shardKeysSince, voided } = next({ current });
  expect([retired, shardKeys, shardKeysSince, voided]).toEqual([{}, {}, {}, ["c.9"]]);
});

test("takes a key id that no living key has, and a key of 32 bytes", () => {
  const ids = [Buffer.from("0a0a0a0a", "hex"), Buffer.from("0b0b0b0b", "hex")];
  const random = (bytes: number) => (bytes === 4 ? ids.shift()! : Buffer.alloc(bytes, 1));
  const made = nextKeys({ current: version("0a0a0a0a", ["0a0a0a0a"]), previous: undefined, lastRotated: undefined, retention: 1, lead: 1 }, { ...PORTS, random });
  expect(made.current).toBe("0b0b0b0b");
  expect(Buffer.from(made.keys["0b0b0b0b"]!, "base64url")).toEqual(Buffer.alloc(32, 1));
});

describe("a version follows another", () => {
  const current = version("b", ["a", "b", "r", "s"], { retired: { a: 1, r: 1 }, shardKeys: { r: 7, s: 7 } });
  test.each<[string, SessionKeys, boolean]>([
    ["that it was made from", next({ current }), true],
    ["although that one has keys whose last session is over", version("c", ["b", "s", "c"]), true],
    ["but not where that one's key signs that it does not have", version("c", ["a", "s", "c"]), false],
    ["but not where a shard has a new key", version("c", ["a", "b", "c"]), false],
    ["but not where another key has the id", { ...version("c", ["b", "s", "c"]), keys: { b: "l".repeat(43), s: KEY, c: KEY } }, false],
  ])("%s", (_, later, isSo) => {
    expect(follows(later, current)).toBe(isSo);
    expect(addedBy(later, current)).toEqual(isSo ? [{ current: later.current, keys: { [later.current]: later.keys[later.current] }, ...(later.since && { since: later.since }) }] : []);
  });

  test("always, where there is none", () => {
    expect(addedBy(version("a", ["a"]), undefined)).toEqual([version("a", ["a"])]);
  });
});

describe("reading the secret", () => {
  test("gives back what was written", () => {
    const keys = next({ current: version("b", ["a", "b", "s"], { shardKeys: { s: 7 }, shardKeysSince: { s: 1 }, voided: ["b.7"] }) });
    expect(Object.keys(keys).sort()).toEqual(["before", "current", "keys", "retired", "shardKeys", "shardKeysSince", "since", "voided"]);
    expect(parseSessionKeys(JSON.stringify(keys))).toEqual(keys);
    expect(parseSessionKeys(JSON.stringify(version("a", ["a"])))).toEqual(version("a", ["a"]));
  });

  test.each([
    ["no JSON", `{"current":"a","keys":{"a":"${KEY}"`],
    ["null", "null"],
    ["no current key", JSON.stringify({ keys: { a: KEY } })],
    ["a current key that is not there", JSON.stringify({ current: "b", keys: { a: KEY } })],
    ["a current key that every object has", JSON.stringify({ current: "constructor", keys: { a: KEY } })],
    ["a key that is too short", JSON.stringify({ current: "a", keys: { a: KEY.slice(1) } })],
    ["a key id in upper case", JSON.stringify({ current: "A", keys: { A: KEY } })],
    ["keys in a list", JSON.stringify({ current: "0", keys: [KEY] })],
    ["a key before that is not there", JSON.stringify({ ...version("a", ["a"]), since: 1, before: "b" })],
    ["a beginning that is no time", JSON.stringify({ ...version("a", ["a"]), since: "now" })],
    ["a shard's key that is of no shard", JSON.stringify({ ...version("a", ["a"]), shardKeys: { a: "7" } })],
    ["a shard's key that signs since no time", JSON.stringify({ ...version("a", ["a"]), shardKeysSince: { a: "7" } })],
    ["a void record that is none", JSON.stringify({ ...version("a", ["a"]), voided: ["a"] })],
    ["a retirement that is no time", JSON.stringify({ current: "a", keys: { a: KEY }, retired: { a: "now" } })],
  ])("refuses %s and does not quote it", (_, text) => {
    expect(() => parseSessionKeys(text)).toThrow(/^the session-keys secret holds something else than session keys/);
    try {
      parseSessionKeys(text);
    } catch (error) {
      expect(String(error)).not.toContain(KEY.slice(1));
    }
  });
});
