/**
 * Decides by extended text (requirement-text.ts). Runs in the gate, and in whatever else verifies a token. The text comes
 * from the compiler and the session from a verified token. Still, whatever is unknown, missing or malformed is not met.
 *
 * In two steps, because what depends on the request alone needs no session, and so no read of the store: first
 * {@link leftFor} for the request, then {@link lacking} for the session.
 */
import { AUTH_TIME, EMAIL, FIRST_CLAIM, IDP, ROLES, STRENGTH, UID } from "../session/token-layout";
import { isInNetworks } from "./networks";
import {
  ALTERNATIVE,
  CLOSED,
  CONDITION,
  EMAIL_CLAIM,
  END_OF_LIST,
  NOBODY,
  PUBLIC,
  ROLE_SEPARATOR,
  SCOPE_CLAIM,
  SIGNED_IN,
  TAKES_ESCAPES,
} from "./requirement-text";

export interface RequestFacts {
  /** The viewer's address, IPv4 or IPv6. */
  address: string | undefined;
  /** ISO 3166-1 alpha-2 in upper case. */
  country: string | undefined;
  /** The path split at every `/`, not decoded. */
  segments: readonly string[];
  /** Unix seconds. */
  now: number;
}

/** Clocks of edges and identity providers differ by less (seconds). */
const CLOCK_SKEW = 60;

/**
 * What a requirement of any form lacks.
 *
 * @param required the text without what says that paths with escapes may pass, or with it
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
    const rest = text.slice(end + 1);
    const isIn = session && !lacking(CONDITION + "any=" + text.slice(1, end), session, facts.segments, facts.now);
    return isIn ? unmet(rest, session, facts) : "role";
  }
  if (text === PUBLIC) return "";
  const left = text === NOBODY ? "" : leftFor(text[0] === CONDITION ? text : extended(text), facts);
  if (left === PUBLIC) return "";
  if (!left || !session) return "role";
  const lack = lacking(left, session, facts.segments, facts.now);
  return lack === "" || lack === "role" ? lack : "step-up";
}

/** Plain text as extended text. */
function extended(text: string): string {
  const end = text.indexOf(END_OF_LIST);
  const roles = text.slice(end + 1);
  return (
    CONDITION +
    (roles === SIGNED_IN ? "" : "any=" + roles) +
    (end < 0 ? "" : (roles === SIGNED_IN ? "" : CONDITION) + "idp=" + text.slice(0, end))
  );
}

/**
 * What is left of extended text for a request: the alternatives whose conditions on address, country and time hold, without
 * these conditions.
 *
 * @returns {@link PUBLIC} if no session is needed; empty if no session would help
 */
export function leftFor(required: string, facts: RequestFacts): string {
  const alternatives = required.split(ALTERNATIVE);
  let left = "";
  for (let i = 0; i < alternatives.length; i++) {
    const conditions = alternatives[i]!.split(CONDITION);
    let own = "";
    let isOpen = true;
    for (let j = 1; isOpen && j < conditions.length; j++) {
      const holds = holdsForRequest(conditions[j]!, facts);
      if (holds === undefined) own += CONDITION + conditions[j];
      else isOpen = holds;
    }
    if (!isOpen) continue;
    if (own === CONDITION + "pub" + END_OF_LIST) return PUBLIC;
    left += (left && ALTERNATIVE) + (own || CONDITION);
  }
  return left;
}

/**
 * What a session lacks.
 *
 * @param left see {@link leftFor}
 * @returns empty if nothing; what to add to the address of the sign-in, such as `&max_age=900&acr_values=a%20b`, if only
 *   the authentication is too weak or too old; else `role`
 */
export function lacking(left: string, session: readonly string[], segments: readonly string[], now: number): string {
  let lack = "role";
  if (session.length < FIRST_CLAIM) return lack;
  const alternatives = left.split(ALTERNATIVE);
  for (let i = 0; i < alternatives.length; i++) {
    const conditions = alternatives[i]!.split(CONDITION);
    let isMet = true;
    let isStrong = true;
    let age = "";
    let acr = "";
    // A lone `&` is one condition without a name.
    for (let j = 1; isMet && j < conditions.length; j++) {
      const end = conditions[j]!.indexOf(END_OF_LIST);
      const name = conditions[j]!.slice(0, end);
      const text = conditions[j]!.slice(end + 1);
      const values = text.split(ROLE_SEPARATOR);
      if (name === "age") {
        age = "&max_age=" + text;
        const passed = now - parseInt(session[AUTH_TIME] || "", 36);
        if (!(passed >= -CLOCK_SKEW && passed <= +text)) isStrong = false;
      } else if (name === "acr") {
        acr = "&acr_values=" + values.join("%20");
        if (!session[STRENGTH] || values.indexOf(session[STRENGTH]) < 0) isStrong = false;
      } else isMet = holdsForSession(name, values, session, segments) || (!conditions[j] && conditions.length === 2);
    }
    if (isMet && isStrong) return "";
    if (isMet && lack === "role") lack = age + acr;
  }
  return lack;
}

