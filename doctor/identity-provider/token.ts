/** Reads an ID token as the gateway would: whether it is genuine, who the user is, and which rules the user passes. */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { Claims } from "../../identity/claim-path";
import { explainRoles, type NamedRole } from "../../identity/explain";
import { isKeyOf, isStrong, SIGNATURE_ALGORITHMS } from "../../identity/signing-keys";
import {
  expectedIssuer,
  readUser,
  rolesPath,
  UserRefused,
  type ClaimRules,
  type RefusalCode,
} from "../../identity/user";
import { mayPass } from "../../policy/decision-table";
import type { PolicyRule } from "../../policy/rule";
import { sha256 } from "../../session/node-hash";
import { userId } from "../../session/token";
import { identityProviderSettings } from "../../stacks/settings";
import { finder, type Finding } from "../finding";
import type { DiscoveredSubject } from "./subject";

export interface ExaminedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  findings: Finding[];
  /** Undefined if the gateway would not let the user sign in. */
  user?: { uid: string; subject: string; email: string; roles: string[] };
  /** The provider's names for roles, with the result for each. */
  names: NamedRole[];
  /** Each rule of the policy, with the result for the user. */
  rules: { rule: PolicyRule; passes: boolean }[];
}

/** What to do about a user who is refused. */
const REFUSALS: Record<RefusalCode, string> = {
  roles_left_out:
    "the user has too many groups for the token; let the provider send app roles, or only the groups that are assigned to the app",
  unexpected_claims: "the token is not of the kind that the profile expects; check profile, and that it is an ID token",
  tenant_not_allowed: "add the tenant's ID to tenants, if its users may sign in",
  email_domain_not_allowed:
    "add the domain to emailDomains; an address that the provider does not call verified counts only with trustEmail",
};

/** Codes of jose, in words. */
const UNVERIFIED: Record<string, string> = {
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the signature does not match the provider's key",
  ERR_JWKS_NO_MATCHING_KEY: "the provider publishes no key that fits",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "several keys fit, and the token does not say which one",
  ERR_JOSE_ALG_NOT_ALLOWED: "not signed with an algorithm that the gateway accepts; see signingAlgorithms",
};

/** @returns undefined if the text is not a signed token */
export async function examineToken(subject: DiscoveredSubject, text: string): Promise<ExaminedToken | undefined> {
  let header: Record<string, unknown>, claims: Claims;
  try {
    [header, claims] = [{ ...decodeProtectedHeader(text) }, decodeJwt(text)];
  } catch {
    return undefined;
  }
  const rules = claimRules(subject);
  const findings = [await signature(subject, rules, text, claims), ...claimFindings(subject, rules, claims)];
  const { user, finding } = userIn(rules, claims);
  const { config, id } = subject;
  return {
    header,
    claims,
    findings: [...findings, finding],
    ...(user && { user }),
    names: explainRoles(rules, claims),
    rules: config.policy.map((rule) => ({
      rule,
      passes: rule.allow === "public" || (user !== undefined && mayPass(rule.allow, user.roles, id)),
    })),
  };
}

/** The claim that the roles are read from; undefined if the provider may not grant any. */
export function rolesClaim(subject: DiscoveredSubject): string | undefined {
  return rolesPath(claimRules(subject))?.join(".");
}

/** The claims that the handler gets. */
function claimRules({ config, id, issuer, clientId }: DiscoveredSubject): ClaimRules {
  return { ...identityProviderSettings(config, id, { clientId, issuer }), issuer };
}

