/**
 * Verifies access tokens of other issuers in full: signature, issuer, audience, times, kind and the config's conditions
 * (RFC 9068 section 4, RFC 8725). One module for the handler of API behaviors and for the token endpoint.
 */
import { errors, jwtVerify, type JWTPayload } from "jose";
import { parseClaimPath, readClaim, type Claims } from "../../identity/claim-path";
import { SIGNATURE_ALGORITHMS } from "../../identity/signing-keys";
import { expectedIssuer, issuersOf, UserRefused, type ClaimRules, type User } from "../../identity/user";
import { MAX_ACCESS_TOKEN_LENGTH, type AccessTokenIssuer, type AccessTokenIssuers } from "../../session/access-tokens";
import type { AccessTokenKeys } from "./access-token-keys";
import { formOf, type TokenForm } from "./access-token-forms";
import { authenticationTime } from "./authentication-time";
import { accessTokenUser } from "./access-token-user";
import { safeCode } from "./failure";
import { isObject } from "./json";
import { headerTexts } from "./header-texts";
import { decodeSegments } from "./jwt-text";

/** Seconds by which the clock of an issuer may be off. */
const SKEW = 60;

/** Reasons to refuse a token; never text from the token itself. */
export type AccessTokenRefusal =
  | "malformed"
  | "too_large"
  /** Not an access token, or an access token of another kind. */
  | "type"
  | "algorithm"
  /** The config has no such issuer. */
  | "issuer"
  | "audience"
  | "expired"
  | "not_yet_valid"
  /** The issuer has no such key. */
  | "key"
  | "signature"
  /** Bound to a key of the client, which a bearer cannot prove (RFC 9449 section 7.1, RFC 8705 section 3). */
  | "sender_constrained"
  | "claims"
  /** The token does not meet the config's conditions for this issuer. */
  | "conditions"
  /** The user was revoked after the token was issued (token-cutoffs.ts). */
  | "revoked";

export class AccessTokenRefused extends Error {
  override readonly name = "AccessTokenRefused";

  /** @param claim the name of the claim that decided; from a specification or the config, so it may be logged */
  constructor(
    readonly code: AccessTokenRefusal,
    readonly claim?: string,
  ) {
    super(code);
  }
}

export interface VerifiedAccessToken {
  /** The ID of the issuer in the config. */
  issuerId: string;
  user: User;
  /** The values of the claims that the config keeps, by claim path. */
  claims: Record<string, string[]>;
  scopes: string[];
  /** Unix seconds. */
  issuedAt: number;
  /** Unix seconds. */
  expiresAt: number;
  /** Unix seconds of the user's authentication; undefined if the token does not say it. */
  authTime?: number;
  /** `acr`, or empty. */
  strength: string;
  clientId?: string;
}

export interface AccessTokenPorts {
  keys: AccessTokenKeys;
  /** Unix seconds. */
  now(): number;
}

/**
 * Verifies a token. Several entries of the config may have the same issuer: the first whose conditions it meets counts.
 *
 * @throws AccessTokenRefused; Failure `idp_unavailable`, `idp_answer_unreadable`, `idp_misconfigured` if the issuer's
 * keys cannot be fetched
 */
export async function verifyAccessToken(
  token: string,
  issuers: AccessTokenIssuers,
  ports: AccessTokenPorts,
): Promise<VerifiedAccessToken> {
  if (token.length > MAX_ACCESS_TOKEN_LENGTH) throw new AccessTokenRefused("too_large");
  const read = decodeSegments(token);
  if (!read || typeof read.header["alg"] !== "string" || "crit" in read.header)
    throw new AccessTokenRefused("malformed");
  const claimed = read.payload["iss"];
  const candidates = Object.entries(issuers).filter(([, rules]) =>
    issuersOf(rulesOf(rules)).includes(claimed as string),
  );
  if (candidates.length === 0) throw new AccessTokenRefused("issuer");
  let first: AccessTokenRefused | undefined;
  for (const [id, issuer] of candidates) {
    try {
      return await verifyFor(token, read.header, read.payload, id, issuer, ports);
    } catch (error) {
      if (!(error instanceof AccessTokenRefused)) throw error;
      first ??= error;
    }
  }
  throw first!;
}

async function verifyFor(
  token: string,
  header: Claims,
  unverified: Claims,
  issuerId: string,
  issuer: AccessTokenIssuer,
  { keys, now }: AccessTokenPorts,
): Promise<VerifiedAccessToken> {
  const form = formOf(issuer);
  // Cheap checks come first, so that an unacceptable token causes no fetch of keys and no signature check.
  requireType(header, form);
  const algorithms = issuer.algorithms ?? SIGNATURE_ALGORITHMS;
  if (!algorithms.includes(header["alg"] as string)) throw new AccessTokenRefused("algorithm");
  requireTimes(unverified, now());
  requireAudience(unverified, issuer, form);

  const iss = refusedAs("issuer", () => expectedIssuer(rulesOf(issuer), unverified));
  const keySet = await keys.of(issuer);
  let claims: JWTPayload;
  try {
    ({ payload: claims } = await jwtVerify(token, keySet(iss), {
      issuer: iss,
      // Checked above, before keys are fetched. Named again: no library should pick one (RFC 8725 section 3.1).
      algorithms: [...algorithms],
      requiredClaims: ["exp", "sub"],
      clockTolerance: SKEW,
      currentDate: new Date(now() * 1000),
    }));
  } catch (error) {
    throw refusalOf(error);
  }
  requireKind(claims, form);
  requireConditions(claims, issuer);
  const user = refusedAs("claims", () => accessTokenUser(rulesOf(issuer), issuer, claims));
  const kept = (issuer.claims ?? []).map((path) => [path, textsAt(claims, path)] as const);
  const clientId = [claims["client_id"], claims["azp"], claims["appid"], claims["cid"]].find(
    (value): value is string => typeof value === "string" && value !== "",
  );
  const authTime = authenticationTime(claims["auth_time"], now());
  return {
    issuerId,
    user,
    claims: Object.fromEntries(kept.filter(([, values]) => values.length > 0)),
    scopes: scopesIn(claims),
    issuedAt: typeof claims.iat === "number" ? Math.floor(claims.iat) : now(),
    expiresAt: Math.floor(claims.exp!),
    ...(authTime !== undefined && { authTime }),
    strength: headerTexts(claims["acr"]).join(" "),
    ...(clientId !== undefined && { clientId }),
  };
}

