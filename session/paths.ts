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
 * In order: bytes outside visible ASCII, backslash, empty segments · dot segments, also after encoded separators and
 * before characters that some servers drop (`/..;x/`, `/..%20/`) · broken escapes · escapes of control characters
 * (`%00`–`%1f`, `%7f`) and of characters that never need one (RFC 3986 section 2.3: `-` `.` `0`–`9` `A`–`Z` `_` `a`–`z`
 * `~`), which could hide a path from its rule · overlong UTF-8 and bytes that never occur in UTF-8.
 */
const NEVER =
  /[^!-~]|\\|\/\/|(\/|%2f|%5c)\.\.?(?![^%/;])|%(?![\da-f]{2})|%([01]|2[de]|3\d|[46][^0]|5[\daf]|7[\daef]|c[01]|e0%[89]|f0%8|f[5-9a-f])/i;

/** Encoded `/ \ % ? # ;`, and path parameters (`/admin;x`), which some servers drop before they match routes. */
const ON_REQUEST = /;|%(2[35f]|3[bf]|5c)/i;

/** Classifies how ambiguous `path` (not decoded, without the query) is. */
export function readPath(path: string): typeof PLAIN | typeof ESCAPED | typeof REFUSED {
  if (path[0] !== "/") return REFUSED;
  try {
    // Fast path for almost every request: simple searches are cheaper than the two regular expressions. `encodeURI`
    // leaves only characters unchanged that RFC 3986 allows.
    if (encodeURI(path) === path && path.indexOf("//") < 0 && path.indexOf("/.") < 0 && path.indexOf(";") < 0)
      return PLAIN;
  } catch (noUnicode) {
    // Not valid Unicode; NEVER refuses it below.
  }
  if (NEVER.test(path)) return REFUSED;
  return ON_REQUEST.test(path) ? ESCAPED : PLAIN;
}
