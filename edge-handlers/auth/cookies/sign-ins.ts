/**
 * The loop breaker's memory: when this browser last finished a sign-in, or was given a renewed session. What was only
 * begun does not count: a browser that restores its tabs begins many sign-ins at once, and none of them goes in
 * circles. Neither signed nor secret: a browser that forges it can only stop, or not stop, itself.
 *
 *     <letter><base 36>[.…]      s = sign-in, r = renewal, each with its Unix second;
 *                                f = token signed again, with its floor
 *
 * However often a shard's floor rises, its users did nothing: so only those of one floor are counted. Whoever still has
 * an older token than the one that was given is in a loop.
 */
import { SIGN_INS_COOKIE } from "../../../session/cookies";
import type { RequestContext } from "../request-context";
import { onlyCookie, setCookie } from "../../shared/cookie-jar";

const KINDS = ["s", "r", "f"] as const;
type Kind = (typeof KINDS)[number];

/** After so many of one kind within the window, one more would be a loop. */
const LIMIT = 3;
/**
 * Entries that are kept of each kind, also times that are not recent by this clock. A loop may go by way of two handlers whose clocks are far
 * apart: each counts its own times, and must not drop the other's.
 */
const KEPT = 2 * LIMIT;
/** Seconds. */
const WINDOW = 60;
const FORM = /^[srf][0-9a-z]{1,8}(\.[srf][0-9a-z]{1,8}){0,17}$/;

/** Whether sign-ins (or renewals) gave sessions so often that the next one would go round in circles. */
export function isLoop(context: RequestContext, kind: "s" | "r"): boolean {
  const { now } = context;
  const isRecent = (entry: string) => Math.abs(now - parseInt(entry.slice(1), 36)) < WINDOW;
  return ofKind(entriesOf(context), kind).filter(isRecent).length >= LIMIT;
}

/** The cookie that remembers one more. */
export function signInsCookie(context: RequestContext, kind: "s" | "r"): string {
  return cookieOf([...entriesOf(context), kind + context.now.toString(36)]);
}

/** Whether tokens were signed again so often for this floor that the next one would go round in circles. */
export function isReissueLoop(context: RequestContext, floor: string): boolean {
  return entriesOf(context).filter((entry) => entry === "f" + floor).length >= LIMIT;
}

/** The cookie that remembers one more of this floor. */
export function reissueCookie(context: RequestContext, floor: string): string {
  return cookieOf([...entriesOf(context), "f" + floor]);
}

function cookieOf(entries: string[]): string {
  return setCookie(SIGN_INS_COOKIE, KINDS.flatMap((each) => ofKind(entries, each).slice(-KEPT)).join("."), WINDOW);
}

function ofKind(entries: string[], kind: Kind): string[] {
  return entries.filter((entry) => entry.startsWith(kind));
}

function entriesOf({ cookies }: RequestContext): string[] {
  const value = onlyCookie(cookies, SIGN_INS_COOKIE) ?? "";
  return FORM.test(value) ? value.split(".") : [];
}
