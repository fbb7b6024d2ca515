/**
 * Key derivation. The master key of a key id lives in Secrets Manager only; the store holds one derived key a shard.
 * HMAC is passed in: the two runtimes reach it differently, and this folder depends on neither.
 */

/** HMAC-SHA256 of `text` under the key `key` (both as UTF-8 text), as 43 characters of base64url. */
export type HmacText = (key: string, text: string) => string;

/** The value of the session-keys secret. Master keys are 32 random bytes as 43 characters of base64url. */
export interface SessionKeys {
  /** The key id that signs new tokens, from `since` on. */
  current: string;
  /** Every living master key, by key id. */
  keys: Record<string, string>;
  /**
   * Unix seconds from which `current` signs; until then `before` does. Handlers keep the keys for a minute: this way each of them
   * knows a key before anybody signs with it. Both absent where `current` signs at once.
   */
  since?: number;
  before?: string;
  /** Unix seconds since when a key id signs no more; for a shard's own key it may lie ahead: at the `since` of the key that relieves it. */
  retired?: Record<string, number>;
  /** Key ids that are for one shard only, which was given a new key because its record was full, and that shard. */
  shardKeys?: Record<string, number>;
  /**
   * Unix seconds since when each of them signs. Their tokens were all signed after a check of the ledger by then, so revocations that
   * were recorded earlier are not needed in their records: else a new key would be as full as the one it replaces.
   */
  shardKeysSince?: Record<string, number>;
  /** Keys of records (`<kid>.<shard>`) that must not exist any more, although their key lives: the shard was given a new key. */
  voided?: string[];
}

/** A key id: 1 to 8 lower-case letters and digits. */
export const KEY_ID = /^[a-z0-9]{1,8}$/;

/** The key that signs every token of one shard: 43 characters of base64url. */
export function shardKey(hmac: HmacText, masterKey: string, shard: number): string {
  return hmac(masterKey, "edgegate shard " + shard);
}

/** The key that encrypts the flow and refresh cookies (A256GCM): 43 characters of base64url, 32 bytes decoded. */
export function cookieKey(hmac: HmacText, masterKey: string): string {
  return hmac(masterKey, "edgegate cookie");
}

/**
 * The key id that signs at `now`, for the tokens of one shard or, without a shard, for what belongs to none.
 *
 * @param now Unix seconds
 */
export function signingKeyId(keys: SessionKeys, now: number, shard?: number): string {
  const shardKeys = keys.shardKeys || {};
  const retired = keys.retired || {};
  const isRetired = (kid: string) => retired[kid] !== undefined && !(now < retired[kid]);
  const own = Object.keys(shardKeys).find((kid) => shardKeys[kid] === shard && !isRetired(kid) && keys.keys[kid] !== undefined);
  if (own !== undefined) return own;
  const waits = keys.since !== undefined && now < keys.since;
  return waits && keys.before !== undefined && keys.keys[keys.before] !== undefined ? keys.before : keys.current;
}
