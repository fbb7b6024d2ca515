/**
 * What a rule requires of a request, as a short string: the generated source of the policy returns it to the gate.
 *
 *     ["?"]      paths with escapes may pass; followed by
 *     "*"        public; or
 *     ["#a!b="]  while the site is closed: anyone with one of these roles, who then needs what follows
 *     ["x!y="]   signed in with one of these identity providers; followed by one of
 *     "+"        anyone signed in
 *     "a!b"      anyone with one of these roles, percent-encoded as in tokens (percent-encoding.ts)
 */

export const TAKES_ESCAPES = "?";
export const PUBLIC = "*";
export const SIGNED_IN = "+";
export const ROLE_SEPARATOR = "!";
/** Ends the identity providers, whose IDs are joined like roles, and the roles that get in while the site is closed. */
export const END_OF_LIST = "=";
export const CLOSED = "#";

/**
 * The generated function. It returns undefined if no rule matches (deny).
 *
 * @param segments the path split at every `/`; only the first and the last segment may be empty
 */
export type CompiledPolicy = (
  host: string,
  method: string,
  segments: string[],
  preflight: boolean,
) => string | undefined;