async function signature(
  { keys, provider }: DiscoveredSubject,
  rules: ClaimRules,
  text: string,
  claims: Claims,
): Promise<Finding> {
  const { ok, problem } = finder("signature");
  const issuer = claimText(claims["iss"]) ?? rules.issuer;
  const usable = keys.filter((key) => isStrong(key) && isKeyOf(key, issuer));
  try {
    // The times are separate findings, so that an old token can be examined, too.
    const { protectedHeader } = await jwtVerify(text, createLocalJWKSet({ keys: usable }), {
      algorithms: [...(provider.signingAlgorithms ?? SIGNATURE_ALGORITHMS)],
      currentDate: new Date(Number(claims["iat"] ?? 0) * 1000),
    });
    return ok(`genuine: ${protectedHeader.alg}, key ${protectedHeader.kid ?? "without kid"}`);
  } catch (error) {
    // Other checks say what is wrong with a claim.
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return ok("genuine");
    const code = error instanceof errors.JOSEError ? error.code : "";
    return problem(
      UNVERIFIED[code] ?? `it cannot be verified (${code || "unknown error"})`,
      "check that the token is of this provider and was copied as a whole",
    );
  }
}

function claimFindings({ clientId }: DiscoveredSubject, rules: ClaimRules, claims: Claims): Finding[] {
  return [issuerFinding(rules, claims), audienceFinding(clientId, claims), timeFinding(claims)];
}

function issuerFinding(rules: ClaimRules, claims: Claims): Finding {
  const { ok, problem } = finder("iss");
  const said = JSON.stringify(claims["iss"]);
  try {
    const expected = expectedIssuer(rules, claims);
    return claims["iss"] === expected
      ? ok(expected)
      : problem(
          `${said}, expected ${JSON.stringify(expected)}`,
          "the token is another provider's, or the issuer is wrong",
        );
  } catch (error) {
    if (!(error instanceof UserRefused)) throw error;
    return problem(`${said} is of a tenant that is not allowed`, REFUSALS[error.code]);
  }
}

/** https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation, steps 3 to 5 */
function audienceFinding(clientId: string, { aud, azp, token_use: use }: Claims): Finding {
  const { ok, problem } = finder("aud");
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audiences.length === 1 && audiences[0] === clientId && (azp === undefined || azp === clientId))
    return ok(clientId);
  return problem(
    `${JSON.stringify(aud) ?? "absent"}${azp === undefined ? "" : `, azp ${JSON.stringify(azp)}`}; expected ${JSON.stringify(clientId)}`,
    use === "access" || !audiences.includes(clientId)
      ? "paste the ID token and not the access token; or the token is another client's, or clientId is wrong"
      : "the gateway accepts no further audience; remove it at the provider",
  );
}

function timeFinding({ iat, exp }: Claims): Finding {
  const { ok, warning, problem } = finder("time");
  if (typeof iat !== "number" || typeof exp !== "number")
    return problem("iat or exp is missing", "paste an ID token; it always has both");
  const now = Date.now() / 1000;
  const minutes = Math.round((now - iat) / 60);
  if (iat > now + 180) return problem(`issued ${-minutes} minutes in the future`, "set the provider's clock right");
  return exp > now
    ? ok(`issued ${minutes} minutes ago`)
    : warning(
        `expired; issued ${minutes} minutes ago`,
        "sign-in would refuse it; everything else is examined all the same",
      );
}

function userIn(rules: ClaimRules, claims: Claims): { user?: ExaminedToken["user"]; finding: Finding } {
  const { ok, warning, problem } = finder("user");
  try {
    const { issuer, subject, email, roles } = readUser(rules, claims);
    const user = { uid: userId(sha256, issuer, subject), subject, email, roles };
    const said = claimText(claims["email"]);
    if (email === "" && said !== undefined)
      return {
        user,
        finding: warning(
          `may sign in, but ${said} does not count as the user's address: the provider does not call it verified`,
          "let the provider verify it; trustEmail accepts it as it is, if nobody can choose their own address there",
        ),
      };
    return { user, finding: ok("may sign in") };
  } catch (error) {
    if (!(error instanceof UserRefused)) throw error;
    return { finding: problem(`refused: ${error.code} (claim ${error.claim})`, REFUSALS[error.code]) };
  }
}

function claimText(claim: unknown): string | undefined {
  return typeof claim === "string" && claim !== "" ? claim : undefined;
}
