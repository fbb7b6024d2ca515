/** Reads a user, with the roles that the provider may grant, from an identity provider's claims. */
import { parseClaimPath, readClaim, type Claims } from "./claim-path";
import { profileOf, type ProfileName } from "./profiles";
import type { Profile } from "./profile";

/** The config's settings for a provider's claims. */
export interface ClaimRules {
  /** `generic` if absent. */
  profile?: ProfileName | undefined;
  /** With `{tenantid}` in it, tokens of all `tenants` are accepted. */
  issuer: string;
  /** Entra only: IDs of the tenants whose users may sign in. */
  tenants?: readonly string[] | undefined;
  /** Only users with a verified e-mail address in one of these domains may sign in. */
  emailDomains?: readonly string[] | undefined;
  /** True to accept e-mail addresses that the provider does not call verified. */
  trustEmail?: boolean | undefined;
  /** Absent if the provider may not grant any role. */
  roles?: RoleRules | undefined;
}

export interface RoleRules {
  /** Claim path; the profile's if absent. */
  claim?: string | undefined;
  /** The provider's names of the roles. If given, only these names count. */
  map?: Readonly<Record<string, string>> | undefined;
  /** The prefix of the provider's names; others do not count. */
  prefix?: string | undefined;
  /** The only roles that this provider may grant. */
  grant: readonly string[];
}

export interface User {
  issuer: string;
  subject: string;
  /** Empty if there is none, or if it may not be the user's. */
  email: string;
  roles: string[];
}

export type RefusalCode =
  /** The provider left the roles out because there are too many. */
  | "roles_left_out"
  /** The token is not of the kind that the profile expects. */
  | "unexpected_claims"
  | "tenant_not_allowed"
  | "email_domain_not_allowed";

export class UserRefused extends Error {
  override readonly name = "UserRefused";

  /** @param claim the name of the claim that decided; from the profile or the config, so it may be logged */
  constructor(
    readonly code: RefusalCode,
    readonly claim: string,
  ) {
    super(code);
  }
}

/** The placeholder of a tenant's ID in the issuer of Entra's multi-tenant endpoints. */
export const TENANT_ID = "{tenantid}";
/** Characters (RFC 5321 section 4.5.3.1.3, without the brackets). */
const MAX_EMAIL = 254;
/**
 * The address is put into headers, compared by its domain and shown to operators. Quoted local parts could contain
 * several `@`.
 */
const EMAIL = /^[^\s"@<>()[\]\\,;:\p{Cc}\p{Cs}]+@[^\s"@<>()[\]\\,;:\p{Cc}\p{Cs}]+$/u;

/**
 * The issuer that a token must have. For a provider with several tenants it is that of the token's tenant
 * (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer).
 *
 * @param claims need not be verified yet
 * @throws UserRefused `tenant_not_allowed`
 */
export function expectedIssuer({ issuer, tenants = [] }: ClaimRules, claims: Claims): string {
  if (!issuer.includes(TENANT_ID)) return issuer;
  const tenant = claims["tid"];
  if (typeof tenant !== "string" || !tenants.includes(tenant)) throw new UserRefused("tenant_not_allowed", "tid");
  return issuer.replace(TENANT_ID, tenant);
}

/** Every issuer whose tokens a provider may send. */
export function issuersOf({ issuer, tenants = [] }: ClaimRules): string[] {
  return issuer.includes(TENANT_ID) ? tenants.map((tenant) => issuer.replace(TENANT_ID, tenant)) : [issuer];
}

/** The claims that {@link readUser} needs; userinfo may have those that the ID token lacks. */
export function claimsWanted(rules: ClaimRules, scopes: readonly string[]): string[] {
  const path = rolesPath(rules);
  const [verifiedBy] = profileOf(rules.profile).emailVerifiedBy;
  return [
    ...(scopes.includes("email") ? ["email", ...(rules.trustEmail ? [] : [verifiedBy!])] : []),
    ...(path ? [path[0]!] : []),
  ];
}

/**
 * The user in a provider's verified claims.
 *
 * @throws UserRefused if the user may not sign in, or if claims for the decision are missing
 */
export function readUser(rules: ClaimRules, claims: Claims): User {
  const profile = profileOf(rules.profile);
  for (const [name, values] of Object.entries(profile.requires))
    if (!values.includes(String(readClaim(claims, [name])))) throw new UserRefused("unexpected_claims", name);
  return readUserAs(profile, rules, claims);
}

