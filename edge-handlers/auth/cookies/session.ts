/** The session cookie: what the gate reads on every request. */
import { SESSION_COOKIE } from "../../../session/cookies";
import { shardKey, signingKeyId } from "../../../session/keys";
import { recordKey, recordKeyParts, shardOf } from "../../../session/shard";
import { decodePayload, MAX_TOKEN_LENGTH, mintToken, splitToken, type Session } from "../../../session/token";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";
import { hmac, macMatches } from "../hash";
import { clearCookie, onlyCookie, setCookie } from "./jar";

/**
 * The session of a request, if its token is genuine; it may have expired. Whether it is revoked the gate and the ledger know.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readSession({ cookies, ports, settings, note }: Exchange): Promise<Session | undefined> {
  const token = splitToken(onlyCookie(cookies, SESSION_COOKIE) ?? "");
  if (!token) return undefined;
  const { kid, shard } = recordKeyParts(token.recordKey);
  const { keys } = await ports.keys(kid);
  if (!Object.hasOwn(keys, kid)) return undefined;
  const key = shardKey(hmac, keys[kid]!, Number(shard));
  if (!macMatches(key, token.signed, token.mac)) return undefined;
  const session = decodePayload(token.payload);
  // The key of one shard must not vouch for the users of another.
  if (shard !== String(shardOf(session.uid, settings.session.shardCount))) return undefined;
  Object.assign(note, { uid: session.uid, sid: session.sid, idp: session.idp });
  return session;
}

/** Unix seconds at which the session ends, whatever happens. */
export function sessionEnd({ settings }: Exchange, session: Pick<Session, "issuedAt">): number {
  return session.issuedAt + settings.session.absolute;
}

/**
 * The cookie that carries a session. It outlives its token, so that an expired token still names the session to renew.
 *
 * @throws Failure `session_too_large`, `keys_unavailable`
 */
export async function sessionCookie(exchange: Exchange, session: Session): Promise<string> {
  const keys = await exchange.ports.keys();
  const shard = shardOf(session.uid, exchange.settings.session.shardCount);
  const kid = signingKeyId(keys, exchange.now, shard);
  const token = mintToken(hmac, shardKey(hmac, keys.keys[kid]!, shard), recordKey(kid, shard), session);
  if (token.length > MAX_TOKEN_LENGTH) throw new Failure("session_too_large");
  return setCookie(SESSION_COOKIE, token, sessionEnd(exchange, session) - exchange.now);
}

export function clearedSessionCookie(): string {
  return clearCookie(SESSION_COOKIE);
}
