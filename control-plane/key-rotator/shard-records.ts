/** What the store must hold for a key, and what it need not hold any more. Pure: from the records there are to the changes. */
import { createHmac } from "node:crypto";
import { shardKey, type HmacText } from "../../session/keys";
import { decodeRecord, encodeRecord, recordKey, recordKeyParts, type ShardCount, type ShardRecord } from "../../session/shard";
import { OperationError } from "../errors";
import type { Change } from "../store/ports";

type Records = ReadonlyMap<string, string>;

export interface NewKey {
  kid: string;
  masterKey: string;
  shardCount: ShardCount;
}

const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");
/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_KEY = /^[a-z0-9]{1,8}\.[0-9]{1,4}$/;

/**
 * The writes after which every shard has its record under the new key, with the revocations of the old key's record. Entries
 * that only the new record has stay: the revoker may have written them first.
 *
 * @param heirOf the key id whose revocations the new records take over; undefined where no key was current before
 * @throws OperationError when a record is damaged, or would be larger than the store takes
 */
export function recordsToWrite(records: Records, key: NewKey, heirOf: string | undefined): Change[] {
  return shards(key).flatMap((shard) => {
    const name = recordKey(key.kid, shard);
    const before = records.get(name);
    const sources = [heirOf === undefined ? undefined : recordKey(heirOf, shard), name].flatMap((source) => {
      const value = source === undefined ? undefined : records.get(source);
      return source === undefined || value === undefined ? [] : [read(source, value)];
    });
    const value = write(name, { shardKey: shardKey(hmac, key.masterKey, shard), ...union(sources) });
    return value === before ? [] : [{ put: name, value }];
  });
}

/** How many shards have no record that is signed with this key. */
export function countMissing(records: Records, key: NewKey): number {
  return shards(key).filter((shard) => !records.get(recordKey(key.kid, shard))?.startsWith(shardKey(hmac, key.masterKey, shard))).length;
}

/** The deletions after which only living keys have records. */
export function recordsToSweep(records: Records, living: ReadonlySet<string>): Change[] {
  return [...records.keys()].filter((name) => RECORD_KEY.test(name) && !living.has(recordKeyParts(name).kid)).map((name) => ({ delete: name }));
}

function shards({ shardCount }: NewKey): number[] {
  return Array.from({ length: shardCount }, (_, shard) => shard);
}

function union(records: readonly ShardRecord[]): Omit<ShardRecord, "shardKey"> {
  const cutoffs = new Map(records.flatMap((record) => record.cutoffs.map((cutoff) => [`${cutoff.uid} ${cutoff.time}`, cutoff] as const)));
  return { revokedSessions: [...new Set(records.flatMap((record) => record.revokedSessions))], cutoffs: [...cutoffs.values()] };
}

function read(name: string, value: string): ShardRecord {
  try {
    return decodeRecord(value);
  } catch {
    throw new OperationError(`the record ${name} in the store is damaged; delete it, or rebuild the store, and rotate again`);
  }
}

function write(name: string, record: ShardRecord): string {
  try {
    return encodeRecord(record);
  } catch {
    throw new OperationError(`the revocations for ${name} do not fit into one record; sweep the expired ones and rotate again`);
  }
}
