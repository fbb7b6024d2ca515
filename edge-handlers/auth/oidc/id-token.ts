import { jwtVerify, type JWTPayload } from "jose";
import { Failure } from "../failures";
import type { KeySet } from "./key-set";

/** Never `none`, never HMAC: with HMAC the provider's public key would be a signing key for everybody. */
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
/** Characters; an ID token with two hundred groups stays below it. */
const MAX_LENGTH = 32 * 1024;
/** Seconds. */
const SKEW = 60;
const MAX_AGE = 600;

export interface ExpectedIdToken {
  issuer: string;
  /** The client id. */
  audience: string;
  keys: KeySet;
  /** Unix seconds. */
  now: number;
}

/**
 * The claims of an ID token whose signature, issuer, audience and times are right
 * (https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation). Nonce and `azp` are checked where the token
 * response is read.
 *
 * @throws Failure `idp_response_invalid`, `idp_unavailable`; jose's errors
 */
export async function verifyIdToken(token: string, { issuer, audience, keys, now }: ExpectedIdToken): Promise<JWTPayload> {
  if (token.length > MAX_LENGTH) throw new Failure("idp_response_invalid", "id_token_too_large");
  // jose's decoder forgives what is not base64url; one token must have one spelling.
  if (!token.split(".").every(isCanonicalBase64url)) throw new Failure("idp_response_invalid", "id_token_encoding");
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ["exp", "iat", "sub"],
    clockTolerance: SKEW,
    maxTokenAge: MAX_AGE,
    currentDate: new Date(now * 1000),
  });
  if (typeof payload.sub !== "string" || payload.sub === "") throw new Failure("idp_response_invalid", "id_token_sub");
  return payload;
}

function isCanonicalBase64url(part: string): boolean {
  return part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;
}
