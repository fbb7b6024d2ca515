/** What the gate finds in the store, given the keys and the ledger. */
import { randomBytes } from "node:crypto";
import { project, projectShard, recordsOf, STORE_BYTES, type ProjectionSettings } from "../../../control-plane/store/projection";
import { hmacText } from "../../../local/hmac";
import { shardKey, type SessionKeys } from "../../../session/keys";
import type { Revocation } from "../../../session/ledger";
import { decodeRecord, isRevoked, MAX_RECORD_BYTES, shardOf, type ShardCount } from "../../../session/shard";

const NOW = 1_800_000_000;
const TOKEN = 900;
/** Just long enough ago for no token of a revoked session to live. */
const UNNEEDED = NOW - TOKEN - 120;
const SETTINGS: ProjectionSettings = { shardCount: 64, tokenLifetime: TOKEN, now: NOW };
const KEYS: SessionKeys = { current: "k1", keys: { k1: "k".repeat(43) } };

/** Ids of shard 0: their last 12 bits are zero. */
const id = () => `${randomBytes(9).toString("base64url")}AAAA`;
const uid = id();
const base = { recordedAt: NOW - 10, until: NOW + 3600, cutoff: NOW - 10, by: "operator:test", reason: "", expiresAt: NOW + 9999 };
const session = (more: Partial<Revocation> = {}): Revocation => ({ ...base, kind: "session", uid: id(), sid: id(), ...more });
const user = (more: Partial<Revocation> = {}): Revocation => ({ ...base, kind: "user", uid: id(), ...more });
const many = (count: number, make: () => Revocation) => Array.from({ length: count }, make);

const recordOf = (revocations: Revocation[], keys: SessionKeys[] = [KEYS], settings = SETTINGS) => projectShard(keys, 0, revocations, settings).records;
const entriesOf = (revocations: Revocation[]) => {
  const { revokedSessions, cutoffs } = decodeRecord(recordOf(revocations).get("k1.0")!);
  return { revokedSessions, cutoffs };
};
const sid6 = (revocation: Revocation) => revocation.sid!.slice(0, 6);

describe("a record holds", () => {
  const one = session();
  const CASES: [name: string, revocations: Revocation[], entries: ReturnType<typeof entriesOf>][] = [
    ["nothing where nobody is revoked", [], { revokedSessions: [], cutoffs: [] }],
    ["a revoked session by its sid", [one], { revokedSessions: [sid6(one)], cutoffs: [] }],
    ["a revoked user by the uid and the cut-off", [user({ uid, cutoff: NOW - 5 })], { revokedSessions: [], cutoffs: [{ uid: uid.slice(0, 6), time: NOW - 5 }] }],
    ["one entry of two that the gate cannot tell apart", [one, { ...one, sid: sid6(one) + "0000000000" }], { revokedSessions: [sid6(one)], cutoffs: [] }],
    ["the later one of two cut-offs", [user({ uid, cutoff: NOW - 9 }), user({ uid, cutoff: NOW - 5 }), user({ uid, cutoff: NOW - 7 })], { revokedSessions: [], cutoffs: [{ uid: uid.slice(0, 6), time: NOW - 5 }] }],
    ["a revocation until the second before no session can live that it matches", [{ ...one, until: NOW + 1 }], { revokedSessions: [sid6(one)], cutoffs: [] }],
    ["none from that second on", [{ ...one, until: NOW }], { revokedSessions: [], cutoffs: [] }],
    ["nothing of a lockdown, which removes the records", [{ ...base, kind: "gateway" }], { revokedSessions: [], cutoffs: [] }],
    ["nothing of another shard", [session({ uid: `${"u".repeat(15)}B` })], { revokedSessions: [], cutoffs: [] }],
    ["what is not needed any more, while there is room", [{ ...one, recordedAt: NOW - 80_000 }], { revokedSessions: [sid6(one)], cutoffs: [] }],
  ];

  test.each(CASES)("%s", (_, revocations, entries) => {
    expect(entriesOf(revocations)).toEqual(entries);
  });
});

