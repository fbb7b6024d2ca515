/** A rule of the policy. The first rule that matches decides; requests that no rule matches are denied. */

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/**
 * Who may pass: everybody, every signed-in user, or users who have one of the roles and who signed in with one of the
 * identity providers. A list that is absent allows all.
 */
export type Allow = "public" | "signed-in" | { roles?: string[] | undefined; idp?: string[] | undefined };

export interface PolicyRule {
  /** Only requests to this host; every host if absent. */
  host?: string | undefined;
  /** `/a/b`, `/a/*` (one segment), `/a/**` (`/a` and everything below). */
  path: string;
  /** Only these methods; GET includes HEAD; every method if absent. */
  methods?: (typeof METHODS)[number][] | undefined;
  allow: Allow;
  /**
   * Also accept paths with encoded `/ \ % ? # ;`. Enable only if the origin reads these paths the same way as the
   * rules.
   */
  escapes?: boolean | undefined;
  /** `pass`: let CORS preflights reach the origin without a session (browsers never send cookies with them). */
  preflight?: "pass" | undefined;
}

/**
 * The form of role names: those of identity providers, such as `Domain Users`, `/staff` or `cn=a,ou=b`. Without what
 * cannot be seen: a rule must read as what it compares.
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

/** The names of all roles that the rules mention, sorted. No other role needs to be in a token. */
export function rolesOf(rules: readonly PolicyRule[]): string[] {
  return [...new Set(rules.flatMap((rule) => (typeof rule.allow === "object" ? (rule.allow.roles ?? []) : [])))].sort();
}
