/**
 * Lengths and places in a session token (session/token.ts). A file of its own, without imports: only then does the
 * bundler put the numbers where they are used, and in the CloudFront Functions engine a variable costs more.
 */

/** No longer token is read; a browser's limit for a cookie is 4,096 bytes with its name and attributes. */
export const MAX_TOKEN_LENGTH = 3800;

/** Characters of a key id. */
export const MAX_KEY_ID_LENGTH = 8;

/** Characters of a MAC: 32 bytes as base64url. */
export const MAC_LENGTH = 43;

/** Where the fields that the gate reads stand in a payload. */
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
