/** Explains to operators how a provider's claims become roles. The sign-in itself uses user.ts. */
import { readClaim, type Claims } from "./claim-path";
import { namesIn, rolesPath, type ClaimRules } from "./user";

/** The result for one of the provider's names. */
export interface NamedRole {
  /** As the provider writes it. */
  name: string;
  /** The policy's role; absent if it does not count. */
  role?: string;
  /** The reason why it does not count. */
  why?: "no_prefix" | "not_in_map" | "not_in_grant";
}

/** Empty if the provider may not grant any role, or if the claim is missing. */
export function explainRoles(rules: ClaimRules, claims: Claims): NamedRole[] {
  const path = rolesPath(rules);
  const { map, prefix = "", grant = [] } = rules.roles ?? {};
  return (path ? namesIn(readClaim(claims, path)) : []).map((name): NamedRole => {
    if (!name.startsWith(prefix)) return { name, why: "no_prefix" };
    const rest = name.slice(prefix.length);
    if (map && !Object.hasOwn(map, rest)) return { name, why: "not_in_map" };
    const role = map ? map[rest]! : rest;
    return grant.includes(role) ? { name, role } : { name, why: "not_in_grant" };
  });
}
