/**
 * The store as a projection of keys and ledger: what the gate must find there. Pure, and the same input gives the same bytes.
 * docs/decisions/0014-needed-entries.md says which revocations a record needs, and which it keeps while there is room.
 */
import { createHmac } from "node:crypto";
import { shardKey, type HmacText, type SessionKeys } from "../../session/keys";
import type { Revocation } from "../../session/ledger";
import { encodeRecord, MAX_RECORD_BYTES, recordKey, recordKeyParts, SHARD_KEY_LENGTH, shardOf, type ShardCount } from "../../session/shard";

export interface ProjectionSettings {
  shardCount: ShardCount;
  /** Seconds a token is good for. */
  tokenLifetime: number;
  /** Unix seconds. */
  now: number;
}

/** KeyValueStore quota, keys and values together; a tenth is left to whatever else is in the store for a while. */
export const STORE_BYTES = 5 * 1024 * 1024 * 0.9;
/** Seconds by which the last token that was signed before the revocation was known may outlive its lifetime. */
export const LAST_TOKENS = 120;
/** Seconds from a handler's look into the ledger to the token that it signs after it: it answers within five. */
export const SIGNING = 15;
/** Sign-outs of one user that stay apart where there is no room. Only a script has more within the life of a token. */
const MAX_OF_ONE_USER = 20;
const SESSION_BYTES = 6;
const CUTOFF_BYTES = 13;

const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

/** The names of a shard's records: one for every key that is for all shards or for this one, without the voided ones. */
export function recordsOf({ keys, shardKeys = {}, voided = [] }: SessionKeys, shard: number): string[] {
  const kids = Object.keys(keys).filter((kid) => shardKeys[kid] === undefined || shardKeys[kid] === shard);
  return kids.map((kid) => recordKey(kid, shard)).filter((name) => !voided.includes(name));
}

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
export function isRecordKey(name: string): boolean {
  return /^[a-z0-9]{1,8}\.[0-9]{1,4}$/.test(name);
}

/** The most bytes of a record with entries that it need not have: an even share of the store for each, where that is less. */
export function recordLimit(keys: readonly SessionKeys[], { shardCount }: Pick<ProjectionSettings, "shardCount">): number {
  const kids = new Set(keys.flatMap((version) => Object.keys(version.keys).filter((kid) => version.shardKeys?.[kid] === undefined)));
  const name = recordKey("12345678", shardCount).length;
  return Math.min(MAX_RECORD_BYTES, Math.floor(STORE_BYTES / (shardCount * Math.max(1, kids.size))) - name);
}

/**
 * What the whole store must hold.
 *
 * @param keys AWSCURRENT and, where one is pending, what it adds
 * @returns `overfull`: shards of which a record cannot hold what it needs; such records are left out
 */
export function project(keys: readonly SessionKeys[], revocations: readonly Revocation[], settings: ProjectionSettings): { records: Map<string, string>; overfull: number[] } {
  const byShard = groupByShard(revocations, settings.shardCount);
  const shards = Array.from({ length: settings.shardCount }, (_, shard) => ({ shard, ...projectShard(keys, shard, byShard.get(shard) ?? [], settings) }));
  return { records: new Map(shards.flatMap(({ records }) => [...records])), overfull: shards.filter(({ isOverfull }) => isOverfull).map(({ shard }) => shard) };
}

/** One shard only. @param revocations those of other shards do not matter */
export function projectShard(keys: readonly SessionKeys[], shard: number, revocations: readonly Revocation[], settings: ProjectionSettings): { records: Map<string, string>; isOverfull: boolean } {
  const entries = entriesOf(revocations, shard, settings);
  const limit = recordLimit(keys, settings);
  const records = new Map<string, string>();
  let isOverfull = false;
  for (const version of keys) {
    for (const name of recordsOf(version, shard)) {
      const { kid } = recordKeyParts(name);
      const since = neededSince(version, kid, settings);
      const chosen = choose(entries, limit, since) ?? choose(withoutScripts(entries), limit, since);
      if (chosen) records.set(name, encodeRecord({ shardKey: shardKey(hmac, version.keys[kid]!, shard), ...chosen }));
      else isOverfull = true;
    }
  }
  return { records, isOverfull };
}

