/** Reads `Cookie` headers and writes `Set-Cookie` values (RFC 6265bis, sections 4.1 and 5.6). */

export interface CookieJar {
  /** Names and values in their order in the header; names can repeat. */
  readonly all: ReadonlyArray<readonly [name: string, value: string]>;
}

/**
 * Only these characters may surround a cookie. Others that `trim` removes are part of the name: without them a name
 * could start with a prefix that the browser did not enforce.
 */
const SPACE_AROUND = /^[ \t]+|[ \t]+$/g;

export function readCookies(header: string | null): CookieJar {
  const pairs = (header ?? "").split(";").map((pair) => pair.replace(SPACE_AROUND, ""));
  return {
    all: pairs
      .filter((pair) => pair.includes("="))
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  };
}

/**
 * The value of the only cookie of this name. If there are several, at least one was planted from another host of the
 * domain or for another path, and nothing shows which one. So several count as none.
 */
export function onlyCookie({ all }: CookieJar, name: string): string | undefined {
  const values = all.filter((cookie) => cookie[0] === name);
  return values.length === 1 ? values[0]![1] : undefined;
}

/** @param maxAge seconds */
export function setCookie(name: string, value: string, maxAge: number, path = "/"): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Lax`;
}

export function clearCookie(name: string, path = "/"): string {
  return setCookie(name, "", 0, path);
}
