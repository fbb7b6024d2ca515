/** Users with sessions, the keys that sign them and the store that the gate reads. */
import { tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import {
  encodeKeyRecord,
  encodeShardRecord,
  keyRecordName,
  NO_FLOOR,
  shardOf,
  shardRecordName,
  type ShardRecord,
} from "../../../session/shard";
import { mintToken, type Session } from "../../../session/token";

/** Unix seconds. */
export const NOW = Math.floor(Date.now() / 1000);

export const MASTER_KEYS = {
  k1: "first-master-key-of-43-characters-012345678",
  k2: "second-master-key-of-43-characters-12345678",
};
export type KeyId = keyof typeof MASTER_KEYS;
export const TOKEN_KEYS = { k1: tokenKey(hmac, MASTER_KEYS.k1), k2: tokenKey(hmac, MASTER_KEYS.k2) };

export const ALICE: Session = {
  uid: "alice00000000001",
  sid: "AliceSession0001",
  issuedAt: NOW - 600,
  expiresAt: NOW + 900,
  mark: 0,
  floor: NO_FLOOR,
  authTime: NOW - 600,
  idp: "main",
  strength: "",
  roles: [],
  email: "alice@example.com",
  claims: {},
};
/** In another shard than Alice. */
export const BOB: Session = { ...ALICE, uid: "bob0000000000002", sid: "BobsSession00002", email: "bob@example.com" };

/** What the origin is told about Alice, who has no role. */
export const ALICE_HEADERS = {
  "x-gate-user": "alice00000000001",
  "x-gate-session": "AliceSession0001",
  "x-gate-email": "alice@example.com",
};

/** Alice's token, with what is said otherwise. */
export function token(more: Partial<Session> = {}, kid: KeyId = "k1"): string {
  return mintToken(hmac, TOKEN_KEYS[kid], kid, { ...ALICE, ...more });
}

/** A token of any content (version, key id and payload), signed as Alice's are or with another key. */
export function signed(content: string, key = TOKEN_KEYS.k1): string {
  return `${content}.${hmac(key, `${content}.`)}`;
}

export function shardRecord(entries: Partial<ShardRecord> = {}): string {
  return encodeShardRecord({ floor: NO_FLOOR, revokedSessions: [], cutoffs: [], ...entries });
}

/** The store with the records of these shards; both keys name them. */
export function storeOfShards(shards: Record<string, string> = {}): Record<string, string> {
  const keys = Object.entries(TOKEN_KEYS).map(([kid, key]) => [
    keyRecordName(kid),
    encodeKeyRecord(key, Object.keys(shards)),
  ]);
  const records = Object.entries(shards).map(([shard, record]) => [shardRecordName(shard), record]);
  return Object.fromEntries([...keys, ...records]) as Record<string, string>;
}

/** The store with this record of Alice's shard; idle where none is given. */
export function storeWith(record?: string): Record<string, string> {
  return storeOfShards(record === undefined ? {} : { [shardOf(ALICE.uid)]: record });
}

/** An idle store but for the record of `k1`. */
export function storeWithKey(record: string, shard?: string): Record<string, string> {
  return { ...storeWith(shard), [keyRecordName("k1")]: record };
}
