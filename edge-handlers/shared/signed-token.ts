/** Verifies what all tokens signed by an identity provider or a transmitter have in common. */
import { errors, jwtVerify, type JWTVerifyResult } from "jose";
import { SIGNATURE_ALGORITHMS } from "../../identity/signing-keys";
import { CLOCK_SKEW } from "../../session/timing";
import { isCanonicalBase64url } from "./jwt-text";
import type { KeySet } from "./key-set";

/** Characters. Anybody can push a token. */
const MAX_LENGTH = 32 * 1024;
/** Seconds: a provider's clock may be off by a minute, and this handler's by {@link CLOCK_SKEW}. */
export const SKEW = 60 + CLOCK_SKEW;

export interface ExpectedToken {
  issuer: string;
  audience: string;
  /** The key for a token of an issuer; see {@link KeySet}. */
  keys: KeySet | KeySet["answered"];
  /** The default algorithms if absent. */
  algorithms?: readonly string[] | undefined;
  /** Unix seconds. */
  now: number;
}

export interface TokenRules extends ExpectedToken {
  requiredClaims: string[];
  /** Characters; 32,768 if absent. */
  maxLength?: number;
  /** Maximum age of `iat` in seconds. */
  maxAge: number;
}

/**
 * Verifies encoding, signature, issuer, audience and times of a token.
 *
 * @throws Failure `idp_unavailable`, `idp_answer_unreadable` if the keys cannot be fetched; jose's errors for the token
 */
export async function verifySignedToken(
  token: string,
  {
    issuer,
    audience,
    keys,
    algorithms = SIGNATURE_ALGORITHMS,
    now,
    requiredClaims,
    maxAge,
    maxLength = MAX_LENGTH,
  }: TokenRules,
): Promise<JWTVerifyResult> {
  if (token.length > maxLength) throw malformed("token_too_large");
  if (!token.split(".").every(isCanonicalBase64url)) throw malformed("token_encoding");
  return jwtVerify(token, keys(issuer), {
    issuer,
    audience,
    algorithms: [...algorithms],
    requiredClaims,
    clockTolerance: SKEW,
    maxTokenAge: maxAge,
    currentDate: new Date(now * 1000),
  });
}

function malformed(code: string): Error {
  return Object.assign(new errors.JWTInvalid(code), { code });
}
