/** What has to change for the store to hold what it should. Pure: `store check` is this plan, not carried out. */
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
import { isRecordOf, type EntrySettings } from "./shard-state";

export interface Plan {
  /** What it was made from: of the store, and in the ledger. */
  etag: string;
  remembered: string | undefined;
  tokenKeys: ReadonlyMap<string, string>;
  /** Whether the records of all keys must be written, although the shards that they name stay the same. */
  areKeysWrong: boolean;
  /** Ids of keys that have a record and are active no more. */
  deadKids: readonly string[];
  /** Shards that the keys' records name. */
  named: readonly string[];
  /** By shard, its record; undefined where it is not to be named any more. */
  records: ReadonlyMap<string, string | undefined>;
  /** Names of shards' records that nothing names and nothing needs. */
  leftovers: readonly string[];
}

/** A plan for the whole store, with what the gate would notice. Records that nothing needs any more make no difference. */
export interface WholePlan extends Plan {
  /** Names of the records that there should be. */
  expected: string[];
  missing: string[];
  wrong: string[];
  unexpected: string[];
}

export interface Update {
  changes: Change[];
  /** Shards that the keys' records name then. */
  named: readonly string[];
}

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_NAME = /^(key\.[a-z0-9]{1,8}|shard\.\d{1,4})$/;

/** @param areKeysWrong whether the keys' records must be written although nothing that is remembered says so */
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

export function planForAll(store: WholeStore, settings: EntrySettings, now: number): WholePlan {
  const { etag, remembered, records, target } = store;
  const { tokenKeys, states } = target;
  const isNeeded = (shard: string) => target.records.get(shard) !== undefined;
  const named = ALL_SHARDS.filter(isNeeded);
  const wrongShards = named.filter(
    (shard) => !isRecordOf(states.get(shard)!, records.get(shardRecordName(shard)), now, settings),
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
    // They are written also so that the ledger gets the ETag.
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
 * A plan as updates of the store, each of which leaves a store that is right in itself. The records of dead keys go with
 * the first one. A shard's record that is not needed is not named any more; it stays until all of the store is read.
 *
 * @throws OperationError where the keys' records do not fit into one update
 */
export function updatesOf(plan: Plan): Update[] {
  const { tokenKeys, deadKids, records, leftovers } = plan;
  // Before the first rotation; or its keys can be seen no more, and then the records must not go because of that.
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
    // A shard that is only named no more takes no place.
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

/** Whether the gate would find in a key's record what it must: its token key, and every shard that needs a record. */
function isKeyRecordGood({ records, target }: WholeStore, kid: string): boolean {
  const record = records.get(keyRecordName(kid)) ?? "";
  return (
    record.startsWith(target.tokenKeys.get(kid)!) &&
    ALL_SHARDS.every((shard) =>
      namesShard(record, shard) ? records.has(shardRecordName(shard)) : target.records.get(shard) === undefined,
    )
  );
}
