/** Sets the identity headers for the origin, and removes headers and cookies that the origin must not see. */
import { SESSION_COOKIE } from "../../session/cookies";
import { PUBLIC, ROLE_SEPARATOR } from "../../policy/requirement-text";
import { EMAIL, FIRST_CLAIM, IDP, ROLES, SID, UID } from "../../session/token-layout";
import type { ViewerRequest } from "./event";
import { MAX_COOKIES, MAX_HEADERS } from "./limits";

/* eslint-disable no-var -- See `decide`. */
/**
 * Prepares a request for cache and origin. Removes headers that only the gate may set or that could make the origin read
 * another request than the gate decided, and the gateway's cookies, so that they do not end up in an origin's log. Then
 * adds the session's identity. Values stay percent-encoded, as in the token: claims may contain any text, headers only
 * ASCII.
 *
 * @param session the fields of its token
 * @returns the line for the access log; undefined if the request has so many headers or cookies that going through them
 *   would cost too much
 */
export function pass(request: ViewerRequest, session: typeof PUBLIC | string[]): string | undefined {
  var headers = request.headers;
  var cost = 0;
  // Declared once: a new variable for each round costs 40 instructions.
  var name: string;
  for (name in headers) {
    // Nearly every name comes before `x`. Comparisons cost a twentieth of a regular expression.
    if (name < "x") cost++;
    else if ((cost += stripHeader(headers, name)) > MAX_HEADERS) return;
  }
  if (cost > MAX_HEADERS) return;
  // RFC 7239; the others start with `x`.
  delete headers["forwarded"];
  var cookies = request.cookies;
  // Nearly always present; looking its name up is cheaper than finding it in the loop.
  delete cookies[SESSION_COOKIE];
  // `for…in` also goes through what every object inherits, which costs 2,800.
  var names = Object.keys(cookies);
  var left = names.length;
  cost = left;
  while (left--) {
    name = names[left]!;
    if (name < "a" && name > "__") cost += stripCookie(cookies, name);
    if (cost > MAX_COOKIES) return;
  }
  // The host that was decided on. An origin that gets another Host builds its links and cookies with this one.
  headers["x-forwarded-host"] = headers["host"]!;
  if (session === PUBLIC) return "allow public";
  var email = session[EMAIL];
  var roles = session[ROLES];
  headers["x-gate-user"] = { value: session[UID]! };
  headers["x-gate-session"] = { value: session[SID]! };
  if (email) headers["x-gate-email"] = { value: email };
  if (roles)
    headers["x-gate-roles"] = { value: roles.indexOf(ROLE_SEPARATOR) < 0 ? roles : roles.split(ROLE_SEPARATOR).join() };
  if (SETTINGS.severalProviders) headers["x-gate-idp"] = { value: session[IDP]! };
  var more = SETTINGS.identityHeaders;
  for (let i = 0; more && more[i]; i++) {
    // Names and values alternate, so step by two: a value must never be read as a name.
    for (let at = FIRST_CLAIM; at < session.length; at += 2) {
      if (session[at] === more[i]![1] && session[at + 1])
        headers[more[i]![0]] = { value: session[at + 1]!.split(ROLE_SEPARATOR).join() };
    }
  }
  return "allow session " + session[UID];
}
/* eslint-enable no-var */

/** False if {@link pass} would return nothing because of the number of headers or cookies alone. */
export function isOfUsualSize(request: ViewerRequest): boolean {
  return Object.keys(request.headers).length <= MAX_HEADERS && Object.keys(request.cookies).length <= MAX_COOKIES;
}

/** @returns what it costs, in names before `x` */
function stripHeader(headers: ViewerRequest["headers"], name: string): number {
  if (!isReserved(name)) return 2;
  delete headers[name];
  return 5;
}

/**
 * Removes a cookie whose name starts with `__Host-gate` or `__Secure-gate`.
 *
 * @returns what it costs more than another name, in such names
 */
function stripCookie(cookies: ViewerRequest["cookies"], name: string): number {
  if (name < "__Host-gate" || (name >= "__Host-gatf" && name < "__Secure-gate") || name >= "__Secure-gatf") return 1;
  delete cookies[name];
  return 4;
}

/**
 * True for the identity headers (`x-gate-`), and for headers from which servers and frameworks take another host, path
 * or method than the request's: `x-forwarded-`, `x-original-`, `x-rewrite-`, `x-http-` and `x-method-`. PHP reads every
 * `.` in a name as `_`, lighttpd everything that is no letter or digit, and CGI `-` (RFC 3875 section 4.1.18). So the
 * second character may be anything.
 *
 * @param name after `x`, in lower case
 */
function isReserved(name: string): boolean {
  switch (name.slice(2, 6)) {
    case "gate":
      // Not `x-gateway`.
      return name[6]! < "0" || name[6]! > "z" || (name[6]! > "9" && name[6]! < "a");
    case "forw":
    case "rewr":
    case "http":
    case "meth":
      return true;
    case "orig":
      // Not `x-origin`.
      return name[8] === "a";
  }
  return false;
}
