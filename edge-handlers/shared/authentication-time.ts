/** When a user authenticated, as a token says it. */

/** Seconds by which the provider's clock may be ahead of this one. Cut-offs may be as far ahead. */
const AHEAD = 300;

/**
 * `auth_time` in Unix seconds (https://openid.net/specs/openid-connect-core-1_0.html#IDToken). Anything else is unknown,
 * also a time in the future, such as one in milliseconds: it would count as recent, and as later than each revocation.
 *
 * @param now Unix seconds
 */
export function authenticationTime(claim: unknown, now: number): number | undefined {
  const time = claim as number;
  return Number.isSafeInteger(claim) && time > 0 && time <= now + AHEAD ? time : undefined;
}