/**
 * The user in verified claims of any token. The caller checks everything else about the token.
 *
 * @throws UserRefused as {@link readUser}
 */
export function readUserAs(
  profile: Pick<Profile, "subject" | "emailVerifiedBy" | "ownsEmail">,
  rules: ClaimRules,
  claims: Claims,
): User {
  const issuer = expectedIssuer(rules, claims);
  if (rules.tenants && !rules.tenants.includes(String(readClaim(claims, ["tid"]))))
    throw new UserRefused("tenant_not_allowed", "tid");
  const subject = readClaim(claims, [profile.subject]);
  if (typeof subject !== "string" || subject === "") throw new UserRefused("unexpected_claims", profile.subject);
  const email = verifiedEmail(profile, rules, claims);
  if (rules.emailDomains && !rules.emailDomains.includes(domainOf(email)))
    throw new UserRefused("email_domain_not_allowed", "email");
  return { issuer, subject, email, roles: readRoles(rules, claims) };
}

/** Visible characters, up to the length of an address. */
const LOGIN = /^[^\p{C}\p{Z}]{1,254}$/u;

/**
 * The name of a user without an e-mail address that counts: an unverified address, or a user name
 * (https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims). Users may choose it, so it only helps to find
 * them.
 *
 * @returns undefined if there is none
 */
export function loginName(claims: Claims): string | undefined {
  const [email, name] = [readClaim(claims, ["email"]), readClaim(claims, ["preferred_username"])];
  return [typeof email === "string" && EMAIL.test(email) && email, name].find(
    (text): text is string => typeof text === "string" && LOGIN.test(text),
  );
}

/** In lower case; empty if the text is not an address. */
export function domainOf(email: string): string {
  return EMAIL.test(email) ? email.slice(email.indexOf("@") + 1).toLowerCase() : "";
}

function verifiedEmail(
  { emailVerifiedBy, ownsEmail }: Pick<Profile, "emailVerifiedBy" | "ownsEmail">,
  { trustEmail }: ClaimRules,
  claims: Claims,
): string {
  const email = readClaim(claims, ["email"]);
  if (typeof email !== "string" || email.length > MAX_EMAIL || !EMAIL.test(email)) return "";
  const isVerified = trustEmail || emailVerifiedBy.some((name) => isTrue(readClaim(claims, [name])));
  return isVerified && (!ownsEmail || ownsEmail(email, claims)) ? email : "";
}

/** Providers write it as a boolean, as text (Cognito's federated users) or as a number (Entra's `xms_edov`). */
function isTrue(claim: unknown): boolean {
  return ["true", "1"].includes(String(claim).toLowerCase()) && typeof claim !== "object";
}

function readRoles(rules: ClaimRules, claims: Claims): string[] {
  const path = rolesPath(rules);
  const { map, prefix = "", grant = [] } = rules.roles ?? {};
  if (!path) return [];
  if (areRolesLeftOut(rules, claims)) throw new UserRefused("roles_left_out", path[0]!);
  const names = namesIn(readClaim(claims, path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  const roles = map ? names.flatMap((name) => (Object.hasOwn(map, name) ? [map[name]!] : [])) : names;
  return grant.filter((role) => roles.includes(role));
}

/** Undefined if the provider may not grant any role. */
export function rolesPath({ profile, roles }: ClaimRules): string[] | undefined {
  const text = roles?.claim ?? profileOf(profile).roles;
  return text === undefined || !roles || roles.grant.length === 0 ? undefined : parseClaimPath(text);
}

/** A list of names, or names separated by spaces, as in `scope` (RFC 6749 section 3.3). */
export function namesIn(claim: unknown): string[] {
  if (typeof claim === "string") return claim.split(" ");
  return Array.isArray(claim) ? claim.filter((name) => typeof name === "string") : [];
}

/**
 * True if the provider left the roles out because there are too many, or points to another place for them. The user's
 * roles are then unknown, and both granting and denying them would be wrong
 * (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference#groups-overage-claim,
 * https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims).
 */
export function areRolesLeftOut(rules: ClaimRules, claims: Claims): boolean {
  const name = rolesPath(rules)?.[0];
  if (name === undefined) return false;
  const pointers = claims["_claim_names"];
  if (typeof pointers === "object" && pointers !== null && Object.hasOwn(pointers, name)) return true;
  return name === "groups" && isTrue(claims["hasgroups"]);
}
