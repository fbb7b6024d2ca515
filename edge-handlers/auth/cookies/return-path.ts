/**
 * Remembers the page from which a person signs out, so that the next sign-in, with any account, returns to it. The
 * cookie is neither signed nor secret: its path is validated like any return path.
 */
import { RETURN_COOKIE } from "../../../session/cookies";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import type { RequestContext } from "../request-context";
import { readReturnPath } from "../sign-in/return-path";
import { FLOW_LIFETIME } from "./flow";

/**
 * Characters. Browsers ignore a cookie over 4,096, and would keep an earlier one. With a session and flow cookies it stays
 * below the 10,240 beyond which a firewall may refuse the application's requests.
 */
const MAX_LENGTH = 2_000;

/**
 * A `Set-Cookie` value. Reads the `Referer`, because the gate's page for people without a role has only a link to the
 * sign-out (https://www.w3.org/TR/referrer-policy/#referrer-policy-strict-origin-when-cross-origin).
 */
export function returnPathCookie({ request, url, settings }: RequestContext): string {
  const referer = request.headers.get("referer") ?? "";
  const from = URL.canParse(referer) ? new URL(referer) : undefined;
  const path = from?.origin === url.origin ? readReturnPath([from.pathname + from.search], settings.basePath) : "/";
  const value = encodeURIComponent(path);
  if (path === "/" || value.length > MAX_LENGTH) return clearCookie(RETURN_COOKIE);
  return setCookie(RETURN_COOKIE, value, FLOW_LIFETIME);
}

/** `/` if nothing is remembered. */
export function rememberedReturnPath({ cookies, settings }: RequestContext): string {
  try {
    return readReturnPath([decodeURIComponent(onlyCookie(cookies, RETURN_COOKIE) ?? "")], settings.basePath);
  } catch {
    // A broken escape.
    return "/";
  }
}
