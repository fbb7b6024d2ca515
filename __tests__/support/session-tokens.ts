/** Session tokens as the gate reads them and as the handler mints them, by the contract in session/. */
import { createHash, createHmac } from "node:crypto";
import { tokenKey, type SessionKeys } from "../../session/keys";
import { idpSessionId } from "../../ledger/records";
import { decodePayload, mintToken, splitToken, userId, type Session } from "../../session/token";

/** The session in a token. @throws Error when the gate would not believe the token */
export function readToken(token: string | undefined, { keys }: Pick<SessionKeys, "keys">): Session {
  const parts = splitToken(token ?? "");
  const master = parts && keys[parts.kid];
  if (!parts || !master) throw new Error(`no token, or of an unknown key: ${token}`);
  if (hmac(tokenKey(hmac, master), parts.signed) !== parts.mac) throw new Error("the MAC of the token is wrong");
  return decodePayload(parts.payload);
}

/** The token of a session, under the current key. */
export function mint(session: Session, { current, keys }: SessionKeys): string {
  return mintToken(hmac, tokenKey(hmac, keys[current]!), current, session);
}

export function kidOf(token: string | undefined): string | undefined {
  return splitToken(token ?? "")?.kid;
}

export function uidOf(issuer: string, subject: string): string {
  return userId(sha256, issuer, subject);
}

/** The name of a provider's session in the ledger. */
export function idpSessionOf(issuer: string, sid: string): string {
  return idpSessionId(sha256, issuer, sid);
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
