/**
 * Remembers which of several identity providers this browser last signed in with. Neither signed nor secret: a browser
 * that forges it chooses for itself.
 */
import { PROVIDER_COOKIE } from "../../../session/cookies";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { hasSeveralProviders, type RequestContext } from "../request-context";

/** Seconds. */
const LIFETIME = 365 * 86_400;

/** @returns one of `ids`; undefined if none is remembered, or if people want to choose (`choose`, `another`) */
export function rememberedProvider({ url, cookies }: RequestContext, ids: readonly string[]): string | undefined {
  const id = onlyCookie(cookies, PROVIDER_COOKIE);
  const isAsked = ["choose", "another"].some((name) => url.searchParams.has(name));
  return id !== undefined && ids.includes(id) && !isAsked ? id : undefined;
}

/** `Set-Cookie` values: none if there is only one provider. */
export function providerCookies({ settings }: RequestContext, idp: string): string[] {
  return hasSeveralProviders(settings) ? [setCookie(PROVIDER_COOKIE, idp, LIFETIME)] : [];
}

export function clearedProviderCookies({ settings }: RequestContext): string[] {
  return hasSeveralProviders(settings) ? [clearCookie(PROVIDER_COOKIE)] : [];
}
