/**
 * Lengths and positions in a session token (session/token.ts). A separate file without imports, because only then does
 * the bundler inline the numbers. In the CloudFront Functions engine a variable costs more.
 */

/** Longer tokens are not read. Browsers limit a cookie to 4,096 bytes including name and attributes. */
export const MAX_TOKEN_LENGTH = 3800;

/**
 * The first character of a token determines where it is accepted: a session token only as the session cookie, an edge
 * token only in the Authorization header of API behaviors. The MAC covers it, so that neither can be used as the other.
 */
export const SESSION_TOKEN_VERSION = "2";
export const EDGE_TOKEN_VERSION = "3";

/** Maximum characters of a key ID. */
export const MAX_KEY_ID_LENGTH = 8;

/** Characters of a MAC: 32 bytes as base64url. */
export const MAC_LENGTH = 43;

/** Positions of the fields in a payload. */
export const UID = 0;
export const SID = 1;
export const ISSUED_AT = 2;
export const EXPIRES_AT = 3;
export const SHARD = 4;
export const MARK = 5;
export const FLOOR = 6;
export const AUTH_TIME = 7;
export const IDP = 8;
export const STRENGTH = 9;
export const ROLES = 10;
export const EMAIL = 11;
export const FIRST_CLAIM = 12;
