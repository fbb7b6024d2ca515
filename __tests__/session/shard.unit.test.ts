import {
  encodeKeyRecord,
  encodeShardRecord,
  encodeShards,
  keyRecordName,
  MAX_RECORD_BYTES,
  markText,
  namesShard,
  NO_FLOOR,
  SHARD_COUNT,
  shardOf,
  shardRecordName,
  type ShardRecord,
} from "../../session/shard";

const KEY = "k".repeat(43);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const USERS = [...ALPHABET].flatMap((a) => [...ALPHABET].map((b) => `alice000000000${a}${b}`));
const ALL = Array.from({ length: 4096 }, (_, shard) => String(shard));
const named = (record: string) => ALL.filter((shard) => namesShard(record, shard));

const record = (entries: Partial<ShardRecord> = {}) =>
  encodeShardRecord({ floor: NO_FLOOR, revokedSessions: [], cutoffs: [], ...entries });
const cutoff = (uid = "alice00000000001") => ({ uid, mark: 1_800_000_000, reach: 36 });

test("the end of the uid determines a user's shard", () => {
  expect(USERS.map(shardOf)).toEqual(ALL);
  expect(ALL).toHaveLength(SHARD_COUNT);
});

test("records have the documented names", () => {
  expect([keyRecordName("k1"), shardRecordName("17")]).toEqual(["key.k1", "shard.17"]);
});

describe("the map of shards", () => {
  test("is not there where no shard has a record", () => {
    expect(encodeKeyRecord(KEY, [])).toBe(KEY);
    expect(named(KEY)).toEqual([]);
  });

  test("has the documented form and fits beside the key", () => {
    const map = encodeShards(["0", "1", "6", "4095"]);
    expect(map).toBe(`31${"0".repeat(680)}8`);
    expect(encodeShards(ALL)).toMatch(/^o{682}\?$/);
    expect(encodeKeyRecord(KEY, ALL)).toHaveLength(726);
    expect(726).toBeLessThanOrEqual(MAX_RECORD_BYTES);
  });

  test("names every shard alone, and no other", () => {
    // Each map has one bit, so two shards with one bit between them would have the same map.
    const maps = ALL.map((shard) => encodeKeyRecord(KEY, [shard]));
    expect(new Set(maps).size).toBe(SHARD_COUNT);
    expect(ALL.filter((shard, at) => !namesShard(maps[at]!, shard))).toEqual([]);
    for (let at = 0; at < ALL.length; at += 61) expect(named(maps[at]!)).toEqual([ALL[at]]);
  });

  test.each([2, 7, 100, 2048, 4000, 4096])("names random sets of %d", (size) => {
    for (let round = 0; round < 5; round++) {
      const shards = [...ALL]
        .map((shard) => ({ shard, order: Math.random() }))
        .sort((a, b) => a.order - b.order)
        .slice(0, size)
        .map(({ shard }) => shard);
      expect(named(encodeKeyRecord(KEY, [...shards, shards[0]!]))).toEqual(
        ALL.filter((shard) => shards.includes(shard)),
      );
    }
  });

  test.each(["", "A", "00", "-1", "1.5", "4096", "40960", "1\n", " 1", "1e3"])("takes no %j for a shard", (shard) => {
    expect(() => encodeShards(["0", shard])).toThrow(new RangeError(`not a shard: ${shard}`));
  });

  test.each<[string, string]>([
    ["nothing at all", ""],
    ["a key that is cut short", KEY.slice(1)],
    ["one character of a map", `${KEY}0`],
    ["a map without its last character", `${KEY}${"0".repeat(682)}`],
    ["a map with a character more", `${KEY}${"0".repeat(684)}`],
    ["a map of blanks", `${KEY}${" ".repeat(683)}`],
    ["a map of dots", `${KEY}${".".repeat(683)}`],
  ])("names every shard where the record is %s", (_, value) => {
    expect(named(value)).toHaveLength(SHARD_COUNT);
  });

  test("names the six shards of a character that cannot be read", () => {
    const map = "0".repeat(683);
    for (const character of [" ", "/", "p", "~", "é"])
      expect(named(`${KEY}${map.slice(0, 9)}${character}${map.slice(10)}`)).toEqual(ALL.slice(54, 60));
  });

  test.each([undefined, "x", "4096", "1e9"])("names the shard %j of a token that says no other", (shard) => {
    expect(namesShard(encodeKeyRecord(KEY, ["17"]), shard)).toBe(true);
  });
});

