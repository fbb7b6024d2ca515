/**
 * Key derivation. Master keys are in Secrets Manager only; the store that the gate reads has one key derived from each.
 * HMAC is a parameter, because the two runtimes have different APIs for it and this folder depends on neither.
 */

/** HMAC-SHA256 of `text` under the key `key` (both as UTF-8 text), as 43 characters of base64url. */
export type HmacText = (key: string, text: string) => string;

/** The value of the session-keys secret. Master keys are 32 random bytes as 43 characters of base64url. */
export interface SessionKeys {
  /** The ID of the key that signs new tokens. */
  current: string;
  /** Every active master key, by key ID. This includes a new key that is announced but does not sign yet. */
  keys: Record<string, string>;
  /** When each retired key stopped signing, in Unix seconds, if known. */
  retired?: Record<string, number>;
}

/** A key ID: 1 to 8 lower-case letters and digits. */
export const KEY_ID = /^[a-z0-9]{1,8}$/;

/**
 * Reads the value of the session-keys secret.
 *
 * @returns undefined if the text is not valid. Lengths are checked because a key that is too short would sign, too
 */
export function parseSessionKeys(text: string): SessionKeys | undefined {
  let value: SessionKeys | null;
  try {
    value = JSON.parse(text) as SessionKeys | null;
  } catch (notJson) {
    return undefined;
  }
  if (
    !value ||
    !isByKeyId(value.keys, isMasterKey) ||
    typeof value.current !== "string" ||
    !Object.hasOwn(value.keys, value.current)
  )
    return undefined;
  const keys: SessionKeys = { current: value.current, keys: value.keys };
  if (value.retired === undefined) return keys;
  keys.retired = value.retired;
  return isByKeyId(value.retired, Number.isFinite) ? keys : undefined;
}

function isMasterKey(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]{43}$/.test(value);
}

function isByKeyId(values: unknown, isValue: (value: unknown) => boolean): boolean {
  if (typeof values !== "object" || !values || Array.isArray(values)) return false;
  return Object.keys(values).every((kid) => KEY_ID.test(kid) && isValue((values as Record<string, unknown>)[kid]));
}

/** The key that signs session tokens: 43 characters of base64url. */
export function tokenKey(hmac: HmacText, masterKey: string): string {
  return hmac(masterKey, "edgegate session");
}

/**
 * The key that encrypts cookies, and their copies in the ledger (A256GCM): 43 characters of base64url, 32 bytes
 * decoded.
 */
export function cookieKey(hmac: HmacText, masterKey: string): string {
  return hmac(masterKey, "edgegate cookie");
}
