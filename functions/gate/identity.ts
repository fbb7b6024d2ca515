/** Sets the identity headers for the origin, and removes headers and cookies that the origin must not see. */
import { SESSION_COOKIE } from "../../session/cookies";
import { PUBLIC, ROLE_SEPARATOR } from "../../policy/requirement-text";
import { EMAIL, FIRST_CLAIM, IDP, ROLES, SID, UID } from "../../session/token-layout";
import type { ViewerRequest } from "./event";

/** Many servers read `-` and `_` in a header name as the same character (RFC 3875 section 4.1.18). */
const IDENTITY_HEADER = /^x[-_]gate[-_]/;
const GATE_COOKIE = /^__(Host|Secure)-gate/;

/**
 * Prepares a request for cache and origin. Removes every header in the gateway's namespace, because only the gate may set
 * those, and the gateway's cookies, so that they do not end up in an origin's log. Then adds the session's identity.
 * Values stay percent-encoded, as in the token: claims may contain any text, headers only ASCII.
 *
 * @param session the fields of its token
 * @returns the line for the access log
 */
export function pass(request: ViewerRequest, session: typeof PUBLIC | string[]): string {
  const headers = request.headers;
  // The comparisons save nearly every name the regular expression.
  for (const name in headers) {
    if (name > "x" && IDENTITY_HEADER.test(name)) delete headers[name];
  }
  const cookies = request.cookies;
  // Nearly always present; deleting it by name costs a tenth of matching the regular expression.
  delete cookies[SESSION_COOKIE];
  for (const name in cookies) {
    if (name < "a" && name > "_" && GATE_COOKIE.test(name)) delete cookies[name];
  }
  if (session === PUBLIC) return "allow public";
  const email = session[EMAIL];
  const roles = session[ROLES];
  headers["x-gate-user"] = { value: session[UID]! };
  headers["x-gate-session"] = { value: session[SID]! };
  if (email) headers["x-gate-email"] = { value: email };
  if (roles)
    headers["x-gate-roles"] = { value: roles.indexOf(ROLE_SEPARATOR) < 0 ? roles : roles.split(ROLE_SEPARATOR).join() };
  if (SETTINGS.severalProviders) headers["x-gate-idp"] = { value: session[IDP]! };
  const more = SETTINGS.identityHeaders;
  for (let i = 0; more[i]; i++) {
    // Names and values alternate, so step by two: a value must never be read as a name.
    for (let at = FIRST_CLAIM; at < session.length; at += 2) {
      if (session[at] === more[i]![1] && session[at + 1])
        headers[more[i]![0]] = { value: session[at + 1]!.split(ROLE_SEPARATOR).join() };
    }
  }
  return "allow session " + session[UID];
}
