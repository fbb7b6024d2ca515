/**
 * The loop breaker's memory: when this browser last finished a sign-in, or was given a renewed session. What was only begun
 * does not count: a browser that restores its tabs begins many sign-ins at once, and none of them goes in circles. Neither
 * signed nor secret: a browser that forges it can only stop, or not stop, itself.
 *
 *     <letter><Unix seconds in base 36>[.…]      s = sign-in, r = renewal
 */
import { SIGN_INS_COOKIE } from "../../../session/cookies";
import type { Exchange } from "../exchange";
import { onlyCookie, setCookie } from "./jar";

const KINDS = ["s", "r"] as const;
type Kind = (typeof KINDS)[number];

/** After so many of one kind within the window, one more would be a loop. */
const LIMIT = 3;
/** Seconds. */
const WINDOW = 60;
const FORM = /^[sr][0-9a-z]{1,8}(\.[sr][0-9a-z]{1,8}){0,15}$/;

/** Whether sign-ins (or renewals) gave sessions so often that the next one would go round in circles. */
export function isLoop(exchange: Exchange, kind: Kind): boolean {
  return ofKind(recent(exchange), kind).length >= LIMIT;
}

/** The cookie that remembers one more. */
export function signInsCookie(exchange: Exchange, kind: Kind): string {
  const entries = [...recent(exchange), kind + exchange.now.toString(36)];
  return setCookie(SIGN_INS_COOKIE, KINDS.flatMap((each) => ofKind(entries, each).slice(-LIMIT)).join("."), WINDOW);
}

function ofKind(entries: string[], kind: Kind): string[] {
  return entries.filter((entry) => entry.startsWith(kind));
}

/** Clocks of edge locations differ a little, so a time may lie ahead; one that lies far ahead would never pass. */
function recent({ cookies, now }: Exchange): string[] {
  const value = onlyCookie(cookies, SIGN_INS_COOKIE) ?? "";
  if (!FORM.test(value)) return [];
  return value.split(".").filter((entry) => Math.abs(now - parseInt(entry.slice(1), 36)) < WINDOW);
}
