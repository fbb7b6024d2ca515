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
import { ALL_SHARDS, type Remembered, type Target, type WholeStore } from "./read";
import { isRecordOf } from "./shard-state";

export interface Plan {
  /** The store's ETag, and the one in the ledger, when the plan was made. */
  etag: string;
  remembered: string | undefined;
  tokenKeys: ReadonlyMap<string, string>;
  /** True if all keys' records must be written, even if the shards that they name stay the same. */
  areKeysWrong: boolean;
  /** IDs of keys that have a record but are no longer active. */
  deadKids: readonly string[];
  /** Shards that the keys' records name. */
  named: readonly string[];
  /** Records by shard; undefined if the keys' records must no longer name the shard. */
  records: ReadonlyMap<string, string | undefined>;
  /** Names of shard records in the store that are no longer needed. */
  leftovers: readonly string[];
}

/**
 * A plan for the whole store, with the differences that matter to the gate. Shard records that are no longer needed are
 * not among them.
 */
export interface WholePlan extends Plan {
  /** Names of the records that should exist. */
  expected: string[];
  missing: string[];
  wrong: string[];
  unexpected: string[];
}

export interface Update {
  changes: Change[];
  /** Shards that the keys' records name afterwards. */
  named: readonly string[];
}

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_NAME = /^(key\.[a-z0-9]{1,8}|shard\.\d{1,4})$/;

/** @param areKeysWrong true to write the keys' records even if the remembered state shows no difference */
export function planFor(
  { etag, kids, named }: Remembered,
  { tokenKeys, records }: Target,
  areKeysWrong: boolean,
): Plan {
  return {
    etag,
    remembered: etag,
    tokenKeys,
    areKeysWrong: areKeysWrong || [...tokenKeys.keys()].some((kid) => !kids.includes(kid)),
    deadKids: kids.filter((kid) => !tokenKeys.has(kid)),
    named,
    records,
    leftovers: [],
  };
}

export function planForAll(store: WholeStore, now: number, lifetime: number): WholePlan {
  const { etag, remembered, records, target } = store;
  const { tokenKeys, states } = target;
  const isNeeded = (shard: string) => target.records.get(shard) !== undefined;
  const named = ALL_SHARDS.filter(isNeeded);
  const wrongShards = named.filter(
    (shard) => !isRecordOf(states.get(shard)!, records.get(shardRecordName(shard)), now, lifetime),
  );
  const idsOf = (kind: string) =>
    [...records.keys()]
      .filter((name) => RECORD_NAME.test(name) && name.startsWith(kind))
      .map((name) => name.slice(kind.length));
  const kids = [...tokenKeys.keys()];
  const deadKids = idsOf(KEY_RECORD).filter((kid) => !tokenKeys.has(kid));
  const expected = [...kids.map(keyRecordName), ...named.map(shardRecordName)];
  const notGood = [
    ...kids.filter((kid) => !isKeyRecordGood(store, kid)).map(keyRecordName),
    ...wrongShards.map(shardRecordName),
  ];
  return {
    etag,
    remembered,
    tokenKeys,
    // Also written if only the ETag in the ledger is wrong: a write corrects it.
    areKeysWrong:
      remembered !== etag ||
      [...tokenKeys].some(([kid, key]) => records.get(keyRecordName(kid)) !== encodeKeyRecord(key, named)),
    deadKids,
    named,
    records: new Map(wrongShards.map((shard) => [shard, target.records.get(shard)])),
    leftovers: idsOf(SHARD_RECORD)
      .filter((shard) => !isNeeded(shard))
      .map(shardRecordName),
    expected,
    missing: expected.filter((name) => !records.has(name)),
    wrong: notGood.filter((name) => records.has(name)),
    unexpected: deadKids.map(keyRecordName),
  };
}

/**
 * Splits a plan into updates, each of which leaves a consistent store. The first one deletes the records of inactive
 * keys. If a shard's record is no longer needed, keys stop naming it; it is deleted when the whole store is read.
 *
 * @throws OperationError if the keys' records do not fit into one update
 */
export function updatesOf(plan: Plan): Update[] {
  const { tokenKeys, deadKids, records, leftovers } = plan;
  // Either there was no rotation yet, or the keys cannot be seen; then their records must stay.
  if (tokenKeys.size === 0) return [];
  const room = MAX_CHANGES - tokenKeys.size - deadKids.length;
  if (room < 1)
    throw new OperationError(
      `the records of ${tokenKeys.size + deadKids.length} keys do not fit into one update of ${MAX_CHANGES}; rotate the keys less often`,
    );
  const named = new Set(plan.named);
  const left: [shard: string | undefined, change: Change | undefined][] = [
    ...[...records].map(([shard, value]): [string, Change | undefined] => [
      shard,
      value === undefined ? undefined : { put: shardRecordName(shard), value },
    ]),
    ...leftovers.map((name): [undefined, Change] => [undefined, { delete: name }]),
  ];
  let mustWriteKeys = plan.areKeysWrong || deadKids.length > 0;
  let changes: Change[] = deadKids.map((kid) => ({ delete: keyRecordName(kid) }));
  const updates: Update[] = [];
  while (left.length > 0 || mustWriteKeys) {
    // A shard that is only removed from the names takes no change of its own.
    for (const most = changes.length + room; left.length > 0 && changes.length < most;) {
      const [shard, change] = left.shift()!;
      if (change) changes.push(change);
      if (shard === undefined || named.has(shard) === Boolean(change)) continue;
      mustWriteKeys = true;
      if (change) named.add(shard);
      else named.delete(shard);
    }
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
function isKeyRecordGood({ records, target }: WholeStore, kid: string): boolean {
  const record = records.get(keyRecordName(kid)) ?? "";
  return (
    record.startsWith(target.tokenKeys.get(kid)!) &&
    ALL_SHARDS.every((shard) =>
      namesShard(record, shard) ? records.has(shardRecordName(shard)) : target.records.get(shard) === undefined,
    )
  );
}
