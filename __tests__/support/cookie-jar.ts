/** The cookies of one browser at one host, kept as browsers keep them (RFC 6265bis, sections 5.5 to 5.7). */

export interface Cookie {
  name: string;
  value: string;
  /** Attribute names in lower case; an attribute without a value is "". */
  attributes: Record<string, string>;
}

interface Stored {
  value: string;
  path: string;
  /** Unix seconds; absent for a cookie that ends with the browser. */
  expiresAt?: number;
}

export interface CookieJar {
  /** @throws Error when a browser would refuse the cookie */
  store(setCookie: string): void;
  /** The `Cookie` header of a request for `path`; undefined without cookies. */
  header(path: string): string | undefined;
  /** The value of an active cookie. */
  get(name: string): string | undefined;
  /** Plants a cookie as if the host had set it. */
  plant(name: string, value: string, path?: string): void;
  delete(name: string): void;
  names(): string[];
  /** A jar with the same cookies. */
  copy(): CookieJar;
}

/** @param now Unix seconds */
export function createCookieJar(now: () => number, cookies = new Map<string, Stored>()): CookieJar {
  const active = () => [...cookies].filter(([, cookie]) => cookie.expiresAt === undefined || cookie.expiresAt > now());
  return {
    store(setCookie) {
      const { name, value, attributes } = parseSetCookie(setCookie);
      if (name.length + value.length > 4096)
        throw new Error(`${name}: ${name.length + value.length} bytes; browsers keep 4096`);
      if (/^__(Host|Secure)-/i.test(name) && !("secure" in attributes))
        throw new Error(`${name}: its prefix asks for Secure`);
      if (/^__Host-/i.test(name) && ("domain" in attributes || attributes["path"] !== "/"))
        throw new Error(`${name}: its prefix asks for Path=/ and no Domain`);
      const maxAge = attributes["max-age"];
      if (maxAge !== undefined && !/^-?[0-9]+$/.test(maxAge))
        throw new Error(`${name}: Max-Age=${maxAge} is not a number`);
      cookies.set(name, {
        value,
        path: attributes["path"] ?? "/",
        ...(maxAge !== undefined && { expiresAt: now() + Number(maxAge) }),
      });
    },
    header(path) {
      const pairs = active()
        .filter(([, cookie]) => pathMatches(path, cookie.path))
        .map(([name, cookie]) => `${name}=${cookie.value}`);
      return pairs.length === 0 ? undefined : pairs.join("; ");
    },
    get: (name) => active().find(([candidate]) => candidate === name)?.[1].value,
    plant: (name, value, path = "/") => void cookies.set(name, { value, path }),
    delete: (name) => void cookies.delete(name),
    names: () => active().map(([name]) => name),
    copy: () => createCookieJar(now, new Map(cookies)),
  };
}

export function parseSetCookie(setCookie: string): Cookie {
  const [pair = "", ...rest] = setCookie.split(";");
  const [name, value] = cut(pair);
  const attributes = rest.map(cut).map(([key, text]) => [key.toLowerCase(), text] as const);
  return { name, value, attributes: Object.fromEntries(attributes) };
}

function cut(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/** RFC 6265, section 5.1.4. */
function pathMatches(path: string, cookiePath: string): boolean {
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/"))
  );
}
