/** What the store holds, and what it should hold. */
import { tokenKey } from "../../session/keys";
import type { ShardState } from "../../session/ledger";
import { encodeKeyRecord, keyRecordName, namesShard, shardRecordName } from "../../session/shard";
import { hmac } from "../hash";
import type { Ports } from "../ports";
import { readLivingKeys } from "../session-keys/living";
import { ALL_SHARDS } from "./all-shards";
import { isRecordOf, recordText, type EntrySettings } from "./shard-state";

export interface Target {
  /** By id of a living key: what its record begins with. */
  tokenKeys: Map<string, string>;
  /** By shard; undefined for one that needs no record. */
  records: Map<string, string | undefined>;
  /** What the records follow from. */
  states: Map<string, ShardState>;
}

export interface Survey {
  etag: string;
  /** Ids of the keys that have a record. */
  kids: string[];
  /** Shards that must be named: those that have a record, and those that need one. */
  shards: string[];
  /** Shards whose record is not as it should be. */
  wrong: string[];
  /** Names of records that nothing needs and nothing has to name. */
  leftovers: string[];
  areKeysWrong: boolean;
  records: ReadonlyMap<string, string>;
  target: Target;
}

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_NAME = /^(key\.[a-z0-9]{1,8}|shard\.\d{1,4})$/;

/** What the store should hold of these shards, and of all keys. */
export async function targetOf({ ledger, secret, now }: Pick<Ports, "ledger" | "secret" | "now">, settings: EntrySettings, shards: readonly string[]): Promise<Target> {
  const [states, { keys }] = await Promise.all([ledger.shardStates(shards), readLivingKeys(secret)]);
  return {
    tokenKeys: new Map(Object.entries(keys).map(([kid, master]) => [kid, tokenKey(hmac, master)])),
    records: new Map(shards.map((shard) => [shard, recordText(states.get(shard), now(), settings)])),
    states,
  };
}

/** Reads the whole store. The ETag is read first, then the store, then what it should hold. */
export async function surveyStore(ports: Ports, settings: EntrySettings): Promise<Survey> {
  const { etag, records } = await ports.store.read();
  const target = await targetOf(ports, settings, ALL_SHARDS);
  const needed = (shard: string) => target.records.get(shard) !== undefined;
  const shards = ALL_SHARDS.filter(needed);
  const names = [...records.keys()].filter((name) => RECORD_NAME.test(name));
  const [keyPrefix, shardPrefix] = [keyRecordName(""), shardRecordName("")];
  return {
    etag,
    kids: names.filter((name) => name.startsWith(keyPrefix)).map((name) => name.slice(keyPrefix.length)),
    shards,
    wrong: shards.filter((shard) => !isRecordOf(target.states.get(shard)!, records.get(shardRecordName(shard)), ports.now(), settings)),
    leftovers: names.filter((name) => name.startsWith(shardPrefix) && !needed(name.slice(shardPrefix.length))),
    areKeysWrong: [...target.tokenKeys].some(([kid, key]) => records.get(keyRecordName(kid)) !== encodeKeyRecord(key, shards)),
    records,
    target,
  };
}

/** Whether the gate would find in a key's record what it must: its token key, and every shard that needs a record. */
export function isKeyRecordGood({ records, target, shards }: Survey, kid: string): boolean {
  const record = records.get(keyRecordName(kid)) ?? "";
  const isNamedRight = (shard: string) => namesShard(record, shard) || !shards.includes(shard);
  return record.startsWith(target.tokenKeys.get(kid)!) && ALL_SHARDS.every((shard) => isNamedRight(shard) && (!namesShard(record, shard) || records.has(shardRecordName(shard))));
}
