/** What a rule requires of a request, and how to write and read it as text. */
import { readAlternatives, writeAlternatives } from "./conditions-text";
import { encodeText } from "./percent-encoding";
import { CONDITION, END_OF_LIST, NOBODY, PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "./requirement-text";
import { alternativesOf, type Allow, type Conditions } from "./rule";

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

/** True if the gate needs its part for conditions to decide: the text is extended, or says nobody. */
export function needsConditions(allow: Allow): boolean {
  return allow === "nobody" || plainConditions(allow) === undefined;
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

/** The one alternative, if it names nothing but roles or identity providers. */
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
