import { decodeRecord, encodeRecord, isRevoked, MAX_RECORD_BYTES, recordKey, recordKeyParts, shardOf, type ShardRecord } from "../../session/shard";

const KEY = "k".repeat(43);
const UID = "alice00000000001";
const SID = "AliceSession0001";
const ISSUED = 1_800_000_000;

const record = (entries: Partial<ShardRecord> = {}) => encodeRecord({ shardKey: KEY, revokedSessions: [], cutoffs: [], ...entries });
const cutoff = (time: number, uid = UID) => ({ uid, time });

test("a record has the documented form", () => {
  expect(record()).toBe(`${KEY}.`);
  const entries = { revokedSessions: [SID, "BobsSession00002"], cutoffs: [cutoff(ISSUED), cutoff(36, "bob0000000000002")] };
  expect(record(entries)).toBe(`${KEY}AliceSBobsSe.alice00tro8w0bob0000000010`);
});

describe("reading a record back", () => {
  test.each<[string, Partial<ShardRecord>]>([
    ["nothing", {}],
    ["sessions", { revokedSessions: ["AliceS", "_-_-_-"] }],
    ["cut-offs", { cutoffs: [cutoff(ISSUED, "alice0"), cutoff(0, "------")] }],
    ["both", { revokedSessions: ["AliceS"], cutoffs: [cutoff(ISSUED, "alice0")] }],
  ])("brings back %s", (_, entries) => {
    const whole = { shardKey: KEY, revokedSessions: [], cutoffs: [], ...entries };
    expect(decodeRecord(encodeRecord(whole))).toEqual(whole);
  });

  test.each(["", ".", KEY, `${KEY}abc.`, `${KEY}.alice0`, `${KEY}.alice0-------`, `${KEY.slice(1)}.`, `${KEY}. `, `${KEY}.\n`])("finds %j damaged", (value) => {
    expect(() => decodeRecord(value)).toThrow(new RangeError("not a shard record"));
  });
});

describe("a record takes", () => {
  test.each<[string, Partial<ShardRecord>, number]>([
    ["163 sessions", { revokedSessions: Array<string>(163).fill(SID) }, 1022],
    ["75 cut-offs", { cutoffs: Array(75).fill(cutoff(ISSUED)) }, 1019],
    ["78 sessions and 39 cut-offs", { revokedSessions: Array<string>(78).fill(SID), cutoffs: Array(39).fill(cutoff(ISSUED)) }, 1019],
  ])("%s", (_, entries, length) => {
    expect(record(entries)).toHaveLength(length);
  });

  test.each<[string, Partial<ShardRecord>]>([
    ["164 sessions", { revokedSessions: Array<string>(164).fill(SID) }],
    ["76 cut-offs", { cutoffs: Array(76).fill(cutoff(ISSUED)) }],
    ["a session beside 75 cut-offs", { revokedSessions: [SID], cutoffs: Array(75).fill(cutoff(ISSUED)) }],
  ])("no %s", (_, entries) => {
    expect(() => record(entries)).toThrow(new RegExp(`^shard record of \\d+ bytes; the store takes ${MAX_RECORD_BYTES}$`));
  });
});