/** @returns undefined for a condition on something else */
function holdsForRequest(condition: string, facts: RequestFacts): boolean | undefined {
  const end = condition.indexOf(END_OF_LIST);
  const values = condition.slice(end + 1).split(ROLE_SEPARATOR);
  const country = facts.country;
  switch (condition.slice(0, end)) {
    case "net":
      return isInNetworks(facts.address, values) === true;
    case "nonet":
      return isInNetworks(facts.address, values) === false;
    case "geo":
      return !!country && values.indexOf(country) >= 0;
    case "nogeo":
      return !!country && /^[A-Z][A-Z]$/.test(country) && values.indexOf(country) < 0;
    case "time":
      return isDuring(values, facts.now);
  }
  return undefined;
}

function holdsForSession(
  name: string,
  values: readonly string[],
  session: readonly string[],
  segments: readonly string[],
): boolean {
  const roles = session[ROLES]!;
  switch (name) {
    case "any":
      return values.some((role) => isAmong(role, roles));
    case "all":
      return values.every((role) => isAmong(role, roles));
    case "not":
      return !values.some((role) => isAmong(role, roles));
    case "idp":
      return values.indexOf(session[IDP]!) >= 0;
    case "scope": {
      const scopes = claimOf(SCOPE_CLAIM, session);
      return values.every((scope) => isAmong(scope, scopes));
    }
    case "claim": {
      const held = claimOf(values[0]!, session);
      return values.some((value, i) => i > 0 && isAmong(value, held));
    }
    case "mail": {
      const email = session[EMAIL]!;
      return email.indexOf("@") > 0 && values.indexOf(email.slice(email.lastIndexOf("@") + 1).toLowerCase()) >= 0;
    }
    case "own":
      return isOwner(segments[+values[0]!], values[1] ? claimOf(values[1], session) : session[UID]!);
  }
  return false;
}

/** @param held values, joined by the separator @returns false for an empty value */
function isAmong(value: string, held: string): boolean {
  return (
    !!value && (ROLE_SEPARATOR + held + ROLE_SEPARATOR).indexOf(ROLE_SEPARATOR + value + ROLE_SEPARATOR) >= 0
  );
}

/** The values of a claim, joined by the separator. The address is verified, unlike a claim of that name. */
function claimOf(name: string, session: readonly string[]): string {
  if (name === EMAIL_CLAIM) return session[EMAIL]!;
  // Names and values alternate: a value must never be read as a name.
  for (let at = FIRST_CLAIM; at + 1 < session.length; at += 2) if (session[at] === name) return session[at + 1]!;
  return "";
}

/** Browsers leave more characters as they are than tokens do, so both are decoded. @param held joined by the separator */
function isOwner(segment: string | undefined, held: string): boolean {
  if (!segment) return false;
  try {
    const name = decodeURIComponent(segment);
    return held.split(ROLE_SEPARATOR).some((value) => decodeURIComponent(value) === name);
  } catch (malformed) {
    return false;
  }
}

/** @param values from, until, days, hours; each may be empty */
function isDuring(values: readonly string[], now: number): boolean {
  if (values.length !== 4) return false;
  const date = new Date(now * 1000);
  const time = date.toISOString().slice(0, 19) + "Z";
  const clock = time.slice(11, 13) + time.slice(14, 16);
  const start = values[3]!.slice(0, 4);
  const end = values[3]!.slice(5);
  const isAfter = clock >= start;
  const isBefore = clock < end;
  return (
    (!values[0] || time >= values[0]) &&
    (!values[1] || time < values[1]) &&
    (!values[2] || values[2].indexOf(String(date.getUTCDay() || 7)) >= 0) &&
    (!values[3] || (start < end ? isAfter && isBefore : isAfter || isBefore))
  );
}
