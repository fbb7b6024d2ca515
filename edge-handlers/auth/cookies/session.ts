/** The session cookie: what the gate reads on every request. */
import { SESSION_COOKIE } from "../../../session/cookies";
import { tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { decodePayload, MAX_TOKEN_LENGTH, mintToken, splitToken, type Session } from "../../../session/token";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { macMatches } from "../mac";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";

export interface SignedSession {
  session: Session;
  /** The ID of the key that signed it. */
  kid: string;
}

/**
 * The session of a request, if its token is genuine. It may have expired or been revoked: neither is checked here.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readSession({ cookies, ports, note }: RequestContext): Promise<SignedSession | undefined> {
  const token = splitToken(onlyCookie(cookies, SESSION_COOKIE) ?? "");
  if (!token) return undefined;
  const { kid, signed, mac } = token;
  const { keys } = await ports.keys(kid);
  if (!Object.hasOwn(keys, kid) || !macMatches(tokenKey(hmac, keys[kid]!), signed, mac)) return undefined;
  const session = decodePayload(token.payload);
  Object.assign(note, { uid: session.uid, sid: session.sid, idp: session.idp });
  return { session, kid };
}

/** Unix seconds at which the session ends at the latest, computed from the token. */
export function sessionEnd({ settings }: RequestContext, session: Pick<Session, "issuedAt">): number {
  return session.issuedAt + settings.session.absolute;
}

/**
 * The cookie that carries a session. It lasts longer than its token, so that an expired token still identifies the
 * session to renew.
 *
 * @param endsAt Unix seconds at which the session ends
 * @throws Failure `session_too_large`, `keys_unavailable`
 */
export async function sessionCookie({ ports, now }: RequestContext, session: Session, endsAt: number): Promise<string> {
  const { current, keys } = await ports.keys();
  const token = mintToken(hmac, tokenKey(hmac, keys[current]!), current, session);
  if (token.length > MAX_TOKEN_LENGTH) throw new Failure("session_too_large");
  return setCookie(SESSION_COOKIE, token, endsAt - now);
}

export function clearedSessionCookie(): string {
  return clearCookie(SESSION_COOKIE);
}
