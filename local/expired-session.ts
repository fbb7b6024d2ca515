/** Expires a session token without waiting: the same token with its end in the past, and a valid signature. */
import { hmac } from "../session/node-hash";
import { keyRecordName, TOKEN_KEY_LENGTH } from "../session/shard";
import { decodePayload, mintToken, splitToken, type Session } from "../session/token";
import type { KeyValueStore } from "./gate-result";

/**
 * @param store the gate's store, which holds the signing key
 * @throws Error for a text that is not a token of this store
 */
export function expiredToken(store: KeyValueStore, token: string): string {
  return changedToken(store, token, { expiresAt: Math.floor(Date.now() / 1000) - 1 });
}

/**
 * The same token with other fields, and a valid signature.
 *
 * @param store the gate's store, which holds the signing key
 * @throws Error for a text that is not a token of this store
 */
export function changedToken(store: KeyValueStore, token: string, changes: Partial<Session>): string {
  const parts = splitToken(token);
  const record = parts && store.records[keyRecordName(parts.kid)];
  if (!parts || record === undefined) throw new Error("not a token of this store");
  const session = { ...decodePayload(parts.payload), ...changes };
  return mintToken(hmac, record.slice(0, TOKEN_KEY_LENGTH), parts.kid, session);
}
