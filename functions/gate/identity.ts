/** What the origin learns about the user, and what is kept from it. */
import { SESSION_COOKIE } from "../../session/cookies";
import { PUBLIC, ROLE_SEPARATOR } from "../../policy/requirement-text";
import { EMAIL, FIRST_CLAIM, ROLES, SID, UID } from "../../session/token-layout";
import type { ViewerRequest } from "./event";

/** Many servers read `-` and `_` in a header name as the same character (RFC 3875 section 4.1.18). */
const IDENTITY_HEADER = /^x[-_]gate[-_]/;
const GATE_COOKIE = /^__(Host|Secure)-gate/;

/**
 * Removes every header in the gateway's namespace, because only the gate may speak there, and the gateway's cookies: an
 * origin has no use for them, and its log is no place for them. A comparison spares almost every name the pattern.
 */
function removeForeign(request: ViewerRequest): void {
  const headers = request.headers;
  for (const name in headers) {
    if (name > "x" && IDENTITY_HEADER.test(name)) delete headers[name];
  }
  const cookies = request.cookies;
  // Nearly always there; by its name it costs a tenth of what the pattern would.
  delete cookies[SESSION_COOKIE];
  for (const name in cookies) {
    if (name < "a" && name > "_" && GATE_COOKIE.test(name)) delete cookies[name];
  }
}

/**
 * Prepares a request for cache and origin: removes what only the gateway may send, and adds the session's identity.
 * Values stay percent-encoded, as in the token: a header must be ASCII, and a claim need not be.
 *
 * @param session the fields of its token
 * @returns the line for the access log
 */
export function pass(request: ViewerRequest, session: typeof PUBLIC | string[]): string {
  removeForeign(request);
  if (session === PUBLIC) return "allow public";
  const headers = request.headers;
  const email = session[EMAIL];
  const roles = session[ROLES];
  headers["x-gate-user"] = { value: session[UID]! };
  headers["x-gate-session"] = { value: session[SID]! };
  if (email) headers["x-gate-email"] = { value: email };
  if (roles)
    headers["x-gate-roles"] = { value: roles.indexOf(ROLE_SEPARATOR) < 0 ? roles : roles.split(ROLE_SEPARATOR).join() };
  const more = SETTINGS.identityHeaders;
  for (let i = 0; more[i]; i++) {
    // Names and values alternate: a value must never be taken for a name.
    for (let at = FIRST_CLAIM; at < session.length; at += 2) {
      if (session[at] === more[i]![1] && session[at + 1]) headers[more[i]![0]] = { value: session[at + 1]! };
    }
  }
  return "allow session " + session[UID];
}
