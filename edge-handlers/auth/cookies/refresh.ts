/** The refresh cookie: what renews a session without showing the identity provider. Sent to the gateway's endpoints only. */
import { REFRESH_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";
import { clearCookie, onlyCookie, setCookie } from "./jar";
import { seal, unseal } from "./seal";

/** Leaves room for name and attributes within a browser's 4,096 bytes. One cookie, never chunks. */
const MAX_LENGTH = 3900;

/** Who, since when and at which provider is in the session, which must be there too. */
interface Refresh {
  sid: string;
  refreshToken: string;
  /** Unix seconds of the sign-in or the last renewal; the idle lifetime counts from here. */
  renewedAt: number;
}

/**
 * The refresh token of a session that may still be renewed. The cookie is void beside a session that it was not made
 * with: otherwise one could plant the cookie of another user.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readRefreshToken(exchange: Exchange, session: Session): Promise<string | undefined> {
  const value = onlyCookie(exchange.cookies, REFRESH_COOKIE);
  const refresh = value === undefined ? undefined : await unseal<Refresh>(exchange.ports, "edgegate-refresh", value);
  if (!refresh) return undefined;
  const { absolute, idle } = exchange.settings.session;
  const isAlive = exchange.now < session.issuedAt + absolute && exchange.now < refresh.renewedAt + idle;
  return refresh.sid === session.sid && isAlive ? refresh.refreshToken : undefined;
}

/** @throws Failure `refresh_token_too_large`, `keys_unavailable` */
export async function refreshCookie(exchange: Exchange, session: Session, refreshToken: string): Promise<string> {
  const content: Refresh = { sid: session.sid, refreshToken, renewedAt: exchange.now };
  const value = await seal(exchange.ports, "edgegate-refresh", content);
  if (value.length > MAX_LENGTH) throw new Failure("refresh_token_too_large");
  return setCookie(REFRESH_COOKIE, value, exchange.settings.session.idle, exchange.settings.basePath);
}

export function clearedRefreshCookie({ settings }: Exchange): string {
  return clearCookie(REFRESH_COOKIE, settings.basePath);
}
