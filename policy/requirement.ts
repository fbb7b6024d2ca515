/** A rule's requirement, and how to write and read it as text. */
import { readAlternatives, writeAlternatives } from "./conditions-text";
import { encodeText } from "./percent-encoding";
import { CONDITION, END_OF_LIST, NOBODY, PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "./requirement-text";
import { alternativesOf, conditionsOf, type Allow, type Conditions, type PolicyRule } from "./rule";

export interface Requirement {
  allow: Allow;
  /** True if paths with escapes may pass. */
  escapes: boolean;
}

/**
 * @param path the rule's pattern, in which an owner's segment is looked up
 * @throws Error if the pattern does not have that segment
 */
export function requirementText({ allow, escapes }: Requirement, path: string): string {
  return (escapes ? TAKES_ESCAPES : "") + allowText(allow, path);
}

/**
 * An owner's segment gets its number for a name.
 *
 * @throws URIError for an escape that is none
 * @throws Error for a text that no requirement has
 */
export function readRequirement(text: string): Requirement {
  const escapes = text.startsWith(TAKES_ESCAPES);
  return { allow: readAllow(escapes ? text.slice(TAKES_ESCAPES.length) : text), escapes };
}

/** True if the gate needs its code for conditions: the text is extended, or means nobody. */
export function needsConditions(allow: Allow): boolean {
  return allow === "nobody" || plainConditions(allow) === undefined;
}

/** The parts of the gate that rules need (build/gate-features.ts), sorted. */
export function conditionFeatures(rules: readonly PolicyRule[]): ("conditions" | "hours" | "stepup" | "viewer")[] {
  const all = conditionsOf(rules);
  const has = (...members: (keyof Conditions)[]) =>
    all.some((conditions) => members.some((member) => conditions[member] !== undefined));
  return [
    ...(rules.some(({ allow }) => needsConditions(allow)) ? (["conditions"] as const) : []),
    ...(has("during") ? (["hours"] as const) : []),
    ...(has("acr", "maxAge") ? (["stepup"] as const) : []),
    ...(has("networks", "notNetworks", "countries", "notCountries") ? (["viewer"] as const) : []),
  ];
}

function allowText(allow: Allow, path: string): string {
  if (allow === "nobody") return NOBODY;
  const plain = plainConditions(allow);
  if (!plain) return writeAlternatives(alternativesOf(allow), path);
  const { public: isPublic, roles, idp } = plain;
  if (isPublic) return PUBLIC;
  return (
    (idp ? idp.join(ROLE_SEPARATOR) + END_OF_LIST : "") +
    (roles ? roles.map(encodeText).join(ROLE_SEPARATOR) : SIGNED_IN)
  );
}

/** The only alternative, if it names just roles or identity providers. */
function plainConditions(allow: Allow): Pick<Conditions, "public" | "roles" | "idp"> | undefined {
  const [only, ...more] = alternativesOf(allow);
  if (!only || more.length > 0) return undefined;
  const { public: isPublic, roles, idp, ...others } = only;
  return Object.values(others).every((value) => value === undefined) ? { public: isPublic, roles, idp } : undefined;
}

function readAllow(text: string): Allow {
  if (text === PUBLIC) return "public";
  if (text === SIGNED_IN) return "signed-in";
  if (text === NOBODY) return "nobody";
  if (text.startsWith(CONDITION)) {
    const alternatives = readAlternatives(text);
    return alternatives.length === 1 ? alternatives[0]! : alternatives;
  }
  const [providers, roles = providers] = text.split(END_OF_LIST);
  return {
    ...(roles !== SIGNED_IN && { roles: roles!.split(ROLE_SEPARATOR).map(decodeURIComponent) }),
    ...(roles !== providers && { idp: providers!.split(ROLE_SEPARATOR) }),
  };
}