/** Whether Alice's session, issued at {@link ISSUED}, is revoked. */
const RECORDS: [name: string, record: string, revokes: boolean][] = [
  ["nothing", record(), false],
  ["another session", record({ revokedSessions: ["BobsSession00002"] }), false],
  ["the session", record({ revokedSessions: [SID] }), true],
  ["the session's first six characters, with another end", record({ revokedSessions: ["AliceSxxxxxxxxxx"] }), true],
  ["the session's first five characters", record({ revokedSessions: ["Alicexxxxxxxxxxx"] }), false],
  ["the session in another case", record({ revokedSessions: ["aLICEs"] }), false],
  ["the session as the first, a middle and the last of three", record({ revokedSessions: ["a".repeat(6), SID, "b".repeat(6)] }), true],
  ["neighbours that make up the session", record({ revokedSessions: ["xAlice", "Sxxxxx"] }), false],
  ["such neighbours, then the session", record({ revokedSessions: ["xAlice", "Sxxxxx", SID] }), true],
  ["the session's name among the cut-offs", record({ cutoffs: [cutoff(ISSUED, SID)] }), false],
  ["the user's name among the sessions", record({ revokedSessions: [UID] }), false],
  ["a cut-off a second before", record({ cutoffs: [cutoff(ISSUED - 1)] }), false],
  ["a cut-off in the same second", record({ cutoffs: [cutoff(ISSUED)] }), true],
  ["a cut-off after", record({ cutoffs: [cutoff(ISSUED + 1)] }), true],
  ["a cut-off of another user", record({ cutoffs: [cutoff(ISSUED, "bob0000000000002")] }), false],
  ["a cut-off before, then after", record({ cutoffs: [cutoff(ISSUED - 5), cutoff(ISSUED + 5)] }), true],
  ["a cut-off after, then before", record({ cutoffs: [cutoff(ISSUED + 5), cutoff(ISSUED - 5)] }), true],
  ["two cut-offs before", record({ cutoffs: [cutoff(ISSUED - 5), cutoff(ISSUED - 4)] }), false],
  ["cut-offs that make up the user", `${KEY}.xxxxxx0alice0000xxx0000000`, false],
  ["a cut-off without its end", record({ cutoffs: [cutoff(ISSUED)] }).slice(0, -3), true],
  ["sessions and cut-offs of others", record({ revokedSessions: ["BobsSession00002"], cutoffs: [cutoff(ISSUED, "bob0000000000002")] }), false],
  ["another session and a cut-off", record({ revokedSessions: ["BobsSession00002"], cutoffs: [cutoff(ISSUED)] }), true],
  // Damaged records: whatever cannot be read revokes.
  ["nothing, without the separator", KEY, true],
  ["another session, without the separator", `${KEY}BobsSe`, true],
  ["no text at all", "", true],
  ["a separator only", ".", true],
  ["a key that is cut short", `${KEY.slice(1)}.`, true],
  ["a cut-off without its time", `${KEY}.alice0`, true],
  ["a cut-off with an unreadable time", `${KEY}.alice0-------`, true],
];

describe.each([
  ["revokes the session", true],
  ["leaves the session alone", false],
])("%s:", (_, expected) => {
  test.each(RECORDS.filter(([, , revokes]) => revokes === expected))("a record that holds %s", (_, value) => {
    expect(isRevoked(value, UID, SID, ISSUED)).toBe(expected);
  });
});

test("the key of the shard is not searched", () => {
  const keys = Array.from({ length: 37 }, (_, at) => ("x".repeat(at) + SID).slice(0, 43).padEnd(43, "x"));
  expect(keys.filter((key) => isRevoked(`${key}BobsSe.bob0000zzzzzz`, UID, SID, ISSUED))).toEqual([]);
});

test("an issue time that cannot be read is revoked by any cut-off", () => {
  expect(isRevoked(record({ cutoffs: [cutoff(1)] }), UID, SID, NaN)).toBe(true);
});

test.each<[string, number, number, number]>([
  ["xxxxxxxxxxxxxxAA", 0, 0, 0],
  ["xxxxxxxxxxxxxxA_", 63, 63, 63],
  ["xxxxxxxxxxxxxxBA", 0, 64, 64],
  ["xxxxxxxxxxxxxx__", 63, 1023, 4095],
  ["alice00000000001", 53, 309, 3381],
])("%s belongs to the shards %d of 64, %d of 1,024 and %d of 4,096", (uid, of64, of1024, of4096) => {
  expect([shardOf(uid, 64), shardOf(uid, 1024), shardOf(uid, 4096)]).toEqual([of64, of1024, of4096]);
});

test("users spread evenly over the shards", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const users = [...alphabet].flatMap((a) => [...alphabet].map((b) => `xxxxxxxxxxxxxx${a}${b}`));
  const counts = new Map<number, number>();
  for (const uid of users) counts.set(shardOf(uid, 1024), (counts.get(shardOf(uid, 1024)) ?? 0) + 1);
  expect([counts.size, ...new Set(counts.values())]).toEqual([1024, 4]);
});

test("the key of a record names the key id and the shard", () => {
  expect(recordKey("k1", 17)).toBe("k1.17");
  expect(recordKeyParts("k1.17")).toEqual({ kid: "k1", shard: "17" });
});
