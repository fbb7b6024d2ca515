/** Which keys the next version of the secret holds. */
import { randomBytes } from "node:crypto";
import { nextKeys, type Succession } from "../../../control-plane/key-rotator/session-keys";
import { parseSessionKeys } from "../../../control-plane/session-keys/parse";
import type { SessionKeys } from "../../../session/keys";

const NOW = 1_800_000_000;
const RETENTION = 1000;
const PORTS = { now: () => NOW, random: randomBytes };
const KEY = "k".repeat(43);

function version(current: string, kids: string[], retired: Record<string, number> = {}): SessionKeys {
  return { current, keys: Object.fromEntries(kids.map((kid) => [kid, KEY])), retired };
}

const CASES: [name: string, succession: Partial<Succession>, keeps: Record<string, number | undefined>][] = [
  ["nothing before the first rotation", {}, {}],
  ["the current key, whose retirement nobody knows yet", { current: version("a", ["a"]) }, { a: undefined }],
  ["the key before it, which retired when the last rotation ended", { current: version("b", ["a", "b"]), lastRotated: NOW - 500 }, { a: NOW - 500, b: undefined }],
  ["the key before it until the second that its last session may live", { current: version("b", ["a", "b"]), lastRotated: NOW - RETENTION }, { a: NOW - RETENTION, b: undefined }],
  ["no key whose last session is over", { current: version("b", ["a", "b"]), lastRotated: NOW - RETENTION - 1 }, { b: undefined }],
  ["a key whose end nobody noted, as if it had retired now", { current: version("b", ["a", "b"]) }, { a: NOW, b: undefined }],
  ["a noted retirement as it was noted", { current: version("c", ["a", "b", "c"], { a: NOW - 900 }), lastRotated: NOW - 10 }, { a: NOW - 900, b: NOW - 10, c: undefined }],
  ["no key that was noted long ago", { current: version("c", ["a", "b", "c"], { a: NOW - 1001 }), lastRotated: NOW - 10 }, { b: NOW - 10, c: undefined }],
  ["after a roll-back, the key that was rolled back: sessions are signed with it", { current: version("a", ["a"]), previous: version("b", ["a", "b"]), lastRotated: NOW - 9999 }, { a: undefined, b: NOW }],
  ["no key that the current version dropped already", { current: version("c", ["b", "c"]), previous: version("b", ["a", "b"], { a: NOW - 5000 }), lastRotated: NOW - 10 }, { b: NOW - 10, c: undefined }],
];

test.each(CASES)("keeps %s", (_, succession, keeps) => {
  const { current, keys, retired } = nextKeys({ current: undefined, previous: undefined, lastRotated: undefined, retention: RETENTION, ...succession }, PORTS);
  expect(Object.keys(keys).sort()).toEqual([...Object.keys(keeps), current].sort());
  expect(retired).toEqual(Object.fromEntries(Object.entries(keeps).filter(([, time]) => time !== undefined)));
});

test("takes a key id that no living key has, and a key of 32 bytes", () => {
  const ids = [Buffer.from("0a0a0a0a", "hex"), Buffer.from("0b0b0b0b", "hex")];
  const random = (bytes: number) => (bytes === 4 ? ids.shift()! : Buffer.alloc(bytes, 1));
  const made = nextKeys({ current: version("0a0a0a0a", ["0a0a0a0a"]), previous: undefined, lastRotated: undefined, retention: 1 }, { ...PORTS, random });
  expect(made.current).toBe("0b0b0b0b");
  expect(Buffer.from(made.keys["0b0b0b0b"]!, "base64url")).toEqual(Buffer.alloc(32, 1));
});

describe("reading the secret", () => {
  test("gives back what was written", () => {
    const keys = version("b", ["a", "b"], { a: NOW });
    expect(parseSessionKeys(JSON.stringify(keys))).toEqual(keys);
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
