/**
 * What a rule requires of a request, as a short string: the generated source of the policy returns it to the gate.
 *
 *     ["?"]     paths with escapes may pass; followed by
 *     "*"       public; or
 *     ["x!y="]  signed in with one of these identity providers; followed by one of
 *     "+"       anyone signed in
 *     "a!b"     anyone with one of these roles, percent-encoded as in tokens (percent-encoding.ts)
 */

export const TAKES_ESCAPES = "?";
export const PUBLIC = "*";
export const SIGNED_IN = "+";
export const ROLE_SEPARATOR = "!";
/** Ends the identity providers; their IDs are joined like roles. */
export const END_OF_PROVIDERS = "=";

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
