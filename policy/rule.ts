/** A rule of the policy. The first rule that matches decides; requests that no rule matches are denied. */
import { EMAIL_CLAIM, SCOPE_CLAIM } from "./requirement-text";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Days of the week as rules name them, Monday first as in ISO 8601. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When a rule holds, all of it in UTC. */
export interface During {
  /** `2026-12-01T08:00:00Z`, inclusive. */
  from?: string | undefined;
  /** `2026-12-01T18:00:00Z`, exclusive. */
  until?: string | undefined;
  days?: (typeof DAYS)[number][] | undefined;
  /** `08:00-18:00`, the end exclusive. An end before the start is on the next day; `days` is about the day it is then. */
  hours?: string | undefined;
}

/**
 * The conditions of a rule. All members must hold. Unless `public` is among them, there must also be a valid session. A
 * condition that cannot be checked, such as one on a missing claim, does not hold.
 */
export interface Conditions {
  /** No session is needed. Only networks, countries and `during` may stand beside it. */
  public?: true | undefined;
  /** At least one of these roles. */
  roles?: string[] | undefined;
  allRoles?: string[] | undefined;
  /** None of these. */
  notRoles?: string[] | undefined;
  /** Signed in with one of these identity providers. */
  idp?: string[] | undefined;
  /** All of these are among the values of the claim `scope`. */
  scopes?: string[] | undefined;
  /** Each of these claims has at least one of its values. `email` is the verified address. */
  claims?: Record<string, string[]> | undefined;
  /** The verified e-mail address is in one of these domains, in lower case. Subdomains are others. */
  emailDomains?: string[] | undefined;
  /** The authentication context class is one of these. */
  acr?: string[] | undefined;
  /** Seconds since the authentication at the identity provider. */
  maxAge?: number | undefined;
  /** The viewer's address is in one of these CIDR ranges, in canonical form. */
  networks?: string[] | undefined;
  notNetworks?: string[] | undefined;
  /** The viewer's country, ISO 3166-1 alpha-2 in upper case. */
  countries?: string[] | undefined;
  notCountries?: string[] | undefined;
  during?: During | undefined;
  /**
   * The segment of the path that the pattern calls `{segment}` is the user's ID, or a value of the claim. Rules that were
   * read back from compiled source have the segment's number in the place of its name: {@link segmentNumber}.
   */
  owner?: string | { segment: string; claim: string } | undefined;
}

/**
 * Who may pass: everyone, every signed-in user, nobody, or people who meet the conditions (of at least one object in a
 * list).
 */
export type Allow = "public" | "signed-in" | "nobody" | Conditions | readonly Conditions[];

export interface PolicyRule {
  /** Only requests to this host; every host if absent. */
  host?: string | undefined;
  /** `/a/b`, `/a/*` or `/a/{name}` (one segment), `/a/**` (`/a` and everything below). */
  path: string;
  /** Only these methods; GET includes HEAD; every method if absent. */
  methods?: (typeof METHODS)[number][] | undefined;
  allow: Allow;
  /** The name in the config of the requirement that `allow` comes from. Decides nothing. */
  requirement?: string | undefined;
  /**
   * Also accept paths with encoded `/ \ % ? # ;`. Enable only if the origin reads these paths the same way as the
   * rules.
   */
  escapes?: boolean | undefined;
  /** `pass`: let CORS preflights reach the origin without a session (browsers never send cookies with them). */
  preflight?: "pass" | undefined;
}

/**
 * The form of role names: those of identity providers, such as `Domain Users`, `/staff` or `cn=a,ou=b`. Invisible
 * characters are not allowed, so that a rule reads as it compares.
 */
export const ROLE_NAME = /^(?! )(?:[^\p{C}\p{Z}]| ){1,256}(?<! )$/u;

/** Characters that the gate accepts only as they are, never as `%XX` (RFC 3986 section 2.3). */
const UNRESERVED_SEGMENT = /^[A-Za-z0-9._~-]+$/;

/** What is wrong with a path pattern, and what to write instead. */
export function pathPatternProblem(pattern: string): string | undefined {
  if (!pattern.startsWith("/")) return 'start the pattern with "/", such as "/admin/**"';
  if (pattern === "/") return undefined;
  const segments = pattern.slice(1).split("/");
  if (segments.includes(""))
    return 'write each segment once, without "//" and without a trailing "/": a trailing slash never changes a decision';
  if (segments.slice(0, -1).includes("**")) return '"**" may only be the last segment; write "*" for one segment';
  const odd = segments.find((segment) => segment !== "*" && segment !== "**" && !UNRESERVED_SEGMENT.test(segment));
  const [, prefix] = /^(.*[^*/])\*$/.exec(pattern) ?? [];
  if (prefix !== undefined && prefix.indexOf("*") < 0)
    return `"${odd}" mixes "*" with other characters; write "${prefix}/**" for "${prefix}" and everything below`;
  if (odd?.includes("*")) return `"${odd}" mixes "*" with other characters; a "*" stands for a whole segment`;
  if (odd !== undefined)
    return `"${odd}" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or "*"`;
  if (segments.some((segment) => segment === "." || segment === ".."))
    return "dot segments never reach the policy; leave them out";
  return undefined;
}

/** The alternative ways to pass. Empty for nobody. */
export function alternativesOf(allow: Allow): readonly Conditions[] {
  if (allow === "public") return [{ public: true }];
  if (allow === "signed-in") return [{}];
  if (allow === "nobody") return [];
  return isList(allow) ? allow : [allow];
}

/** The names of all roles that the rules mention, sorted. No other role needs to be in a token. */
export function rolesOf(rules: readonly PolicyRule[]): string[] {
  return sorted(
    conditionsOf(rules).flatMap(({ roles = [], allRoles = [], notRoles = [] }) => [...roles, ...allRoles, ...notRoles]),
  );
}

/** The names of all claims that the rules compare and that a token therefore needs, sorted. */
export function claimsOf(rules: readonly PolicyRule[]): string[] {
  return sorted(
    conditionsOf(rules).flatMap(({ claims = {}, scopes, owner }) => [
      ...Object.keys(claims),
      ...(scopes ? [SCOPE_CLAIM] : []),
      ...(typeof owner === "object" ? [owner.claim] : []),
    ]),
  ).filter((name) => name !== EMAIL_CLAIM);
}

/** True if the gate needs to know the viewer's country. */
export function comparesCountries(rules: readonly PolicyRule[]): boolean {
  return conditionsOf(rules).some(({ countries, notCountries }) => countries ?? notCountries);
}

/** The conditions of all rules. */
export function conditionsOf(rules: readonly PolicyRule[]): Conditions[] {
  return rules.flatMap(({ allow }) => alternativesOf(allow));
}

function isList(allow: Conditions | readonly Conditions[]): allow is readonly Conditions[] {
  return Array.isArray(allow);
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
