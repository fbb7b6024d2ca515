/**
 * Paths that a gateway, a cache and an origin can read differently, and their harmless look-alikes.
 *
 * - `plain`: can be read in one way only
 * - `escaped`: passes only on a route that opts in to escapes
 * - `refused`: passes nowhere
 */
export type Reading = "plain" | "escaped" | "refused";

export const PATHS: readonly [path: string, reading: Reading][] = [
  // What sites have.
  ...plain(
    "/",
    "/a",
    "/a/",
    "/a/b.html",
    "/a/b.min.js",
    "/a_b/c-d/~e",
    "/.well-known/security.txt",
    "/a/.b",
    "/a/..b",
    "/a/...",
    "/a/.b%20c",
    "/a/b..c",
    "/a/b.",
  ),
  ...plain("/a@b", "/a:b", "/a,b", "/a+b", "/a=b&c", "/(a)'b'*!$", "/a[1]", "/a|b", "/1", "/-", "/_"),
  ...plain(
    "/a%20b",
    "/%C3%BC",
    "/%c3%bc",
    "/%E6%9D%B1",
    "/%F0%9F%98%80",
    "/a%40b",
    "/a%3Ab",
    "/%5Ba%5D",
    "/%7Ba%7D",
    "/%22",
    "/%60",
    "/%2Ba",
    "/a%26b",
  ),
  // RFC 3986 section 5.2.4: dot segments, also written in other ways.
  ...refused(
    "/.",
    "/..",
    "/./a",
    "/../a",
    "/a/.",
    "/a/..",
    "/a/./b",
    "/a/../b",
    "/a/%2e",
    "/a/%2e%2e/b",
    "/a/%2E./b",
    "/a/.%2e",
    "/a/..%2fb",
    "/a%2f../b",
    "/a/..%5cb",
    "/a%2F..%2Fb",
    "/a/.%2Fb",
  ),
  // Servers that drop a path parameter before they look for dot segments.
  ...refused("/a/..;/b", "/a/..;x=1/b", "/a/.;/b", "/a/..%3b/b", "/a/..;", "/a%2f..;/b"),
  // File systems that drop a blank at the end of a name; no escape at all may follow the dots.
  ...refused("/a/..%20/b", "/a/.%20", "/a/..%C3%BC"),
  // Empty segments and the other slash.
  ...refused("//", "//a", "/a//b", "/a//", "/a///", "/a\\b", "/\\a", "\\a", "/a/\\..\\b"),
  // Encoded letters, digits and marks that never need it hide a path from its rule.
  ...refused(
    "/%61dmin",
    "/%41",
    "/%7a",
    "/%5A",
    "/%50",
    "/%4f",
    "/%6F",
    "/%30",
    "/%39",
    "/%2d",
    "/%2E",
    "/%5f",
    "/%7e",
    "/a/%70%71",
  ),
  // Control characters, raw and encoded.
  ...refused("/a\tb", "/a\nb", "/a\rb", "/a\0b", "/a\x7fb", "/a%00b", "/a%0ab", "/a%0D%0Ab", "/a%1f", "/a%7f", "/%09"),
  // Raw bytes outside visible ASCII.
  ...refused("/a b", "/ü", "/a\u00a0", "/\u202e", "/東", "/\u{1F600}", "/a\ufffd", "/a\ud800"),
  // Escapes that are none.
  ...refused("/%", "/a%", "/a%2", "/a%zz", "/a%u002f", "/%%35c", "/a%2gb", "/a% 20"),
  // Overlong forms of ASCII, and bytes that UTF-8 does not have (RFC 3629 section 3).
  ...refused(
    "/%c0%af",
    "/%C1%9C",
    "/%c0%ae%c0%ae/a",
    "/%e0%80%af",
    "/%E0%9F%BF",
    "/%f0%80%80%af",
    "/%F0%8F%BF%BF",
    "/%f5%80%80%80",
    "/%fe",
    "/%FF",
  ),
  // What is no path.
  ...refused("*", "a", "", "http:/a", "%2Fa"),
  // Separators and signs that some servers decode before they match; path parameters.
  ...escaped(
    "/a%2fb",
    "/a%2Fb",
    "/%2f",
    "/a%5cb",
    "/a%5C",
    "/a%25b",
    "/a%252fb",
    "/a%3fb",
    "/a%3F",
    "/a%23b",
    "/a%3bb",
    "/a%3Bb",
    "/a;b",
    "/a;b=c/d",
    "/;",
    "/a/;b",
  ),
];

function plain(...paths: string[]): [string, Reading][] {
  return paths.map((path) => [path, "plain"]);
}

function escaped(...paths: string[]): [string, Reading][] {
  return paths.map((path) => [path, "escaped"]);
}

function refused(...paths: string[]): [string, Reading][] {
  return paths.map((path) => [path, "refused"]);
}
