/**
 * Reads the actual content of the store, and the content that ledger and keys require. The store's ETag is always read
 * first. A writer that changes a state or a key later also writes the store later, so a plan from this read then
 * conflicts.
 */
import { tokenKey } from "../../session/keys";
import type { ShardState, StoreState } from "../../ledger/records";
import { hmac } from "../../session/node-hash";
import { namesShard, SHARD_COUNT, TOKEN_KEY_LENGTH } from "../../session/shard";
import type { Ports } from "../ports";
import { readActiveKeys } from "../session-keys/active";
import { recordText } from "./shard-state";

export const ALL_SHARDS: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, shard) => String(shard));

export interface Target {
  /** By ID of an active key: the start of its record. */
  tokenKeys: ReadonlyMap<string, string>;
  /** By shard; undefined for one that needs no record. */
  records: ReadonlyMap<string, string | undefined>;
  /** The states from which the records are computed. */
  states: ReadonlyMap<string, ShardState>;
}

/** The part of the store's content that every plan needs. */
export interface Held {
  etag: string;
  /** The ETag in the ledger; undefined if there is none. */
  remembered: string | undefined;
  /** IDs of the keys that have a record. */
  kids: readonly string[];
  /** Shards that the keys' records name. */
  named: readonly string[];
}

/** All of the store. */
export interface WholeStore extends Pick<Held, "etag" | "remembered"> {
  records: ReadonlyMap<string, string>;
  target: Target;
}

/** The desired records of these shards, and of all keys. */
export async function readTarget(
  { ledger, secret, now, entryLifetime }: Ports,
  shards: readonly string[],
): Promise<Target> {
  const [states, { keys }] = await Promise.all([ledger.shardStates(shards), readActiveKeys(secret)]);
  return {
    tokenKeys: new Map(Object.entries(keys).map(([kid, master]) => [kid, tokenKey(hmac, master)])),
    records: new Map(shards.map((shard) => [shard, recordText(states.get(shard), now(), entryLifetime)])),
    states,
  };
}

export async function readWholeStore(ports: Ports): Promise<WholeStore> {
  const { etag, records } = await ports.store.read();
  const target = await readTarget(ports, ALL_SHARDS);
  return { etag, remembered: (await ports.ledger.storeState())?.etag, records, target };
}

/** The store as the last writer left it, according to the ledger. Nothing is read from the store. */
export function rememberedFrom({ etag, kids, shards }: StoreState): Held {
  const record = "".padEnd(TOKEN_KEY_LENGTH) + shards;
  return {
    etag,
    remembered: etag,
    kids: kids === "" ? [] : kids.split(" "),
    named: ALL_SHARDS.filter((shard) => namesShard(record, shard)),
  };
}
