/** What the store holds, and what it should hold. */
import { tokenKey } from "../../session/keys";
import { hmac } from "../../session/node-hash";
import { encodeKeyRecord, keyRecordName, namesShard, SHARD_COUNT, shardRecordName } from "../../session/shard";
import type { Ports } from "../ports";
import { readActiveKeys } from "../session-keys/active";
import { isRecordOf, recordText, type EntrySettings } from "./shard-state";

export const ALL_SHARDS: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, shard) => String(shard));

export type Target = Awaited<ReturnType<typeof targetOf>>;
export type Survey = Awaited<ReturnType<typeof surveyStore>>;

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_NAME = /^(key\.[a-z0-9]{1,8}|shard\.\d{1,4})$/;

/** What the store should hold of these shards, and of all keys. */
export async function targetOf(
  { ledger, secret, now }: Pick<Ports, "ledger" | "secret" | "now">,
  settings: EntrySettings,
  shards: readonly string[],
) {
  const [states, { keys }] = await Promise.all([ledger.shardStates(shards), readActiveKeys(secret)]);
  return {
    /** By id of an active key: what its record begins with. */
    tokenKeys: new Map(Object.entries(keys).map(([kid, master]) => [kid, tokenKey(hmac, master)])),
    /** By shard; undefined for one that needs no record. */
    records: new Map(shards.map((shard) => [shard, recordText(states.get(shard), now(), settings)])),
    /** What the records follow from. */
    states,
  };
}

/** Reads the whole store. The ETag is read first, then the store, then what it should hold. */
export async function surveyStore(ports: Ports, settings: EntrySettings) {
  const { etag, records } = await ports.store.read();
  const target = await targetOf(ports, settings, ALL_SHARDS);
  const needed = (shard: string) => target.records.get(shard) !== undefined;
  const shards = ALL_SHARDS.filter(needed);
  const names = [...records.keys()].filter((name) => RECORD_NAME.test(name));
  const [keyPrefix, shardPrefix] = [keyRecordName(""), shardRecordName("")];
  return {
    etag,
    /** Ids of the keys that have a record. */
    kids: names.filter((name) => name.startsWith(keyPrefix)).map((name) => name.slice(keyPrefix.length)),
    /** Shards that need a record: those must be named. */
    shards,
    /** Shards whose record is not as it should be. */
    wrong: shards.filter(
      (shard) => !isRecordOf(target.states.get(shard)!, records.get(shardRecordName(shard)), ports.now(), settings),
    ),
    /** Names of records that nothing needs and nothing has to name. */
    leftovers: names.filter((name) => name.startsWith(shardPrefix) && !needed(name.slice(shardPrefix.length))),
    areKeysWrong: [...target.tokenKeys].some(
      ([kid, key]) => records.get(keyRecordName(kid)) !== encodeKeyRecord(key, shards),
    ),
    records,
    target,
  };
}

/** Whether the gate would find in a key's record what it must: its token key, and every shard that needs a record. */
export function isKeyRecordGood({ records, target, shards }: Survey, kid: string): boolean {
  const record = records.get(keyRecordName(kid)) ?? "";
  const isNamedRight = (shard: string) => namesShard(record, shard) || !shards.includes(shard);
  return (
    record.startsWith(target.tokenKeys.get(kid)!) &&
    ALL_SHARDS.every(
      (shard) => isNamedRight(shard) && (!namesShard(record, shard) || records.has(shardRecordName(shard))),
    )
  );
}
