/** Session tokens as the gate reads them and as the handler mints them, by the contract in session/. */
import { createHash, createHmac } from "node:crypto";
import { shardKey, type SessionKeys } from "../../session/keys";
import { idpSessionId } from "../../session/ledger";
import { recordKey, recordKeyParts, shardOf, type ShardCount } from "../../session/shard";
import { decodePayload, mintToken, splitToken, userId, type Session } from "../../session/token";

/** The session in a token. @throws Error when the gate would not believe the token */
export function readToken(token: string | undefined, { keys }: SessionKeys, shardCount: ShardCount): Session {
  const parts = splitToken(token ?? "");
  const { kid, shard } = recordKeyParts(parts?.recordKey ?? "");
  const master = keys[kid];
  if (!parts || !master) throw new Error(`no token, or of an unknown key: ${token}`);
  if (hmac(shardKey(hmac, master, Number(shard)), parts.signed) !== parts.mac) throw new Error("the MAC of the token is wrong");
  const session = decodePayload(parts.payload);
  if (String(shardOf(session.uid, shardCount)) !== shard) throw new Error("the token is signed for another shard");
  return session;
}

/** The token of a session, under the current key. */
export function mint(session: Session, { current, keys }: SessionKeys, shardCount: ShardCount): string {
  const shard = shardOf(session.uid, shardCount);
  return mintToken(hmac, shardKey(hmac, keys[current]!, shard), recordKey(current, shard), session);
}

export function uidOf(issuer: string, subject: string): string {
  return userId(sha256, issuer, subject);
}

/** The index key of a provider's session in the ledger. */
export function idpSessionOf(issuer: string, sid: string): string {
  return idpSessionId(sha256, issuer, sid);
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
