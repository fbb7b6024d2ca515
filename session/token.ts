/**
 * The tokens that the gate verifies by itself: the session token, which is the value of the cookie `__Host-gate`, and
 * the edge token, which programs send as `Authorization: Bearer`.
 *
 *     2.<kid>.<payload>.<mac>    session token
 *     3.<kid>.<payload>.<mac>    edge token
 *
 * `mac` is the HMAC-SHA256, with the token key of `kid`, of everything before it including the dot, as 43 characters of
 * base64url. `payload` is a list of fields joined by `~`:
 *
 *     uid ~ sid ~ issuedAt ~ expiresAt ~ shard ~ mark ~ floor ~ authTime ~ idp ~ strength ~ roles ~ email
 *         [~ claim ~ value]…
 *
 * `shard` is derived from the `uid`; having it in the token saves the gate the computation. Times are Unix seconds in
 * base 36. `issuedAt`, marks and floors (ledger/records.ts) have 7 digits, so that they can be compared as strings. An
 * empty field means no mark or no floor. Roles, and the values of a claim, are joined by `!`. Every text field is percent-encoded (RFC 3986 section
 * 2.1) down to `[A-Za-z0-9_.@:/-]`. Compact text costs a third of JSON in the CloudFront Functions engine.
 */
import { encodeText } from "../policy/percent-encoding";
import { ROLE_SEPARATOR } from "../policy/requirement-text";
import type { HmacText } from "./keys";
import { MARK_FORM, markText, NO_FLOOR, shardOf } from "./shard";
export { EDGE_TOKEN_VERSION, MAX_TOKEN_LENGTH, SESSION_TOKEN_VERSION } from "./token-layout";
import {
  AUTH_TIME,
  type EDGE_TOKEN_VERSION,
  EMAIL,
  EXPIRES_AT,
  FIRST_CLAIM,
  FLOOR,
  IDP,
  ISSUED_AT,
  MAC_LENGTH,
  MARK,
  MAX_KEY_ID_LENGTH,
  MAX_TOKEN_LENGTH,
  ROLES,
  SESSION_TOKEN_VERSION,
  SID,
  STRENGTH,
  UID,
} from "./token-layout";

export interface Session {
  /** 16 characters: see {@link userId}. */
  uid: string;
  /** 16 random characters of base64url, made at sign-in and kept through renewals. */
  sid: string;
  /** Unix seconds of the sign-in at the gateway. Renewals do not change it, so they cannot evade a user's cut-off. */
  issuedAt: number;
  /** Unix seconds at which this token (not the session) expires. */
  expiresAt: number;
  /**
   * The user's mark in the ledger when the session began. Revocations with a later mark apply to the session,
   * independently of clocks.
   */
  mark: number;
  /** The floor of the user's shard when this token was signed, as 7 base-36 digits. */
  floor: string;
  /** Unix seconds of the authentication at the IdP (`auth_time`); 0 if the IdP does not say. Renewals keep it. */
  authTime: number;
  /** The ID of the identity provider in the config. */
  idp: string;
  /** The authentication context classes (`acr`) of that authentication, joined by spaces, or empty. Renewals keep it. */
  strength: string;
  /** The user's roles that the policy mentions. */
  roles: string[];
  email: string;
  /** The values of additional claims, which the config maps to headers or compares in rules. */
  claims: Record<string, string[]>;
}

/** The kind of a token. */
export type TokenKind = typeof SESSION_TOKEN_VERSION | typeof EDGE_TOKEN_VERSION;

/** The parts of a token. Do not trust any of them until the MAC has been verified. */
export interface SplitToken {
  /** The ID of the key that signed it. */
  kid: string;
  /** Everything that the MAC covers. */
  signed: string;
  payload: string;
  mac: string;
}

/**
 * The ID of the key that a token claims to be signed with; undefined for anything that is not a token of this kind. Uses
 * positions, because a regular expression would cost five times as much. The check may be lenient: a malformed key ID
 * has no record, and the MAC covers everything.
 *
 * @param kind a session token if absent
 */
export function keyIdOf(token: string, kind?: TokenKind): string | undefined {
  if (token[0] !== (kind || SESSION_TOKEN_VERSION) || token.length > MAX_TOKEN_LENGTH) return undefined;
  const end = token.indexOf(".", 2);
  return end < 3 || end > MAX_KEY_ID_LENGTH + 2 ? undefined : token.slice(2, end);
}

