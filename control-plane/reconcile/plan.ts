/** Plans the changes that the store needs. Pure functions: `store check` reports the plan without carrying it out. */
import {
  encodeKeyRecord,
  KEY_RECORD,
  keyRecordName,
  namesShard,
  SHARD_RECORD,
  shardRecordName,
} from "../../session/shard";
import { OperationError } from "../errors";
import { MAX_CHANGES, type Change } from "../ports";
import { ALL_SHARDS, type Held, type Target, type WholeStore } from "./read";
import { CLOCKS_APART, isRecordOf, recordText } from "./shard-state";

/** The actual and the desired content of the store, and further changes for a write. */
export interface Plan extends Held, Pick<Target, "tokenKeys" | "records"> {
  /** True if all keys' records must be written, even if the keys and the shards that they name stay the same. */
  areKeysWrong: boolean;
  /** Names of shard records in the store that are no longer needed, and that no key names. */
  leftovers: readonly string[];
}

/**
 * A plan for the whole store, with the differences that matter to the gate. Shard records that are no longer needed are
 * not among them.
 */
export interface WholePlan extends Plan {
  /** Number of records that should exist. */
  expected: number;
  /** Names of records. */
  missing: string[];
  wrong: string[];
  unexpected: string[];
}

export interface Update {
  changes: Change[];
  /** Shards that the keys' records name after the write. */
  named: readonly string[];
}

/** The gateway did not write any other record, so it must not delete one. */
const RECORD_NAME = /^(key\.[a-z0-9]{1,8}|shard\.\d{1,4})$/;

export function planForAll(store: WholeStore, now: number, lifetime: number): WholePlan {
  const { etag, remembered, records, target } = store;
  const { tokenKeys, states } = target;
  const isNeeded = (shard: string) => target.records.get(shard) !== undefined;
  const isNeededByEveryClock = (shard: string) =>
    recordText(states.get(shard), now + CLOCKS_APART, lifetime) !== undefined;
  const idsOf = (kind: string) =>
    [...records.keys()]
      .filter((name) => RECORD_NAME.test(name) && name.startsWith(kind))
      .map((name) => name.slice(kind.length));
  const kids = idsOf(KEY_RECORD);
  const named = ALL_SHARDS.filter(isNeeded);
  const wrongShards = named.filter((shard) => {
    const record = records.get(shardRecordName(shard));
    // A missing record is an error even if, by another clock, none is needed: the keys' records will name it.
    return record === undefined || !isRecordOf(states.get(shard)!, record, now, lifetime);
  });
  const wrongKids = [...tokenKeys.keys()].filter((kid) => !isKeyRecordGood(store, kid, isNeededByEveryClock));
  return {
    etag,
    remembered,
    kids,
    // The keys' records are written if they do not name these shards.
    named,
    tokenKeys,
    // Also written if only the ETag in the ledger is wrong: a write corrects it.
    areKeysWrong:
      remembered !== etag ||
      [...tokenKeys].some(([kid, key]) => records.get(keyRecordName(kid)) !== encodeKeyRecord(key, named)),
    records: new Map(wrongShards.map((shard) => [shard, target.records.get(shard)])),
    leftovers: idsOf(SHARD_RECORD)
      .filter((shard) => !isNeeded(shard))
      .map(shardRecordName),
    expected: tokenKeys.size + named.length,
    missing: [
      ...[...tokenKeys.keys()].map(keyRecordName),
      ...named.filter(isNeededByEveryClock).map(shardRecordName),
    ].filter((name) => !records.has(name)),
    wrong: [...wrongKids.map(keyRecordName), ...wrongShards.map(shardRecordName)].filter((name) => records.has(name)),
    unexpected: kids.filter((kid) => !tokenKeys.has(kid)).map(keyRecordName),
  };
}

/**
 * Splits a plan into updates, each of which leaves a consistent store. The first one deletes the records of inactive
 * keys. If a shard's record is no longer needed, keys stop naming it; it is deleted when the whole store is read.
 *
 * @throws OperationError if the keys' records do not fit into one update
 */
export function updatesOf(plan: Plan): Update[] {
  const { tokenKeys, kids } = plan;
  // Either there was no rotation yet, or the keys cannot be seen; then their records must stay.
  if (tokenKeys.size === 0) return [];
  const deadKids = kids.filter((kid) => !tokenKeys.has(kid));
  const room = MAX_CHANGES - tokenKeys.size - deadKids.length;
  if (room < 1)
    throw new OperationError(
      `the records of ${tokenKeys.size + deadKids.length} keys do not fit into one update of ${MAX_CHANGES}; rotate the keys less often`,
    );
  const named = new Set(plan.named);
  const [records, leftovers] = [[...plan.records], [...plan.leftovers]];
  let changes: Change[] = deadKids.map((kid) => ({ delete: keyRecordName(kid) }));
  let mustWriteKeys =
    plan.areKeysWrong || deadKids.length > 0 || [...tokenKeys.keys()].some((kid) => !kids.includes(kid));
  const updates: Update[] = [];
  while (records.length + leftovers.length > 0 || mustWriteKeys) {
    const most = changes.length + room;
    while (records.length > 0 && changes.length < most) {
      const [shard, value] = records.shift()!;
      // A shard that is only removed from the keys' records needs no separate change.
      if (value !== undefined) changes.push({ put: shardRecordName(shard), value });
      if (named.has(shard) === (value !== undefined)) continue;
      mustWriteKeys = true;
      if (value === undefined) named.delete(shard);
      else named.add(shard);
    }
    changes.push(...leftovers.splice(0, most - changes.length).map((name) => ({ delete: name })));
    if (mustWriteKeys)
      changes.push(
        ...[...tokenKeys].map(([kid, key]) => ({ put: keyRecordName(kid), value: encodeKeyRecord(key, [...named]) })),
      );
    if (changes.length > 0) updates.push({ changes, named: [...named] });
    [mustWriteKeys, changes] = [false, []];
  }
  return updates;
}

/** True if a key's record has its token key, names every shard that needs a record, and none without a record. */
function isKeyRecordGood({ records, target }: WholeStore, kid: string, isNeeded: (shard: string) => boolean): boolean {
  const record = records.get(keyRecordName(kid)) ?? "";
  return (
    record.startsWith(target.tokenKeys.get(kid)!) &&
    ALL_SHARDS.every((shard) => (namesShard(record, shard) ? records.has(shardRecordName(shard)) : !isNeeded(shard)))
  );
}
