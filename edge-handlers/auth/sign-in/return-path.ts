import { readPath, REFUSED } from "../../../session/paths";

/** Bytes; the path must fit into the flow cookie. */
const MAX_LENGTH = 2048;
const VISIBLE_ASCII = /^[!-~]+$/;
const ESCAPE = /%([0-9a-f]{2})/gi;
/**
 * Characters that browsers strip from a URL or that could end a header: C0 and DEL, but no bytes of UTF-8 sequences.
 */
const CONTROL = /[^ -~\u0080-\u00ff]/;
/** What a path must not contain in any layer of encoding. */
const AMBIGUOUS = /\\|\/\/|\/\.\.?(\/|$)/;

/**
 * The path to return to after sign-in, on the same host, with its query and without a fragment. Returns `/` for
 * anything else, and for anything that a browser, a cache or an origin might read differently.
 *
 * Unlike a list of forbidden prefixes, this does not depend on how a browser repairs URLs
 * (https://url.spec.whatwg.org/#url-parsing): it accepts only what needs no repair, in all layers of percent-encoding.
 *
 * @param values the `return_to` parameters of the request, decoded once; several count as none
 */
export function readReturnPath(values: readonly string[], basePath: string): string {
  const target = values.length === 1 ? values[0]!.split("#")[0]! : "";
  if (target.length > MAX_LENGTH || !VISIBLE_ASCII.test(target)) return "/";
  const path = target.split("?")[0]!;
  const plainPath = decodeAll(path);
  if (readPath(path) === REFUSED || AMBIGUOUS.test(plainPath) || CONTROL.test(decodeAll(target))) return "/";
  // The last page of a sign-in for another tab.
  if (target === signedInPath(basePath)) return target;
  return plainPath === basePath || plainPath.startsWith(`${basePath}/`) ? "/" : target;
}

/** The page that tells people to go back to another tab; it does nothing. */
export function signedInPath(basePath: string): string {
  return `${basePath}/signed-in`;
}

/**
 * Undoes percent-encoding repeatedly until none is left. Works on bytes, because hostile text need not be valid UTF-8.
 */
function decodeAll(text: string): string {
  const decoded = text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded === text ? text : decodeAll(decoded);
}
