/** What the store must hold for a key, and what it need not hold any more. Pure: from the records there are to the changes. */
import { createHmac } from "node:crypto";
import { shardKey, type HmacText } from "../../session/keys";
import { recordKey, type ShardCount } from "../../session/shard";
import { OperationError } from "../errors";
import type { Change } from "../store/ports";
import { isRecordKey, STORE_BYTES } from "../store/projection";

type Records = ReadonlyMap<string, string>;

export interface NewKey {
  kid: string;
  masterKey: string;
  shardCount: ShardCount;
}

const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

/**
 * The writes after which every shard has its record under the new key. Where the store would be too full, other records first lose
 * what they need not hold.
 *
 * @param wanted what the whole store must hold (store/projection.ts)
 * @throws OperationError while more users of a shard have been revoked than a record takes
 */
export function recordsToWrite(records: Records, wanted: Records, { kid, shardCount }: Omit<NewKey, "masterKey">): Change[] {
  const names = shards(shardCount).map((shard) => recordKey(kid, shard));
  const overfull = names.filter((name) => !wanted.has(name));
  if (overfull.length > 0) throw new OperationError(`the revocations of ${overfull.length} shards do not fit into a record; rotate again when their tokens have expired`);
  const changed = names.filter((name) => records.get(name) !== wanted.get(name));
  const shrunk = sizeWith(records, wanted, changed) > STORE_BYTES ? [...wanted.keys()].filter((name) => isShorter(wanted.get(name)!, records.get(name))) : [];
  return [...new Set([...shrunk, ...changed])].map((name) => ({ put: name, value: wanted.get(name)! }));
}

/** How many shards have no record that is signed with this key. */
export function countMissing(records: Records, { kid, masterKey, shardCount }: NewKey): number {
  return shards(shardCount).filter((shard) => !records.get(recordKey(kid, shard))?.startsWith(shardKey(hmac, masterKey, shard))).length;
}

/** The deletions after which only living keys have records. @param living names of records */
export function recordsToSweep(records: Records, living: ReadonlySet<string>): Change[] {
  return [...records.keys()].filter((name) => isRecordKey(name) && !living.has(name)).map((name) => ({ delete: name }));
}

export function shards(shardCount: ShardCount): number[] {
  return Array.from({ length: shardCount }, (_, shard) => shard);
}

/** Bytes of the store once these records are written. They are ASCII. */
function sizeWith(records: Records, wanted: Records, changed: string[]): number {
  const after = new Map([...records, ...changed.map((name) => [name, wanted.get(name)!] as const)]);
  return [...after].reduce((size, [name, value]) => size + name.length + value.length, 0);
}

function isShorter(value: string, there: string | undefined): boolean {
  return there !== undefined && value.length < there.length;
}
