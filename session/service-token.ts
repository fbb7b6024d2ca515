/**
 * Service tokens: what a program sends as `Authorization: Bearer` if it cannot use OpenID Connect.
 *
 *     egs_<id>_<secret>
 *
 * `id` is 16 characters of base64url, and serves as `uid` and `sid` wherever the gateway names a session: in headers, logs
 * and revocations. `secret` is 32 random bytes as 43 characters. The ledger has a SHA-256 of the whole token; a
 * password hash would be slower without protecting more, because 256 random bits cannot be guessed. The prefix lets
 * secret scanners find a token that was committed.
 */

/** Characters of an ID, and of a secret. */
const ID_LENGTH = 16;
const FORM = /^egs_([\w-]{16})_[\w-]{43}$/;

/** The identity provider ID of service tokens in rules and logs. No provider of a config may have this ID. */
export const SERVICE_TOKEN_IDP = "service-token";

/** The start of a service token. */
export const SERVICE_TOKEN_PREFIX = "egs_";

/** The ID in a service token; undefined for anything else. The token is not verified yet. */
export function serviceTokenId(token: string): string | undefined {
  const found = FORM.exec(token);
  return found ? found[1] : undefined;
}

/** @param random unpredictable bytes as base64url */
export function newServiceToken(random: (bytes: number) => string): { id: string; token: string } {
  // An ID that starts with a hyphen is awkward on a command line.
  const id = random(24)
    .replace(/^[-_]+/, "")
    .slice(0, ID_LENGTH);
  return { id, token: `${SERVICE_TOKEN_PREFIX}${id}_${random(32)}` };
}

/**
 * The hash of a token, for the ledger.
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function serviceTokenHash(sha256Base64url: (text: string) => string, token: string): string {
  return sha256Base64url(token);
}
