/** What a rule requires of a request, and how to write and read it as text. */
import { PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "./requirement-text";
import type { Allow } from "./rule";

export interface Requirement {
  allow: Allow;
  /** True if paths with escapes may pass. */
  escapes: boolean;
}

export function requirementText({ allow, escapes }: Requirement): string {
  return (escapes ? TAKES_ESCAPES : "") + allowText(allow);
}

export function readRequirement(text: string): Requirement {
  const escapes = text.startsWith(TAKES_ESCAPES);
  return { allow: readAllow(escapes ? text.slice(TAKES_ESCAPES.length) : text), escapes };
}

function allowText(allow: Allow): string {
  if (allow === "public") return PUBLIC;
  return allow === "signed-in" ? SIGNED_IN : allow.roles.join(ROLE_SEPARATOR);
}

function readAllow(text: string): Allow {
  if (text === PUBLIC) return "public";
  return text === SIGNED_IN ? "signed-in" : { roles: text.split(ROLE_SEPARATOR) };
}
