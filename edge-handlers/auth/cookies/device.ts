/**
 * The device cookie: its browser has just proved that it has the key of the session. Without it, a device-bound session
 * is not renewed. Browsers send it to the gateway's endpoints only.
 *
 * `SameSite=None`: the browser registers the key as part of the redirect from the identity provider, and would drop a
 * `Lax` cookie in the answer to that request. On its own, the cookie opens nothing.
 */
import { DEVICE_COOKIE } from "../../../session/cookies";
import { onlyCookie } from "../../shared/cookie-jar";
import { CHALLENGE_LIFETIME, type Challenge } from "../device/challenge";
import type { RequestContext } from "../request-context";
import { seal, unseal } from "./seal";

interface Content {
  sid: string;
  /** Unix seconds. */
  until: number;
}

/** Attributes as in the cookie. The browser compares them. */
export function deviceCookieAttributes({ settings }: RequestContext): string {
  return `Path=${settings.basePath}; Secure; HttpOnly; SameSite=None`;
}

/** @param challenge that the browser signed @throws Failure `keys_unavailable` */
export async function deviceCookie(context: RequestContext, { sid, at }: Challenge): Promise<string> {
  const until = at + CHALLENGE_LIFETIME;
  const value = await seal(context.ports, "edgegate-device", { sid, until } satisfies Content);
  return `${DEVICE_COOKIE}=${value}; Max-Age=${until - context.now}; ${deviceCookieAttributes(context)}`;
}

/** True if the browser has just proved that it has the session's key. @throws Failure `keys_unavailable` */
export async function hasDeviceProof(context: RequestContext, sid: string): Promise<boolean> {
  const value = onlyCookie(context.cookies, DEVICE_COOKIE);
  const content = value === undefined ? undefined : await unseal<Content>(context.ports, "edgegate-device", value);
  return content?.sid === sid && context.now < content.until;
}