describe("when not everything fits", () => {
  test("what is needed stays, and of the rest the newest", () => {
    const needed = many(100, () => session({ recordedAt: UNNEEDED + 1 }));
    const rest = many(100, () => session()).map((revocation, place) => ({ ...revocation, recordedAt: UNNEEDED - place }));
    const { revokedSessions } = entriesOf([...rest, ...needed].reverse());
    expect(new Set(revokedSessions)).toEqual(new Set([...needed, ...rest.slice(0, 63)].map(sid6)));
  });

  test.each([
    ["sessions", 163, session],
    ["cut-offs", 75, user],
  ])("a record takes %s to the last byte; one more makes the shard over-full", (_, count, make) => {
    const full = many(count, () => make({ recordedAt: UNNEEDED + 1 }));
    expect(projectShard([KEYS], 0, full, SETTINGS).isOverfull).toBe(false);
    expect(projectShard([KEYS], 0, [...full, make({ recordedAt: UNNEEDED })], SETTINGS).isOverfull).toBe(false);
    expect(projectShard([KEYS], 0, [...full, make({ recordedAt: UNNEEDED + 1 })], SETTINGS)).toEqual({ isOverfull: true, records: new Map() });
    expect(project([KEYS], [...full, make({ recordedAt: UNNEEDED + 1 })], SETTINGS)).toMatchObject({ overfull: [0] });
  });

  test("the sign-outs of one user, who signs in again and again, become one cut-off: no other user of the shard pays for them", () => {
    const script = (place: number) => session({ uid, recordedAt: UNNEEDED + 1 + place, cutoff: UNNEEDED + 1 + place });
    const others = many(100, () => session({ recordedAt: UNNEEDED + 1 }));
    const { records, isOverfull } = projectShard([KEYS], 0, [...Array.from({ length: 200 }, (_, place) => script(place)), ...others], SETTINGS);
    expect(isOverfull).toBe(false);
    const { revokedSessions, cutoffs } = decodeRecord(records.get("k1.0")!);
    expect(cutoffs).toEqual([{ uid: uid.slice(0, 6), time: UNNEEDED + 200 }]);
    expect(new Set(revokedSessions)).toEqual(new Set(others.map(sid6)));
  });

  test("twenty sign-outs of one user are no script's", () => {
    const twenty = many(20, () => session({ uid, recordedAt: UNNEEDED + 1 }));
    expect(projectShard([KEYS], 0, [...twenty, ...many(144, () => session({ recordedAt: UNNEEDED + 1 }))], SETTINGS).isOverfull).toBe(true);
  });

  test("a user's own cut-off beside them stays as late as it is", () => {
    const later = user({ uid, cutoff: NOW - 1, recordedAt: NOW - 1 });
    const { records } = projectShard([KEYS], 0, [later, ...many(200, () => session({ uid, recordedAt: UNNEEDED + 1, cutoff: UNNEEDED + 1 }))], SETTINGS);
    expect(decodeRecord(records.get("k1.0")!)).toMatchObject({ revokedSessions: [], cutoffs: [{ uid: uid.slice(0, 6), time: NOW - 1 }] });
  });

  test("what is needed has more room than an even share of the store", () => {
    const keys: SessionKeys = { current: "k1", keys: Object.fromEntries(["k1", "k2", "k3"].map((kid) => [kid, "k".repeat(43)])) };
    const settings = { ...SETTINGS, shardCount: 4096 as const };
    const lengthWith = (recordedAt: number) => recordOf(many(163, () => session({ recordedAt })), [keys], settings).get("k1.0")!.length;
    expect(lengthWith(UNNEEDED)).toBeLessThan(400);
    expect(lengthWith(UNNEEDED + 1)).toBe(43 + 1 + 163 * 6);
  });

  test("a key whose tokens were all signed after the revocations has its record all the same", () => {
    const keys: SessionKeys = { ...KEYS, keys: { ...KEYS.keys, own: "o".repeat(43) }, shardKeys: { own: 0 }, shardKeysSince: { own: NOW } };
    const full = many(164, () => session({ recordedAt: NOW - 100 }));
    const next: SessionKeys = { current: "k2", keys: { k2: "l".repeat(43) }, since: NOW + 700 };
    const { records, isOverfull } = projectShard([keys, next], 0, full, SETTINGS);
    expect([...records.keys()]).toEqual(["own.0", "k2.0"]);
    expect(isOverfull).toBe(true);
  });

  test("such a key needs what was recorded while its first token was being signed", () => {
    const next: SessionKeys = { current: "k2", keys: { k2: "l".repeat(43) }, since: NOW - 100 };
    const full = (recordedAt: number) => projectShard([next], 0, many(164, () => session({ recordedAt })), SETTINGS).isOverfull;
    expect([full(NOW - 116), full(NOW - 115), full(NOW - 114)]).toEqual([false, false, true]);
  });
});

