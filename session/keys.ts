/**
 * Key derivation. The master key of a key id lives in Secrets Manager only; the store holds one derived key a shard.
 * HMAC is passed in: the two runtimes reach it differently, and this folder depends on neither.
 */

/** HMAC-SHA256 of `text` under the key `key` (both as UTF-8 text), as 43 characters of base64url. */
export type HmacText = (key: string, text: string) => string;

/** The value of the session-keys secret. Master keys are 32 random bytes as 43 characters of base64url. */
export interface SessionKeys {
  /** The key id that signs new tokens. */
  current: string;
  /** Every living master key, by key id. */
  keys: Record<string, string>;
  /** Unix seconds since when a key id signs no more, for those that do not; kept by the key rotator, which is its only reader. */
  retired?: Record<string, number>;
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
