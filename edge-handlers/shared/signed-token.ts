/** What holds for every token that an identity provider or a transmitter of security events signs. */
import { errors, jwtVerify, type JWTVerifyResult } from "jose";
import { CLOCK_SKEW } from "../../session/timing";
import type { KeySet } from "./key-set";

/** Never `none`, never HMAC: with HMAC the provider's public key would be a signing key for everybody. */
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
/** Characters; an ID token with two hundred groups stays below it. */
const MAX_LENGTH = 32 * 1024;
/** Seconds: a provider's clock may be off by a minute, and so may be this one by more. */
export const SKEW = 60 + CLOCK_SKEW;

export interface ExpectedToken {
  issuer: string;
  audience: string;
  keys: KeySet;
  /** Unix seconds. */
  now: number;
}

export interface TokenRules extends ExpectedToken {
  requiredClaims: string[];
  /** Seconds that `iat` may lie back. */
  maxAge: number;
}

/**
 * A token whose spelling, signature, issuer, audience and times are right.
 *
 * @throws Failure `idp_unavailable`, `idp_answer_unreadable` while the keys cannot be had; jose's errors for the token
 */
export async function verifySignedToken(
  token: string,
  { issuer, audience, keys, now, requiredClaims, maxAge }: TokenRules,
): Promise<JWTVerifyResult> {
  if (token.length > MAX_LENGTH) throw malformed("token_too_large");
  // jose's decoder forgives what is not base64url; one token must have one spelling.
  if (!token.split(".").every(isCanonicalBase64url)) throw malformed("token_encoding");
  return jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims,
    clockTolerance: SKEW,
    maxTokenAge: maxAge,
    currentDate: new Date(now * 1000),
  });
}

function malformed(code: string): Error {
  return Object.assign(new errors.JWTInvalid(code), { code });
}

function isCanonicalBase64url(part: string): boolean {
  return part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;
}
