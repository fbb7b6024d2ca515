/**
 * The session token: what `__Host-gate` carries.
 *
 *     1.<kid>.<shard>.<payload>.<mac>
 *
 * `<kid>.<shard>` is the key of the shard record. `mac` is HMAC-SHA256 under the shard key over everything before it,
 * its dot included, as 43 characters of base64url. `payload` is a list of fields joined by `~`:
 *
 *     uid ~ sid ~ issuedAt ~ expiresAt ~ authTime ~ idp ~ strength ~ roles ~ email [~ claim ~ value]…
 *
 * Times are Unix seconds in base 36; roles are joined by `!`; every text field is percent-encoded (RFC 3986 section 2.1)
 * down to `[A-Za-z0-9_.@:/-]`. Compact text instead of JSON: a third of the cost in the CloudFront Functions engine.
 */
import type { HmacText } from "./keys";

export interface Session {
  /** 16 characters: see {@link userId}. */
  uid: string;
  /** 16 random characters of base64url, made at sign-in and kept through renewals. */
  sid: string;
  /** Unix seconds of the sign-in at the gateway; renewal does not move it, so a user cut-off cannot be outrun. */
  issuedAt: number;
  /** Unix seconds at which this token (not the session) ends. */
  expiresAt: number;
  /** Unix seconds of the authentication at the IdP (`auth_time`; `issuedAt` where the IdP does not say). */
  authTime: number;
  /** The id of the identity provider in the config. */
  idp: string;
  /** The authentication context class (`acr`), or empty. */
  strength: string;
  /** Those of the user's roles that the policy mentions, by name. */
  roles: string[];
  email: string;
  /** Further claims that the config maps to headers. */
  claims: Record<string, string>;
}

/** A token taken apart; nothing in it is to be believed before the MAC was found right. */
export interface SplitToken {
  /** `<kid>.<shard>`: the key of the record that holds the signing key. */
  recordKey: string;
  /** Everything that the MAC covers. */
  signed: string;
  payload: string;
  mac: string;
}

/** No longer token is read; a browser's limit for a cookie is 4,096 bytes with its name and attributes. */
export const MAX_TOKEN_LENGTH = 3800;

/** Eight characters of key id, a dot, four digits of shard. */
const MAX_RECORD_KEY_LENGTH = 13;

/** Of 32 bytes as base64url. */
export const MAC_LENGTH = 43;

/** Where the fields that the gate reads stand in a payload. */
export const UID = 0;
export const SID = 1;
export const ISSUED_AT = 2;
export const EXPIRES_AT = 3;
export const ROLES = 7;
export const EMAIL = 8;
export const FIRST_CLAIM = 9;

/**
 * The key of the record that a token is signed with; undefined for anything that is not a token. By position: a pattern
 * would cost five times as much. What is wrong and not seen here is no harm: a record of another name does not exist, and
 * the MAC covers everything.
 */
export function recordKeyOf(token: string): string | undefined {
  if (token[0] !== "1" || token.length > MAX_TOKEN_LENGTH) return undefined;
  const afterShard = token.indexOf(".", token.indexOf(".", 2) + 1);
  // A record key is never shorter than `a.0`; where a dot is missing the search returns -1.
  return afterShard < 5 || afterShard > MAX_RECORD_KEY_LENGTH + 2 ? undefined : token.slice(2, afterShard);
}

/** The parts of a token; undefined for anything that is not one. */
export function splitToken(token: string): SplitToken | undefined {
  const recordKey = recordKeyOf(token);
  if (!recordKey) return undefined;
  const signed = token.slice(0, -MAC_LENGTH);
  return { recordKey: recordKey, signed: signed, payload: signed.slice(recordKey.length + 3, -1), mac: token.slice(-MAC_LENGTH) };
}

/** The session in a payload whose MAC was found right. Fields that a newer version may append are read as claims. */
export function decodePayload(payload: string): Session {
  const fields = payload.split("~");
  const claims: Record<string, string> = {};
  for (let i = FIRST_CLAIM; i + 1 < fields.length; i += 2) claims[fields[i]!] = decodeURIComponent(fields[i + 1]!);
  return {
    uid: fields[UID]!,
    sid: fields[SID]!,
    issuedAt: parseInt(fields[ISSUED_AT]!, 36),
    expiresAt: parseInt(fields[EXPIRES_AT]!, 36),
    authTime: parseInt(fields[4]!, 36),
    idp: fields[5]!,
    strength: decodeURIComponent(fields[6]!),
    roles: fields[ROLES] ? fields[ROLES].split("!") : [],
    email: decodeURIComponent(fields[EMAIL]!),
    claims: claims,
  };
}

/** The token of a session, signed with the shard key. Length: about 150 characters for a typical user. */
export function mintToken(hmac: HmacText, shardKey: string, recordKey: string, session: Session): string {
  const fields = [
    session.uid,
    session.sid,
    session.issuedAt.toString(36),
    session.expiresAt.toString(36),
    session.authTime.toString(36),
    session.idp,
    encodeText(session.strength),
    session.roles.join("!"),
    encodeText(session.email),
  ];
  Object.keys(session.claims).forEach((claim) => fields.push(claim, encodeText(session.claims[claim]!)));
  const signed = `1.${recordKey}.${fields.join("~")}.`;
  return signed + hmac(shardKey, signed);
}

/**
 * The id of a user at the gateway: the first 16 base64url characters (96 bits) of SHA-256(issuer + "\n" + subject).
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function userId(sha256Base64url: (text: string) => string, issuer: string, subject: string): string {
  return sha256Base64url(issuer + "\n" + subject).slice(0, 16);
}

function encodeText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%(40|3A|2F)/g, (c) => decodeURIComponent(c));
}