/** The issuer's settings for users, as for people who sign in. */
function rulesOf({ issuer, tenants, emailDomains, trustEmail, roles }: AccessTokenIssuer): ClaimRules {
  return { issuer, tenants, emailDomains, trustEmail, roles };
}

/** `application/` may be omitted, and case does not matter (RFC 7515 section 4.1.9). */
function requireType({ typ }: Claims, { types }: TokenForm): void {
  const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : typ;
  if (!types.includes(type as string | undefined)) throw new AccessTokenRefused("type", "typ");
}

/** jose checks `exp` and `nbf` again; it ignores `iat` (RFC 7519 section 4.1). */
function requireTimes({ exp, nbf, iat }: Claims, now: number): void {
  for (const [name, time] of Object.entries({ exp, nbf, iat }))
    if (time !== undefined && (typeof time !== "number" || !Number.isFinite(time) || time < 0))
      throw new AccessTokenRefused("claims", name);
  if (exp === undefined) throw new AccessTokenRefused("claims", "exp");
  if ((exp as number) <= now - SKEW) throw new AccessTokenRefused("expired");
  if ((((nbf ?? iat) as number | undefined) ?? 0) > now + SKEW || ((iat as number | undefined) ?? 0) > now + SKEW)
    throw new AccessTokenRefused("not_yet_valid");
}

function requireAudience(claims: Claims, { audience }: AccessTokenIssuer, { clientIsAudience }: TokenForm): void {
  const { aud } = claims;
  // Without a resource, Cognito names only the client.
  const named = clientIsAudience && aud === undefined ? claims["client_id"] : aud;
  const texts = Array.isArray(named) ? named : [named];
  if (!texts.every((text) => typeof text === "string")) throw new AccessTokenRefused("claims", "aud");
  if (!texts.some((text) => audience.includes(text))) throw new AccessTokenRefused("audience");
}

/** Neither an ID token nor a token that needs a proof of possession. */
function requireKind(claims: Claims, { requires, oneOf, forbids }: TokenForm): void {
  if (claims["cnf"] !== undefined) throw new AccessTokenRefused("sender_constrained");
  // Keycloak names the kind of a token in a claim: Bearer, ID, Refresh, Offline.
  const kind = claims["typ"];
  if (kind !== undefined && !/^bearer$/i.test(String(kind))) throw new AccessTokenRefused("type", "typ");
  const forbidden = forbids.find((name) => Object.hasOwn(claims, name));
  if (forbidden !== undefined) throw new AccessTokenRefused("type", forbidden);
  for (const [name, values] of Object.entries(requires)) {
    const value = readClaim(claims, [name]);
    if (typeof value !== "string" || !values.includes(value)) throw new AccessTokenRefused("type", name);
  }
  if (oneOf.length > 0 && !oneOf.some((name) => typeof readClaim(claims, [name]) === "string"))
    throw new AccessTokenRefused("type", oneOf[0]);
}

function requireConditions(claims: Claims, { require = {} }: AccessTokenIssuer): void {
  for (const [path, accepted] of Object.entries(require)) {
    const values = textsAt(claims, path);
    if (!values.some((value) => accepted.some((pattern) => fits(pattern, value))))
      throw new AccessTokenRefused("conditions", path);
  }
}

/** A `*` at the end matches any ending, including `/`. */
function fits(pattern: string, value: string): boolean {
  return pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

function textsAt(claims: Claims, path: string): string[] {
  const names = parseClaimPath(path);
  return names === undefined ? [] : headerTexts(readClaim(claims, names));
}

/** `scope` of RFC 9068 section 2.2.3; `scp` of Entra (a text) and Okta (a list). */
function scopesIn(claims: Claims): string[] {
  const scopes = [claims["scope"], claims["scp"]].flatMap((value) =>
    typeof value === "string" ? value.split(" ") : headerTexts(value),
  );
  return [...new Set(scopes)].filter((scope) => /^[!#-[\]-~]+$/.test(scope));
}

function refusedAs<T>(code: AccessTokenRefusal, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserRefused) throw new AccessTokenRefused(code, error.claim);
    throw error;
  }
}

const REFUSALS: Record<string, AccessTokenRefusal> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "algorithm",
  ERR_JOSE_NOT_SUPPORTED: "algorithm",
  ERR_JWKS_NO_MATCHING_KEY: "key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "signature",
  ERR_JWT_EXPIRED: "expired",
};
const CLAIM_REFUSALS: Record<string, AccessTokenRefusal> = { iss: "issuer", aud: "audience", nbf: "not_yet_valid" };

/** Other errors are not the token's fault and are passed on unchanged. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new AccessTokenRefused("expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return new AccessTokenRefused(CLAIM_REFUSALS[error.claim] ?? "claims", error.claim);
  if (error instanceof errors.JOSEError) return new AccessTokenRefused(REFUSALS[safeCode(error)] ?? "malformed");
  // A key that the runtime cannot use for this algorithm.
  return isObject(error) && error["name"] === "TypeError" ? new AccessTokenRefused("key") : error;
}
