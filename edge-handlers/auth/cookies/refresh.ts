/**
 * The refresh cookie: renews a session without visibly involving the identity provider. Browsers send it to the
 * gateway's endpoints only.
 */
import { REFRESH_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import type { DpopKey } from "../oidc/dpop";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { seal, unseal } from "./seal";

/** Leaves room for name and attributes within a browser's 4,096 bytes. One cookie, never chunks. */
const MAX_LENGTH = 3900;

/** A refresh token that a provider bound to a key, and that key (RFC 9449 section 5). */
export interface BoundRefreshToken {
  token: string;
  dpopKey: DpopKey;
}
export type RefreshToken = string | BoundRefreshToken;

/** What the sign-in hook added to a session, for its renewals. */
export interface HookAnswer {
  claims: Record<string, string[]>;
  roles: string[];
}

export interface Refresh {
  refreshToken: RefreshToken;
  /**
   * How often the session had been renewed when the cookie was made. A cookie whose number is below the ledger's was
   * used before.
   */
  generation: number;
  /** How often the provider has replaced the refresh token since, in renewals that then failed. */
  turn?: number;
  /**
   * The lease of a renewal attempt: when this cookie was set, it was unknown whether that renewal had been recorded.
   */
  attempt?: string;
  hook?: HookAnswer;
}

/** User, time and provider are in the session cookie, which must be present as well. */
interface Content extends Refresh {
  sid: string;
}

/**
 * The content of the refresh cookie. It is ignored if it does not belong to this session: otherwise an attacker could
 * plant another user's cookie.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readRefresh(context: RequestContext, session: Session): Promise<Refresh | undefined> {
  const value = onlyCookie(context.cookies, REFRESH_COOKIE);
  const content = value === undefined ? undefined : await unseal<Content>(context.ports, "edgegate-refresh", value);
  return content?.sid === session.sid ? content : undefined;
}

/** @throws Failure `refresh_token_too_large`, `keys_unavailable` */
export async function refreshCookie(context: RequestContext, sid: string, refresh: Refresh): Promise<string> {
  const content: Content = { sid, ...refresh };
  const value = await seal(context.ports, "edgegate-refresh", content);
  if (value.length > MAX_LENGTH) throw new Failure("refresh_token_too_large");
  return setCookie(REFRESH_COOKIE, value, context.settings.session.idle, context.settings.basePath);
}

export function clearedRefreshCookie({ settings }: RequestContext): string {
  return clearCookie(REFRESH_COOKIE, settings.basePath);
}