/** Whatever was recorded by then can match no living token of a key: each was signed after the ledger had been asked. */
function neededSince({ current, since, shardKeysSince = {} }: SessionKeys, kid: string, { now, tokenLifetime }: ProjectionSettings): number {
  const signsSince = shardKeysSince[kid] ?? (kid === current ? since : undefined);
  const forAll = now - tokenLifetime - LAST_TOKENS;
  return signsSince === undefined ? forAll : Math.max(forAll, signsSince - SIGNING);
}

interface Entry {
  kind: "session" | "user";
  uid: string;
  prefix: string;
  time: number;
  recordedAt: number;
}

/** Newest first; of those that the gate cannot tell apart, one. */
function entriesOf(revocations: readonly Revocation[], shard: number, { shardCount, now }: ProjectionSettings): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { kind, uid, sid, cutoff, recordedAt, until } of revocations) {
    if (kind === "gateway" || until <= now || shardOf(uid!, shardCount) !== shard) continue;
    const prefix = (kind === "session" ? sid! : uid!).slice(0, SESSION_BYTES);
    const same = entries.get(`${kind} ${prefix}`);
    entries.set(`${kind} ${prefix}`, { kind, uid: uid!, prefix, time: Math.max(cutoff, same?.time ?? 0), recordedAt: Math.max(recordedAt, same?.recordedAt ?? 0) });
  }
  return newestFirst([...entries.values()]);
}

/**
 * The same, with one cut-off in the place of a user's many sessions. Who signs in and out again and again would otherwise fill the record,
 * and everybody else of the shard would pay for it. The user's other sessions that began until then sign in again.
 */
function withoutScripts(entries: readonly Entry[]): Entry[] {
  return newestFirst(
    [...groupBy(entries, ({ uid }) => uid).values()].flatMap((all) => {
      if (all.filter(({ kind }) => kind === "session").length <= MAX_OF_ONE_USER) return all;
      const [time, recordedAt] = [Math.max(...all.map((entry) => entry.time)), Math.max(...all.map((entry) => entry.recordedAt))];
      const { uid } = all[0]!;
      return [{ kind: "user", uid, prefix: uid.slice(0, SESSION_BYTES), time, recordedAt }];
    }),
  );
}

function newestFirst(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => b.recordedAt - a.recordedAt || (a.kind + a.prefix < b.kind + b.prefix ? -1 : 1));
}

/** @returns undefined where those that are needed do not fit */
function choose(entries: readonly Entry[], limit: number, since: number) {
  let bytes = SHARD_KEY_LENGTH + 1;
  const chosen: Entry[] = [];
  for (const entry of entries) {
    const isNeeded = entry.recordedAt > since;
    bytes += entry.kind === "session" ? SESSION_BYTES : CUTOFF_BYTES;
    if (bytes > (isNeeded ? MAX_RECORD_BYTES : limit)) {
      if (isNeeded) return undefined;
      break;
    }
    chosen.push(entry);
  }
  return {
    revokedSessions: chosen.filter(({ kind }) => kind === "session").map(({ prefix }) => prefix),
    cutoffs: chosen.filter(({ kind }) => kind === "user").map(({ prefix, time }) => ({ uid: prefix, time })),
  };
}

function groupByShard(revocations: readonly Revocation[], shardCount: ShardCount): Map<number, Revocation[]> {
  return groupBy(revocations.filter(({ uid }) => uid !== undefined), ({ uid }) => shardOf(uid!, shardCount));
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const there = groups.get(keyOf(item));
    if (there) there.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