/** The parts of a token; undefined for anything that is not one of this kind. @param kind a session token if absent */
export function splitToken(token: string, kind?: TokenKind): SplitToken | undefined {
  const kid = keyIdOf(token, kind);
  if (!kid) return undefined;
  const signed = token.slice(0, -MAC_LENGTH);
  return { kid: kid, signed: signed, payload: payloadOf(signed, kid), mac: token.slice(-MAC_LENGTH) };
}

/** @param signed what the MAC covers */
function payloadOf(signed: string, kid: string): string {
  return signed.slice(kid.length + 3, -1);
}

/**
 * A time or a mark in a payload; NaN if there is none. Without `|| ""`, `parseInt` would read "undefined" as a number
 * in base 36.
 */
export function numberIn(text: string | undefined): number {
  return parseInt(text || "", 36);
}

/** The session in a payload whose MAC has been verified. Fields that a newer version may append are read as claims. */
export function decodePayload(payload: string): Session {
  const fields = payload.split("~");
  const claims: Record<string, string[]> = {};
  for (let i = FIRST_CLAIM; i + 1 < fields.length; i += 2)
    claims[decodeURIComponent(fields[i]!)] = fields[i + 1]!.split(ROLE_SEPARATOR).map(decodeURIComponent);
  return {
    uid: fields[UID]!,
    sid: fields[SID]!,
    issuedAt: numberIn(fields[ISSUED_AT]),
    expiresAt: numberIn(fields[EXPIRES_AT]),
    mark: numberIn(fields[MARK] || "0"),
    floor: fields[FLOOR] || NO_FLOOR,
    authTime: numberIn(fields[AUTH_TIME]),
    idp: fields[IDP]!,
    strength: decodeURIComponent(fields[STRENGTH]!),
    roles: fields[ROLES] ? fields[ROLES].split(ROLE_SEPARATOR).map(decodeURIComponent) : [],
    email: decodeURIComponent(fields[EMAIL]!),
    claims: claims,
  };
}

/**
 * The fields of a session, as a token has them.
 *
 * @throws RangeError for an invalid time, mark or floor
 */
export function encodePayload(session: Session): string {
  const fields = [
    session.uid,
    session.sid,
    markText(session.issuedAt),
    withoutZeros(markText(session.expiresAt)),
    shardOf(session.uid),
    session.mark === 0 ? "" : markText(session.mark),
    floorText(session.floor),
    withoutZeros(markText(session.authTime)),
    session.idp,
    encodeText(session.strength),
    session.roles.map(encodeText).join(ROLE_SEPARATOR),
    encodeText(session.email),
  ];
  Object.keys(session.claims).forEach((claim) =>
    fields.push(encodeText(claim), session.claims[claim]!.map(encodeText).join(ROLE_SEPARATOR)),
  );
  return fields.join("~");
}

/**
 * The token of a session, signed with the token key of `kid`. Length: about 160 characters for a typical user.
 *
 * @param kind a session token if absent
 * @throws RangeError for an invalid time, mark or floor
 */
export function mintToken(hmac: HmacText, tokenKey: string, kid: string, session: Session, kind?: TokenKind): string {
  const signed = `${kind || SESSION_TOKEN_VERSION}.${kid}.${encodePayload(session)}.`;
  return signed + hmac(tokenKey, signed);
}

/**
 * The gateway's ID of a user: the first 16 base64url characters (96 bits) of SHA-256(issuer + "\n" + subject).
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function userId(sha256Base64url: (text: string) => string, issuer: string, subject: string): string {
  return sha256Base64url(issuer + "\n" + subject).slice(0, 16);
}

/** @throws RangeError for anything that is not a floor: compared as a string, it could be above every floor */
function floorText(floor: string): string {
  if (!MARK_FORM.test(floor)) throw new RangeError(`not a floor: ${floor}`);
  return floor === NO_FLOOR ? "" : floor;
}

/** Shorter tokens are cheaper: every 64 characters cost the gate 2,700 instructions. */
function withoutZeros(text: string): string {
  return text.replace(/^0+(?=.)/, "");
}