describe("a mark as text", () => {
  test.each<[number, string]>([
    [0, "0000000"],
    [1, "0000001"],
    [1_800_000_000, "0tro8w0"],
    [36 ** 7 - 1, "zzzzzzz"],
  ])("says %d as %s", (mark, text) => {
    expect(markText(mark)).toBe(text);
  });

  test.each([NaN, Infinity, -Infinity, -1, 0.5, 1_800_000_000.5, 36 ** 7])("cannot say %d", (mark) => {
    expect(() => markText(mark)).toThrow(new RangeError(`not a mark or time: ${mark}`));
  });

  test("has the order of its number", () => {
    const marks = Array.from({ length: 500 }, () =>
      Math.floor(Math.random() * 36 ** (1 + Math.floor(Math.random() * 7))),
    );
    expect(marks.map(markText).sort()).toEqual([...marks].sort((a, b) => a - b).map(markText));
  });
});

test("a shard's record has the documented form", () => {
  expect(record()).toBe("0000000.");
  const entries = {
    floor: "0tro8w0",
    revokedSessions: ["AliceSession0001", "BobsSe"],
    cutoffs: [cutoff(), cutoff("bob0000000000002")],
  };
  expect(record(entries)).toBe("0tro8w0AliceSBobsSe.alice00tro8w00000010bob0000tro8w00000010");
});

describe("a shard's record takes", () => {
  test.each<[string, Partial<ShardRecord>, number]>([
    ["169 sessions", { revokedSessions: Array<string>(169).fill("AliceS") }, 1022],
    ["50 cut-offs", { cutoffs: Array(50).fill(cutoff()) }, 1008],
    [
      "69 sessions and 30 cut-offs",
      { revokedSessions: Array<string>(69).fill("AliceS"), cutoffs: Array(30).fill(cutoff()) },
      1022,
    ],
  ])("%s", (_, entries, length) => {
    expect(record(entries)).toHaveLength(length);
  });

  test.each<[string, Partial<ShardRecord>]>([
    ["170 sessions", { revokedSessions: Array<string>(170).fill("AliceS") }],
    ["51 cut-offs", { cutoffs: Array(51).fill(cutoff()) }],
    [
      "3 sessions beside 50 cut-offs",
      { revokedSessions: Array<string>(3).fill("AliceS"), cutoffs: Array(50).fill(cutoff()) },
    ],
  ])("no %s", (_, entries) => {
    expect(() => record(entries)).toThrow(
      new RegExp(`^shard record is \\d+ bytes; the store accepts at most ${MAX_RECORD_BYTES}$`),
    );
  });

  test.each<[string, Partial<ShardRecord>]>([
    ["short sid", { revokedSessions: ["Alice"] }],
    ["sid with a dot", { revokedSessions: ["Alic.S"] }],
    ["sid beyond ASCII", { revokedSessions: ["Alic\u00fcS"] }],
    ["short uid", { cutoffs: [cutoff("alice")] }],
    ["uid with a dot", { cutoffs: [cutoff("alic.0")] }],
    ["mark that is no number", { cutoffs: [{ ...cutoff(), mark: NaN }] }],
    ["reach that is a fraction", { cutoffs: [{ ...cutoff(), reach: 1.5 }] }],
    ["floor of six digits", { floor: "000000" }],
    ["floor in upper case", { floor: "000000A" }],
  ])("no %s", (_, entries) => {
    expect(() => record(entries)).toThrow(RangeError);
  });
});
