/**
 * Evaluates extended text (requirement-text.ts). Runs in the gate and in the bearer handler. The text comes from the
 * compiler and the session from a verified token. Still, a condition with an unknown, missing or malformed value is not
 * met.
 *
 * In the gate, every byte counts against the 10 KB of a function, and a site has only what its rules need
 * (build/gate-features.ts). Elsewhere, the constants of the build do not exist: everything is there.
 */
import { AUTH_TIME, EMAIL, FIRST_CLAIM, IDP, ROLES, STRENGTH, UID } from "../session/token-layout";
import { isDuring } from "./during";
import { isInNetworks } from "./networks";
import {
  ALTERNATIVE,
  CLOSED,
  CONDITION,
  EMAIL_CLAIM,
  END_OF_LIST,
  NOBODY,
  PUBLIC,
  PUBLIC_CONDITION,
  ROLE_SEPARATOR,
  SCOPE_CLAIM,
  SIGNED_IN,
  TAKES_ESCAPES,
} from "./requirement-text";

declare const WITH_CONDITIONS: boolean | undefined;
declare const WITH_HOURS: boolean;
declare const WITH_STEPUP: boolean;
declare const WITH_VIEWER: boolean;

export interface RequestFacts {
  /** The viewer's address, IPv4 or IPv6. */
  address?: string | undefined;
  /** ISO 3166-1 alpha-2 in upper case. */
  country?: string | undefined;
  /** The path split at every `/`, not decoded. */
  segments: readonly string[];
  /** Unix seconds. Only conditions on time and age use it. */
  now?: number;
}

/**
 * The unmet part of a requirement, in any form.
 *
 * @param required see requirement-text.ts
 * @param session the fields of a token's payload (session/token-layout.ts); undefined without a session
 * @returns empty if it is met; `step-up` if a stronger or newer authentication would be enough; else `role`
 */
export function unmet(
  required: string,
  session: readonly string[] | undefined,
  facts: RequestFacts,
): "" | "role" | "step-up" {
  const text = required[0] === TAKES_ESCAPES ? required.slice(1) : required;
  if (text[0] === CLOSED) {
    const end = text.indexOf(END_OF_LIST);
    const isIn = session && hasAlternative(leftOf(`&any=${text.slice(1, end)}`, facts, session), CONDITION);
    return isIn ? unmet(text.slice(end + 1), session, facts) : "role";
  }
  if (text === PUBLIC) return "";
  if (text === NOBODY) return "role";
  const extended = text[0] === CONDITION ? text : extendedText(text);
  if (hasAlternative(leftOf(extended, facts), PUBLIC_CONDITION)) return "";
  const left = session ? leftOf(extended, facts, session) : "";
  return hasAlternative(left, CONDITION) ? "" : left ? "step-up" : "role";
}

/** The same requirement as extended text. */
function extendedText(text: string): string {
  const end = text.indexOf(END_OF_LIST);
  const roles = text.slice(end + 1);
  const conditions = (roles === SIGNED_IN ? "" : `&any=${roles}`) + (end < 0 ? "" : `&idp=${text.slice(0, end)}`);
  return conditions || CONDITION;
}

/**
 * The rest of extended text: the alternatives that can still be met, each without the conditions that hold. If there is
 * no session, these are the conditions on a session. If there is one, they are conditions on the authentication. The
 * next sign-in must request all of an alternative's, so that it does not undo those that hold.
 *
 * @returns empty if no alternative can be met; see {@link hasAlternative}
 */
export function leftOf(text: string, facts: RequestFacts, session?: readonly string[]): string {
  const alternatives = text.split(ALTERNATIVE);
  let all = "";
  for (let i = 0; i < alternatives.length; i++) {
    const conditions = alternatives[i] === CONDITION ? [] : alternatives[i]!.split(CONDITION);
    let left = "";
    let isMet = true;
    let isOpen = true;
    for (let j = 1; j < conditions.length; j++) {
      const condition = conditions[j]!;
      const isTrue = holds(condition, facts, session);
      if (!isTrue) isMet = false;
      if (
        isTrue === undefined ||
        ((typeof WITH_CONDITIONS === "undefined" || WITH_STEPUP) && /^(acr|age)=/.test(condition))
      )
        left += CONDITION + condition;
      else if (!isTrue) isOpen = false;
    }
    if (isOpen) all += (all && ALTERNATIVE) + (isMet ? CONDITION : left);
  }
  return all;
}

