/** What a rule requires of a request, and how to write and read it as text. */
import { encodeText } from "./percent-encoding";
import { END_OF_LIST, PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "./requirement-text";
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
  if (allow === "signed-in") return SIGNED_IN;
  const { roles, idp } = allow;
  return (
    (idp ? idp.join(ROLE_SEPARATOR) + END_OF_LIST : "") +
    (roles ? roles.map(encodeText).join(ROLE_SEPARATOR) : SIGNED_IN)
  );
}

function readAllow(text: string): Allow {
  if (text === PUBLIC) return "public";
  if (text === SIGNED_IN) return "signed-in";
  const [providers, roles = providers] = text.split(END_OF_LIST);
  return {
    ...(roles !== SIGNED_IN && { roles: roles!.split(ROLE_SEPARATOR).map(decodeURIComponent) }),
    ...(roles !== providers && { idp: providers!.split(ROLE_SEPARATOR) }),
  };
}
