/**
 * Paths that CloudFront, the cache and an origin could read differently. A policy is only as good as the agreement on
 * what the path is, so such paths are refused before any rule is looked at.
 */

/** Nothing is ambiguous about the path. */
export const PLAIN = 0;
/** Only a route that opts in to escapes may take this path. */
export const ESCAPED = 1;
/** No route may take this path. */
export const REFUSED = 2;

/**
 * In order: bytes outside visible ASCII, backslash, empty segments · dot segments, also behind encoded separators and
 * before what some servers drop (`/..;x/`, `/..%20/`) · broken escapes · escapes of control characters (`%00`–`%1f`,
 * `%7f`) and of characters that never need one (RFC 3986 section 2.3: `-` `.` `0`–`9` `A`–`Z` `_` `a`–`z` `~`), which
 * would hide a path from its rule · overlong UTF-8 and bytes that UTF-8 does not have.
 */
const NEVER =
  /[^!-~]|\\|\/\/|(\/|%2f|%5c)\.\.?(?![^%/;])|%(?![\da-f]{2})|%([01]|2[de]|3\d|[46][^0]|5[\daf]|7[\daef]|c[01]|e0%[89]|f0%8|f[5-9a-f])/i;

/** Encoded `/ \ % ? # ;`, and path parameters (`/admin;x`), which some servers drop before they match. */
const ON_REQUEST = /;|%(2[35f]|3[bf]|5c)/i;

/** Whether `path` (undecoded, without its query) can be read in one way only. */
export function readPath(path: string): typeof PLAIN | typeof ESCAPED | typeof REFUSED {
  if (path[0] !== "/") return REFUSED;
  try {
    // Almost every path: plain searches spare it the two patterns. `encodeURI` leaves only what RFC 3986 allows as it
    // is.
    if (encodeURI(path) === path && path.indexOf("//") < 0 && path.indexOf("/.") < 0 && path.indexOf(";") < 0)
      return PLAIN;
  } catch (noUnicode) {
    // The pattern refuses it.
  }
  if (NEVER.test(path)) return REFUSED;
  return ON_REQUEST.test(path) ? ESCAPED : PLAIN;
}
