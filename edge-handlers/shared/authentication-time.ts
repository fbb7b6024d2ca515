/** When a user authenticated, as a token says it. */
import { SKEW } from "./signed-token";

/**
 * `auth_time` in Unix seconds (https://openid.net/specs/openid-connect-core-1_0.html#IDToken). Anything else is unknown,
 * also a time in the future, such as one in milliseconds: it would count as recent, and as later than each revocation.
 *
 * @param now Unix seconds, by a clock from which the provider's may differ by {@link SKEW}
 */
export function authenticationTime(claim: unknown, now: number): number | undefined {
  return typeof claim === "number" && Number.isSafeInteger(claim) && claim > 0 && claim <= now + SKEW
    ? claim
    : undefined;
}
