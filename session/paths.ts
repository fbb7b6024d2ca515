/**
 * Detects paths that CloudFront, the cache and an origin could read differently. A policy protects nothing if they
 * disagree on what the path is, so ambiguous paths are refused before any rule applies.
 */

/** The path is not ambiguous. */
export const PLAIN = 0;
/** Only rules with `escapes` may allow this path. */
export const ESCAPED = 1;
/** No rule may allow this path. */
export const REFUSED = 2;

/**
 * Characters that only unusual paths have: everything that RFC 3986 does not allow in a path, `%`, `;`, `//` and `/.`.
 */
const UNUSUAL = /[^!$&-:=@-Z_a-z~]|\/[./]/;

/**
 * Longer paths are refused, because each of their characters costs the gate. The core rule set of AWS WAF
 * refuses all paths over 1,024 bytes:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const MAX_LENGTH = 2048;

/** Bytes outside visible ASCII, backslashes, empty segments, and dot segments, also before `;` and escapes. */
const NEVER = /[^!-[\]-~]|\/(?:\/|\.\.?(?![^%/;]))/;

/**
 * A path parameter (`/admin;x`), which some servers drop before they match routes, and every escape except those that
 * can be read in one way only. Each alternative lists, for a first digit, the second digits of the safe escapes. All
 * other escapes match:
 *
 * - encoded `/ \ % ? # ;`
 * - broken escapes, and escapes of control characters (`%00`–`%1f`, `%7f`)
 * - escapes of characters that never need one (RFC 3986 section 2.3: `-` `.` `0`–`9` `A`–`Z` `_` `a`–`z` `~`), which
 *   could hide a path from its rule
 * - overlong UTF-8 and bytes that never occur in UTF-8
 */
const NOT_PLAIN =
  /;|%(?![89abd][\da-f]|c[2-f]|e(?!0%[89])[\da-f]|2[0-246-9a-c]|f(?!0%8)[0-4]|[46]0|3[ac-e]|5[bde]|7[b-d])/i;

/**
 * The same without what a rule may opt in to: encoded `/ \ % ? # ;` and path parameters. Encoded separators must not
 * be followed by a dot segment.
 */
const NOT_ESCAPED =
  /%(?![89abd][\da-f]|c[2-f]|e(?!0%[89])[\da-f]|2[0-9a-c]|f(?!0%8)[0-4]|[46]0|3[a-f]|5[bde]|7[b-d]|(?:2f|5c)(?!\.\.?(?![^%/;])))/i;

/** False for nearly every path; such a path is {@link PLAIN}. Asking for a character is cheaper than for the length. */
export function isUnusual(path: string): boolean {
  return path[0] !== "/" || !!path[MAX_LENGTH] || path.search(UNUSUAL) >= 0;
}

/** Classifies how ambiguous an unusual path (not decoded, without the query) is. */
export function readUnusual(path: string): typeof PLAIN | typeof ESCAPED | typeof REFUSED {
  if (path[0] !== "/" || path.length > MAX_LENGTH || path.search(NEVER) >= 0) return REFUSED;
  // Two expressions share the work, because each escape that an expression inspects costs the gate a thousand
  // instructions.
  const at = path.search(NOT_PLAIN);
  if (at < 0) return PLAIN;
  return path.slice(at).search(NOT_ESCAPED) < 0 ? ESCAPED : REFUSED;
}

/** Classifies how ambiguous `path` (not decoded, without the query) is. */
export function readPath(path: string): typeof PLAIN | typeof ESCAPED | typeof REFUSED {
  return isUnusual(path) ? readUnusual(path) : PLAIN;
}

/** The same result as a word. */
export function readingOf(path: string): "plain" | "escaped" | "refused" {
  const reading = readPath(path);
  return reading === PLAIN ? "plain" : reading === ESCAPED ? "escaped" : "refused";
}
