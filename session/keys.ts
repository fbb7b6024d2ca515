/**
 * Key derivation. The master key of a key id lives in Secrets Manager only; the store that the gate reads holds one key derived from it.
 * HMAC is passed in: the two runtimes reach it differently, and this folder depends on neither.
 */

/** HMAC-SHA256 of `text` under the key `key` (both as UTF-8 text), as 43 characters of base64url. */
export type HmacText = (key: string, text: string) => string;

/** The value of the session-keys secret. Master keys are 32 random bytes as 43 characters of base64url. */
export interface SessionKeys {
  /** The key id that signs new tokens. */
  current: string;
  /** Every living master key, by key id. One that does not sign yet is among them: it is announced before it does. */
  keys: Record<string, string>;
  /** Unix seconds since when a key id signs no more, as far as that is known. */
  retired?: Record<string, number>;
}

/** A key id: 1 to 8 lower-case letters and digits. */
export const KEY_ID = /^[a-z0-9]{1,8}$/;

/** The key that signs session tokens: 43 characters of base64url. */
export function tokenKey(hmac: HmacText, masterKey: string): string {
  return hmac(masterKey, "edgegate session");
}

/** The key that encrypts cookies and what the ledger keeps of them (A256GCM): 43 characters of base64url, 32 bytes decoded. */
export function cookieKey(hmac: HmacText, masterKey: string): string {
  return hmac(masterKey, "edgegate cookie");
}
