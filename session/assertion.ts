/**
 * The assertion: a signed statement about the user, for the servers behind the gateway. It is a JWT (RFC 7519) with
 * HMAC-SHA256, one for each request, and expires after a minute. The key rotator makes the keys; servers read them in
 * Secrets Manager (assertion-keys.ts), the gate in its store.
 */
import { ROLE_SEPARATOR } from "../policy/requirement-text";
import { AUTH_TIME, EMAIL, FIRST_CLAIM, IDP, ROLES, SID, UID } from "./token-layout";

/** In the gate's own namespace: a viewer's header of this name never passes. */
export const ASSERTION_HEADER = "x-gate-assertion";

/**
 * The name of the record in the store with which the gate signs: the JWT's header as base64url, a dot and the key. The
 * header names the key. Encoding it in advance saves the gate the work.
 */
export const ASSERTION_RECORD = "assertion";

/** Characters of a key: 32 random bytes as base64url. The HMAC key is this text itself, not what it encodes. */
export const ASSERTION_KEY_LENGTH = 43;

/** Seconds. */
export const ASSERTION_LIFETIME = 60;

/** https://www.rfc-editor.org/rfc/rfc7519#section-4.1; times are Unix seconds. */
export interface AssertionClaims {
  /** `https://` and the gateway's main domain. */
  iss: string;
  /** `assertion.audience` of the config. */
  aud: string;
  /** The user's ID at the gateway, as in `x-gate-user`. */
  sub: string;
  /** The session's ID, as in `x-gate-session`. */
  sid: string;
  /** Absent if the identity provider gave none. */
  email?: string;
  roles: string[];
  /** The ID of the identity provider in the config. */
  idp: string;
  /** When the user authenticated at the identity provider. Absent if the provider did not say, and for programs. */
  auth_time?: number;
  iat: number;
  exp: number;
  /** The values of the claims that `identityHeaders` names; absent if the token has none. */
  claims?: Record<string, string[]>;
}

/**
 * The claims ({@link AssertionClaims}) as JSON. Joined from text, which costs the gate a third of `JSON.stringify`: in a
 * token, text has no character that JSON escapes, unless it is percent-encoded. One call of `concat` costs the engine less
 * than an operator for each part.
 *
 * @param start see {@link assertionStart}
 * @param session the fields of a session token whose MAC was verified (token-layout.ts)
 * @param now Unix seconds
 * @throws URIError if a field is not percent-encoded text
 */
export function assertionPayload(start: string, session: readonly string[], now: number): string {
  const email = session[EMAIL]!;
  const roles = session[ROLES]!;
  const authTime = parseInt(session[AUTH_TIME]!, 36);
  let claims = "";
  for (let i = FIRST_CLAIM; i + 1 < session.length; i += 2)
    claims += (claims && ",") + '"' + textOf(session[i]!) + '":["' + textOf(session[i + 1]!) + '"]';
  return start.concat(
    session[UID]!,
    '","sid":"',
    session[SID]!,
    email && '","email":"',
    email.indexOf("%") < 0 ? email : textOf(email),
    roles ? '","roles":["' : '","roles":[',
    roles.indexOf("%") < 0 && roles.indexOf(ROLE_SEPARATOR) < 0 ? roles : textOf(roles),
    roles ? '"],"idp":"' : '],"idp":"',
    session[IDP]!,
    // Absent and 0 both mean that the time is unknown.
    authTime ? '","auth_time":' + authTime + ',"iat":' : '","iat":',
    now as unknown as string,
    ',"exp":',
    (now + ASSERTION_LIFETIME) as unknown as string,
    claims ? ',"claims":{' + claims + "}}" : "}",
  );
}

/** The part that is the same in all payloads of a gateway: a setting of the gate, which saves it the joining. */
export function assertionStart(domain: string, audience: string): string {
  return `{"iss":"https://${domain}","aud":"${audience}","sub":"`;
}

/** The values in a field as JSON strings, with `","` between them but without the quotes around all. */
function textOf(field: string): string {
  if (field.indexOf("%") < 0)
    return field.indexOf(ROLE_SEPARATOR) < 0 ? field : field.split(ROLE_SEPARATOR).join('","');
  const values = field.split(ROLE_SEPARATOR).map((value) => JSON.stringify(decodeURIComponent(value)));
  return values.join().slice(1, -1);
}
