/**
 * The loop breaker's memory: when this browser last completed a sign-in or a renewal. Sign-ins that only began do not
 * count, because a browser that restores its tabs begins many at the same time without a loop. The cookie is neither
 * signed nor secret: a browser that forges it affects only itself.
 *
 *     <letter><base 36>[.…]      s = sign-in, r = renewal, each with its Unix second;
 *                                f = token signed again, with its floor
 *
 * Reissues are counted for each floor, because a rising floor is not the user's doing. A browser that keeps coming back
 * with an older token than the one it was given is in a loop.
 */
import { SIGN_INS_COOKIE } from "../../../session/cookies";
import type { RequestContext } from "../request-context";
import { onlyCookie, setCookie } from "../../shared/cookie-jar";

const KINDS = ["s", "r", "f"] as const;
type Kind = (typeof KINDS)[number];

/** After this many of one kind within the window, one more is a loop. */
const LIMIT = 3;
/**
 * Entries kept of each kind, including times that are not recent by this clock. A loop may involve two handlers whose
 * clocks are far apart: each counts its own times, and must not drop the other's.
 */
const KEPT = 2 * LIMIT;
/** Seconds. */
const WINDOW = 60;
const FORM = /^[srf][0-9a-z]{1,8}(\.[srf][0-9a-z]{1,8}){0,17}$/;

/** True if this browser completed so many sign-ins (or renewals) that the next one would be a loop. */
export function isLoop(context: RequestContext, kind: "s" | "r"): boolean {
  const { now } = context;
  const isRecent = (entry: string) => Math.abs(now - parseInt(entry.slice(1), 36)) < WINDOW;
  return ofKind(entriesOf(context), kind).filter(isRecent).length >= LIMIT;
}

/** The cookie with one more entry. */
export function signInsCookie(context: RequestContext, kind: "s" | "r"): string {
  return cookieOf([...entriesOf(context), kind + context.now.toString(36)]);
}

/** True if tokens were reissued so often for this floor that the next one would be a loop. */
export function isReissueLoop(context: RequestContext, floor: string): boolean {
  return entriesOf(context).filter((entry) => entry === "f" + floor).length >= LIMIT;
}

/** The cookie with one more reissue for this floor. */
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
