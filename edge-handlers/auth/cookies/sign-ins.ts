/**
 * The loop breaker's memory: when the last sign-ins and renewals of this browser began. Neither signed nor secret: a
 * browser that forges it can only stop, or not stop, itself.
 *
 *     <letter><Unix seconds in base 36>[.…]      s = sign-in, r = renewal
 */
import { SIGN_INS_COOKIE } from "../../../session/cookies";
import type { Exchange } from "../exchange";
import { onlyCookie, setCookie } from "./jar";

type Kind = "s" | "r";

/** After so many of one kind within the window, one more would be a loop. */
const LIMIT = 3;
/** Seconds. */
const WINDOW = 60;
const FORM = /^[sr][0-9a-z]{1,8}(\.[sr][0-9a-z]{1,8}){0,15}$/;

/** Whether sign-ins (or renewals) were begun so often that the next one would go round in circles. */
export function isLoop(exchange: Exchange, kind: Kind): boolean {
  return recent(exchange).filter((entry) => entry.startsWith(kind)).length >= LIMIT;
}

/** The cookie that remembers one more. */
export function signInsCookie(exchange: Exchange, kind: Kind): string {
  const entries = [...recent(exchange), kind + exchange.now.toString(36)];
  return setCookie(SIGN_INS_COOKIE, entries.slice(-2 * LIMIT).join("."), WINDOW);
}

function recent({ cookies, now }: Exchange): string[] {
  const value = onlyCookie(cookies, SIGN_INS_COOKIE) ?? "";
  if (!FORM.test(value)) return [];
  return value.split(".").filter((entry) => now - parseInt(entry.slice(1), 36) < WINDOW);
}
