/**
 * A rule's requirement as a short string, which the generated source of the policy returns to the gate.
 *
 *     ["?"]      paths with escapes may pass; followed by
 *     "*"        public; or
 *     "^"        nobody; or
 *     ["#a!b="]  while the site is closed: anyone with one of these roles, who then needs what follows
 *     ["x!y="]   signed in with one of these identity providers; followed by one of
 *     "+"        anyone signed in
 *     "a!b"      anyone with one of these roles, percent-encoded as in tokens (percent-encoding.ts)
 *
 * Requirements beyond roles and identity providers are extended text, which replaces everything from `["x!y="]` on. It
 * has alternatives, joined by `|`. Each is a list of conditions, all of which must hold: `&name=values`, with the
 * values percent-encoded and joined by `!`. `&` alone is anyone signed in. The names, in the order in which they stand:
 *
 *     pub    no session is needed; without a value
 *     any    one of these roles
 *     all    all of these roles
 *     not    none of these roles
 *     idp    signed in with one of these identity providers
 *     scope  all of these scopes
 *     claim  the name of a claim, then values of which it has one; once for each claim, by name
 *     mail   a verified e-mail address in one of these domains
 *     acr    one of these authentication context classes
 *     age    at most so many seconds since the authentication, decimal
 *     net    the viewer's address is in one of these ranges
 *     nonet  the viewer's address is in none of these ranges
 *     geo    the viewer is in one of these countries
 *     nogeo  the viewer is in none of these countries
 *     time   from, until, days, hours; each may be empty: `2026-12-01T08:00:00Z!!12345!0800-1800`, with Monday as 1
 *     own    the number of the segment in `path.split("/")` that is the user's ID; or that number and the name of a claim
 */

export const TAKES_ESCAPES = "?";
export const PUBLIC = "*";
export const SIGNED_IN = "+";
export const NOBODY = "^";
/** Begins each condition of extended text, and no other text. */
export const CONDITION = "&";
export const ALTERNATIVE = "|";
/** The alternative that needs no session. */
export const PUBLIC_CONDITION = "&pub=";
export const ROLE_SEPARATOR = "!";
/** Ends the identity providers, whose IDs are joined like roles, and the roles that get in while the site is closed. */
export const END_OF_LIST = "=";
export const CLOSED = "#";

/** The claim that has the scopes of a token, as one value each. */
export const SCOPE_CLAIM = "scope";
/** The name for a session's verified address, which is not a claim of the token. */
export const EMAIL_CLAIM = "email";

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
