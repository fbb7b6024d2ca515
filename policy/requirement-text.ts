/**
 * What a rule asks of a request, as a short text: the gate's generated source returns it, and the gate reads it.
 *
 *     ["%"]  the route takes paths with escapes, followed by
 *     "*"    public
 *     "+"    anyone signed in
 *     "a!b"  anyone with one of these roles
 */

export const TAKES_ESCAPES = "%";
export const PUBLIC = "*";
export const SIGNED_IN = "+";
export const ROLE_SEPARATOR = "!";

/**
 * The generated function. It returns undefined where no rule matches (deny).
 *
 * @param segments the path cut at every `/`; no segment but the first and the last is empty
 */
export type CompiledPolicy = (
  host: string,
  method: string,
  segments: string[],
  preflight: boolean,
) => string | undefined;