/**
 * True if a session meets extended text whose conditions are all about the user. Other conditions need {@link leftOf}:
 * here, they count as not met unless they hold.
 */
export function isMet(text: string, facts: RequestFacts, session: readonly string[]): boolean {
  return text.split(ALTERNATIVE).some(
    (alternative) =>
      alternative === CONDITION ||
      alternative
        .slice(CONDITION.length)
        .split(CONDITION)
        .every((condition) => holds(condition, facts, session)),
  );
}

/**
 * @param left see {@link leftOf}
 * @param alternative `&` if nothing but a session is needed; {@link PUBLIC_CONDITION} if not even that
 */
export function hasAlternative(left: string, alternative: string): boolean {
  return (ALTERNATIVE + left + ALTERNATIVE).indexOf(ALTERNATIVE + alternative + ALTERNATIVE) >= 0;
}

/** Clocks of edges and identity providers differ by less (seconds). */
const CLOCK_SKEW = 60;

/** @returns undefined if it may hold after the next sign-in: there is no session, or its authentication is not enough */
function holds(condition: string, facts: RequestFacts, session: readonly string[] | undefined): boolean | undefined {
  const end = condition.indexOf(END_OF_LIST);
  const name = condition.slice(0, end);
  let values = condition.slice(end + 1).split(ROLE_SEPARATOR);
  if (typeof WITH_CONDITIONS === "undefined" || WITH_HOURS) if (name === "time") return isDuring(values, facts.now!);
  if (typeof WITH_CONDITIONS === "undefined" || WITH_VIEWER) {
    if (name === "net" || name === "nonet") return isInNetworks(facts.address, values) === (name === "net");
    const isIn = values.indexOf(facts.country!) >= 0;
    if (name === "geo") return isIn;
    if (name === "nogeo") return !isIn && !!facts.country && /^[A-Z]{2}$/.test(facts.country);
  }
  if (session) {
    if (typeof WITH_CONDITIONS === "undefined" || WITH_STEPUP) {
      if (name === "acr")
        // Several contexts of one authentication are joined by spaces (session/token.ts), which the token has escaped.
        return (
          (!!session[STRENGTH] && session[STRENGTH].split("%20").some((one) => values.indexOf(one) >= 0)) || undefined
        );
      const passed = facts.now! - parseInt(session[AUTH_TIME] || "", 36);
      if (name === "age") return (passed >= -CLOCK_SKEW && passed <= +values[0]!) || undefined;
    }
    const fields: Record<string, number> = { any: ROLES, all: ROLES, not: ROLES, idp: IDP };
    let held = session[fields[name]!];
    switch (name) {
      case "pub":
        return true;
      case "scope":
        held = claimOf(SCOPE_CLAIM, session);
        break;
      case "claim":
        held = claimOf(values.shift()!, session);
        break;
      case "mail":
        held = (session[EMAIL] || "").toLowerCase().split("@")[1];
        break;
      case "own":
        held = values[1] ? claimOf(values[1], session) : session[UID];
        values = [facts.segments[+values[0]!]!];
    }
    if (held === undefined) return false;
    // One by one: a path may have the separator as it is, and a segment must not stand for two values.
    const list = held.split(ROLE_SEPARATOR);
    const found = values.filter((value) => value && list.indexOf(value) >= 0).length;
    return name === "not" ? !found : found >= (name === "all" || name === "scope" ? values.length : 1);
  }
  return undefined;
}

/** The values of a claim, joined by the separator. The address is verified, unlike a claim of that name. */
function claimOf(name: string, session: readonly string[]): string | undefined {
  if (name === EMAIL_CLAIM) return session[EMAIL];
  // Names and values alternate: a value must never be read as a name.
  let at = FIRST_CLAIM;
  while (at < session.length && session[at] !== name) at += 2;
  return session[at + 1];
}
