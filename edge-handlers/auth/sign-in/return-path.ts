import { readPath, REFUSED } from "../../../session/paths";

/** Bytes; the flow cookie has to hold it. */
const MAX_LENGTH = 2048;
const VISIBLE_ASCII = /^[!-~]+$/;
const ESCAPE = /%([0-9a-f]{2})/gi;
/** What browsers strip from a URL, or what could end a header: C0 and DEL, but no byte of a UTF-8 sequence. */
const CONTROL = /[^ -~\u0080-\u00ff]/;
/** What a path must not hold in any layer of encoding. */
const AMBIGUOUS = /\\|\/\/|\/\.\.?(\/|$)/;

/**
 * The path to return to after sign-in: a path on the same host with its query, without a fragment. What is anything
 * else, or might be read as anything else by a browser, a cache or an origin, is `/`.
 *
 * Unlike a list of bad prefixes this does not depend on how a browser repairs URLs
 * (https://url.spec.whatwg.org/#url-parsing): it takes only what needs no repair, in all layers of percent-encoding.
 *
 * @param values the `return_to` parameters of the request, decoded once; several are as good as none
 */
export function readReturnPath(values: readonly string[], basePath: string): string {
  const target = values.length === 1 ? values[0]!.split("#")[0]! : "";
  if (target.length > MAX_LENGTH || !VISIBLE_ASCII.test(target)) return "/";
  const path = target.split("?")[0]!;
  const plainPath = decodeAll(path);
  if (readPath(path) === REFUSED || AMBIGUOUS.test(plainPath) || CONTROL.test(decodeAll(target))) return "/";
  return plainPath === basePath || plainPath.startsWith(`${basePath}/`) ? "/" : target;
}

/** Undoes percent-encoding until nothing is left to undo, byte by byte: hostile text need not be valid UTF-8. */
function decodeAll(text: string): string {
  const decoded = text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded === text ? text : decodeAll(decoded);
}
