/**
 * The refresh cookie: what renews a session without showing the identity provider. Sent to the gateway's endpoints
 * only.
 */
import { REFRESH_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { seal, unseal } from "./seal";

/** Leaves room for name and attributes within a browser's 4,096 bytes. One cookie, never chunks. */
const MAX_LENGTH = 3900;

export interface Refresh {
  refreshToken: string;
  /**
   * How often the session had been renewed when the cookie was made. The ledger counts too: a cookie that lags behind
   * is used up.
   */
  generation: number;
  /** How often the provider has replaced the refresh token since, by attempts to renew that came to nothing. */
  turn?: number;
  /** The lease of the attempt that may have been recorded or not when this cookie was given. */
  attempt?: string;
}

/** Who, since when and at which provider is in the session, which must be there too. */
interface Content extends Refresh {
  sid: string;
}

/**
 * What renews a session, if the ledger agrees. The cookie counts for nothing beside a session that it was not made
 * with: otherwise one could plant the cookie of another user.
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
