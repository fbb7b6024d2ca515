import type { Session } from "../../session/token";
import { clearedRefreshCookie, refreshCookie } from "./cookies/refresh";
import { sessionCookie, sessionEnd } from "./cookies/session";
import type { Exchange } from "./exchange";
import type { Identity } from "./oidc/identity";

/** What a renewal keeps of the session that it renews. Roles and claims are not among it: they may have been withdrawn. */
export type SessionStart = Pick<Session, "sid" | "issuedAt" | "idp"> & Partial<Pick<Session, "authTime">>;

/**
 * Gives the browser a session for `identity`. Its token ends after the token lifetime and never after the session. Without
 * a refresh token it cannot be renewed, and the refresh cookie of an earlier session is cleared.
 *
 * @throws Failure `session_too_large`, `refresh_token_too_large`, `keys_unavailable`
 */
export async function establishSession(
  exchange: Exchange,
  start: SessionStart,
  identity: Identity,
  refreshToken: string | undefined,
): Promise<Session> {
  const { now, settings, note } = exchange;
  const { uid, email, roles, claims, strength } = identity;
  const session: Session = {
    uid,
    sid: start.sid,
    issuedAt: start.issuedAt,
    expiresAt: Math.min(now + settings.session.token, sessionEnd(exchange, start)),
    authTime: identity.authTime ?? start.authTime ?? start.issuedAt,
    idp: start.idp,
    strength,
    roles,
    email,
    claims,
  };
  const cookies = [
    await sessionCookie(exchange, session),
    refreshToken === undefined ? clearedRefreshCookie(exchange) : await refreshCookie(exchange, session, refreshToken),
  ];
  exchange.setCookies.push(...cookies);
  Object.assign(note, { uid, sid: session.sid, idp: session.idp });
  return session;
}
