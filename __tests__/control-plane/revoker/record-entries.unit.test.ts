/** Single records: what is added to them, and when two of them say the same. */
import { addEntries, saysTheSame } from "../../../control-plane/revoker/record-entries";
import type { Revocation } from "../../../session/ledger";
import { encodeRecord, isRevoked, type ShardRecord } from "../../../session/shard";

const KEY = "k".repeat(43);
const NOW = 1_800_000_000;
const record = (more: Partial<ShardRecord> = {}) => encodeRecord({ shardKey: KEY, revokedSessions: [], cutoffs: [], ...more });
const revocation = (more: Partial<Revocation>): Revocation => ({ kind: "session", uid: "alice00000000001", sid: "AliceSession0001", cutoff: NOW, recordedAt: NOW, until: NOW + 1, by: "", reason: "", expiresAt: NOW + 1, ...more });
const user = (cutoff: number) => revocation({ kind: "user", cutoff });

describe("adding to a record", () => {
  test.each<[string, string, Revocation[], Partial<ShardRecord>]>([
    ["a session", record(), [revocation({})], { revokedSessions: ["AliceS"] }],
    ["a session that is there", record({ revokedSessions: ["AliceS"] }), [revocation({})], { revokedSessions: ["AliceS"] }],
    ["a user", record(), [user(NOW)], { cutoffs: [{ uid: "alice0", time: NOW }] }],
    ["a later cut-off of a user who has one", record({ cutoffs: [{ uid: "alice0", time: NOW - 5 }] }), [user(NOW)], { cutoffs: [{ uid: "alice0", time: NOW }] }],
    ["an earlier one", record({ cutoffs: [{ uid: "alice0", time: NOW }] }), [user(NOW - 5)], { cutoffs: [{ uid: "alice0", time: NOW }] }],
    ["one of a user who has several", record({ cutoffs: [{ uid: "alice0", time: NOW - 3 }, { uid: "bob000", time: NOW }, { uid: "alice0", time: NOW - 1 }] }), [user(NOW - 2)], { cutoffs: [{ uid: "bob000", time: NOW }, { uid: "alice0", time: NOW - 1 }] }],
  ])("%s", (_, before, added, after) => {
    const value = addEntries(before, KEY, added, 1024)!;
    expect(value).toBe(record(after));
    expect(isRevoked(value, "alice00000000001", "AliceSession0001", NOW - 10)).toBe(true);
  });

  test.each<[string, string, string, number]>([
    ["is damaged", `${record()}?`, KEY, 1024],
    ["is of another key", record(), "o".repeat(43), 1024],
    ["has no room below its share of the store", record({ revokedSessions: ["bobsss"] }), KEY, 55],
    ["is full", record({ revokedSessions: Array.from({ length: 163 }, (_, place) => String(100_000 + place)) }), KEY, 1024],
  ])("is left to the ledger where the record %s", (_, before, key, limit) => {
    expect(addEntries(before, key, [revocation({})], limit)).toBeUndefined();
  });
});

test.each<[string, string | undefined, string, boolean]>([
  ["the same entries in another order", record({ revokedSessions: ["aaaaaa", "bbbbbb"] }), record({ revokedSessions: ["bbbbbb", "aaaaaa"] }), true],
  ["an entry twice", record({ revokedSessions: ["aaaaaa", "aaaaaa"] }), record({ revokedSessions: ["aaaaaa"] }), true],
  ["an entry missing", record({ revokedSessions: ["aaaaaa"] }), record({ revokedSessions: ["aaaaaa", "bbbbbb"] }), false],
  ["an entry too many", record({ revokedSessions: ["aaaaaa", "bbbbbb"] }), record({ revokedSessions: ["aaaaaa"] }), false],
  ["another time", record({ cutoffs: [{ uid: "alice0", time: 1 }] }), record({ cutoffs: [{ uid: "alice0", time: 2 }] }), false],
  ["another key", record().replace("k", "o"), record(), false],
  ["damage", `${record()}?`, record(), false],
  ["nothing", undefined, record(), false],
])("two records with %s", (_, value, wanted, isSame) => {
  expect(saysTheSame(value, wanted)).toBe(isSame);
});
