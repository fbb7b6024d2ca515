/**
 * The policy language between the generator of the gate's source and the gate. The generated function takes host,
 * method, path segments and whether the request is a CORS preflight. It returns undefined where no rule matches (deny),
 * or a requirement:
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
 * What the gate calls.
 *
 * @param segments the path cut at every `/`; no segment but the first and the last is empty
 */
export type Policy = (host: string, method: string, segments: string[], preflight: boolean) => string | undefined;
