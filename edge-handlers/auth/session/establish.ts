import { LEDGER_RETENTION, type LedgerSession } from "../../../ledger/records";
import type { Session } from "../../../session/token";
import { clearedRefreshCookie, refreshCookie, type Refresh } from "../cookies/refresh";
import { sessionCookie } from "../cookies/session";
import type { RequestContext } from "../request-context";
import type { Identity } from "../oidc/identity";
import type { LedgerStatus } from "../../../ledger/records";

/** What a renewal keeps of the session. Roles and claims are not kept, because they may have been withdrawn. */
export interface SessionStart extends Pick<Session, "sid" | "issuedAt" | "idp" | "mark" | "floor"> {
  /** The time and strength of the authentication that began the session; absent if this is that authentication. */
  authentication?: Pick<Session, "authTime" | "strength">;
  /** Unix seconds at which the session ends at the latest. */
  endsAt: number;
}

export interface Established {
  session: Session;
  /** Setting these gives the browser the session. */
  cookies: string[];
}

/** Maximum characters of a user agent in the ledger. */
const MAX_USER_AGENT = 200;
/** Operators read the ledger on a terminal. */
const NOT_PRINTABLE = /[^ -~]/g;

/**
 * Makes a session for `identity`. Its token expires after the token lifetime, but never later than the session ends.
 * Without a refresh token it cannot be renewed, and the refresh cookie of an earlier session is cleared.
 *
 * @throws Failure `session_too_large`, `refresh_token_too_large`, `keys_unavailable`
 */
export async function establishSession(
  context: RequestContext,
  start: SessionStart,
  identity: Identity,
  refresh: Refresh | undefined,
): Promise<Established> {
  const { now, settings, note } = context;
  const { uid, email, roles, claims } = identity;
  // A refreshed ID token is about the original authentication, so it must not make the session look fresher or stronger:
  // https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
  const { authTime, strength } = start.authentication ?? {
    authTime: Math.min(identity.authTime ?? 0, now),
    strength: identity.strength,
  };
  const session: Session = {
    uid,
    sid: start.sid,
    issuedAt: start.issuedAt,
    expiresAt: Math.min(now + settings.session.token, start.endsAt),
    mark: start.mark,
    floor: start.floor,
    authTime,
    idp: start.idp,
    strength,
    roles,
    email,
    claims,
  };
  Object.assign(note, { uid, sid: session.sid, idp: session.idp });
  const cookies = [
    await sessionCookie(context, session, start.endsAt),
    refresh ? await refreshCookie(context, session.sid, refresh) : clearedRefreshCookie(context),
  ];
  return { session, cookies };
}

/** The ledger's record of a new session. @param ledgerStatus what the ledger said just before */
export function ledgerSession(
  { request, address }: RequestContext,
  { uid, sid, idp, email, issuedAt }: Session,
  { idpSession, login }: Partial<Pick<Identity, "idpSession" | "login">>,
  { mark, gatewayMark }: LedgerStatus,
  endsAt: number,
): LedgerSession {
  return {
    uid,
    sid,
    idp,
    ...(idpSession !== undefined && { idpSession }),
    email,
    ...(login !== undefined && { login }),
    startedAt: issuedAt,
    mark,
    gatewayMark,
    renewedAt: issuedAt,
    generation: 0,
    address,
    userAgent: (request.headers.get("user-agent") ?? "").slice(0, MAX_USER_AGENT).replace(NOT_PRINTABLE, "?"),
    endsAt,
    expiresAt: endsAt + LEDGER_RETENTION,
  };
}