describe("records exist", () => {
  const keys: SessionKeys = { current: "c", keys: { a: "a".repeat(43), b: "b".repeat(43), c: "c".repeat(43) }, shardKeys: { b: 7 }, voided: ["a.7"] };

  test.each([
    [0, ["a.0", "c.0"]],
    [7, ["b.7", "c.7"]],
  ])("in shard %i for keys that are for all shards or for this one, but for those that were made void", (shard, names) => {
    expect(recordsOf(keys, shard)).toEqual(names);
  });

  test("of every shard, each with the key that is derived for it", () => {
    const { records } = project([keys], [], SETTINGS);
    expect(records.size).toBe(2 * 64);
    expect(records.get("b.7")).toBe(`${shardKey(hmacText, keys.keys["b"]!, 7)}.`);
    expect(records.get("c.63")).toBe(`${shardKey(hmacText, keys.keys["c"]!, 63)}.`);
  });

  test("of both versions of the secret, once each", () => {
    const next: SessionKeys = { current: "d", keys: { ...keys.keys, d: "d".repeat(43) } };
    expect(project([keys, next], [], SETTINGS).records.get("d.1")).toBe(`${shardKey(hmacText, next.keys["d"]!, 1)}.`);
  });
});

describe("whatever was revoked", () => {
  /** A day of revocations, more than records take. */
  const revocations = [
    ...many(9_000, () => session({ uid: randomBytes(12).toString("base64url") })),
    ...many(3_000, () => user({ uid: randomBytes(12).toString("base64url") })),
  ].map((revocation, place) => ({ ...revocation, recordedAt: NOW - ((place * 7) % 9_000) }));
  const needed = revocations.filter(({ recordedAt }) => recordedAt > UNNEEDED);
  const { records, overfull } = project([KEYS], revocations, SETTINGS);

  test("the same input gives the same bytes, in whatever order the ledger tells it", () => {
    expect(project([KEYS], [...revocations].reverse(), SETTINGS).records).toEqual(records);
  });

  test("no record is larger than the store takes", () => {
    expect(overfull).toEqual([]);
    for (const record of records.values()) expect(record.length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(Math.max(...[...records.values()].map(({ length }) => length))).toBeGreaterThan(MAX_RECORD_BYTES - 13);
  });

  test("the gate refuses everybody whose token may still live", () => {
    expect(needed.length).toBeGreaterThan(100);
    for (const revocation of needed) {
      const record = records.get(`k1.${shardOf(revocation.uid!, 64)}`)!;
      expect(isRevoked(record, revocation.uid!, revocation.sid ?? id(), revocation.cutoff)).toBe(true);
    }
  });
});

test.each<[ShardCount, number]>([
  [64, 163],
  // More than the share of each.
  [4096, 65],
])("%i shards with %i revoked sessions each under three living keys fit into the store", (shardCount, count) => {
  const keys: SessionKeys = { current: "k3", keys: Object.fromEntries(["kkkkkkk1", "kkkkkkk2", "k3"].map((kid) => [kid, randomBytes(32).toString("base64url")])) };
  const revocations = Array.from({ length: shardCount * count }, (_, place) => ({
    ...base,
    kind: "session" as const,
    uid: uidOfShard(place % shardCount),
    sid: place.toString(36).padStart(6, "0"),
    recordedAt: NOW - 50_000,
  }));
  const { records, overfull } = project([keys], revocations, { ...SETTINGS, shardCount });
  const bytes = [...records].reduce((size, [name, value]) => size + name.length + value.length, 0);
  expect(overfull).toEqual([]);
  expect(records.size).toBe(3 * shardCount);
  expect(bytes).toBeLessThanOrEqual(STORE_BYTES);
  // Room that is there is used.
  expect(bytes).toBeGreaterThan(Math.min(0.95 * STORE_BYTES, 3 * shardCount * 1000));
});

function uidOfShard(shard: number): string {
  // A multiple of three bytes: the last two characters are the last 12 bits.
  return Buffer.from([...Buffer.alloc(10), shard >> 8, shard & 255]).toString("base64url");
}
