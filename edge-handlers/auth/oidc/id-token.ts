import type { JWTPayload } from "jose";
import { Failure } from "../failures";
import { verifySignedToken, type ExpectedToken } from "../../shared/signed-token";

/** Seconds. */
const MAX_AGE = 600;
/** Characters; an ID token of Keycloak with 1,000 groups has two thirds as many. */
const MAX_LENGTH = 64 * 1024;

/**
 * Verifies signature, issuer, audience and times of an ID token, and returns its claims
 * (https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation). The nonce is checked when the token
 * response is read.
 *
 * @param expected `audience` is the client ID
 * @throws Failure `id_token_too_large`, `idp_response_invalid` without a subject, `idp_unavailable`,
 *   `idp_answer_unreadable`; jose's errors
 */
export async function verifyIdToken(token: string, expected: ExpectedToken): Promise<JWTPayload> {
  if (token.length > MAX_LENGTH) throw new Failure("id_token_too_large");
  const { payload } = await verifySignedToken(token, {
    ...expected,
    requiredClaims: ["exp", "iat", "sub"],
    maxAge: MAX_AGE,
    maxLength: MAX_LENGTH,
  });
  // Section 3.1.3.7, steps 3 to 5: the gateway trusts no other audience.
  const { aud, azp } = payload;
  if (Array.isArray(aud) && aud.some((audience) => audience !== expected.audience))
    throw new Failure("idp_response_invalid", "id_token_aud");
  if (azp !== undefined && azp !== expected.audience) throw new Failure("idp_response_invalid", "id_token_azp");
  if (typeof payload.sub !== "string" || payload.sub === "") throw new Failure("idp_response_invalid", "id_token_sub");
  return payload;
}
