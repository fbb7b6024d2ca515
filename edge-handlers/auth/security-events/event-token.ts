/**
 * Tokens that another server pushes to the gateway: security event tokens (RFC 8417). A logout token is one, too
 * (https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken).
 */
import { errors, type JWTPayload, type JWTVerifyResult } from "jose";
import { isObject, isText, type Members } from "../../shared/json";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import { Refused, type RefusalReason } from "../oidc/refused";
import { verifySignedToken, type TokenRules } from "../../shared/signed-token";

export interface EventToken {
  /** Unique among the issuer's tokens. */
  jti: string;
  /** Unix seconds. */
  issuedAt: number;
  /** By event type URI. */
  events: Members;
  claims: JWTPayload;
}

export interface EventTokenRules extends TokenRules {
  /** Accepted values of `typ`, without `application/` (RFC 7515 section 4.1.9); undefined if it may be absent. */
  types: (string | undefined)[];
  /** Claims that only other kinds of tokens have. */
  forbiddenClaims: string[];
}

/** Refusal reasons by the code of jose's error and, for claim errors, by the claim. */
const REASONS: Record<string, RefusalReason> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "key",
  ERR_JWKS_NO_MATCHING_KEY: "key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "signature",
  ERR_JWT_EXPIRED: "time",
};
const CLAIM_REASONS: Record<string, RefusalReason> = {
  iss: "issuer",
  aud: "audience",
  iat: "time",
  exp: "time",
  nbf: "time",
};

/**
 * Verifies the parts that all security event tokens have in common.
 *
 * @throws Refused; Failure `idp_unavailable`, `idp_answer_unreadable` if the keys cannot be fetched
 */
export async function verifyEventToken(token: string, rules: EventTokenRules): Promise<EventToken> {
  const { payload: claims, protectedHeader } = await verified(token, rules);
  if (!rules.types.includes(typeOf(protectedHeader.typ))) throw new Refused("type");
  const forbidden = rules.forbiddenClaims.find((name) => Object.hasOwn(claims, name));
  if (forbidden !== undefined) throw new Refused("claims", forbidden);
  const { jti } = claims;
  if (!isText(jti)) throw new Refused("claims", "jti");
  const events = claims["events"];
  if (!isObject(events)) throw new Refused("events");
  // jose has checked that `iat` is a number.
  return { jti, issuedAt: Math.floor(claims.iat!), events, claims };
}

async function verified(token: string, rules: TokenRules): Promise<JWTVerifyResult> {
  try {
    return await verifySignedToken(token, rules);
  } catch (error) {
    throw error instanceof Failure ? error : refusalOf(error);
  }
}

function refusalOf(error: unknown): Refused {
  const code = safeCode(error);
  if (error instanceof errors.JWTClaimValidationFailed)
    return new Refused(CLAIM_REASONS[error.claim] ?? "claims", code);
  // If it is not an error of jose, a published key is unusable.
  return new Refused(error instanceof errors.JOSEError ? (REASONS[code] ?? "malformed") : "key", code);
}

/**
 * `application/` may be omitted, and case does not matter (RFC 7515 section 4.1.9). @throws Refused if it is not a
 * string
 */
function typeOf(typ: unknown): string | undefined {
  if (typ === undefined) return undefined;
  if (!isText(typ)) throw new Refused("type");
  return typ.toLowerCase().replace(/^application\//, "");
}
