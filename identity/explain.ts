/** Says why a provider's claims give the roles that they give. For operators; sign-in itself is in user.ts. */
import { readClaim, type Claims } from "./claim-path";
import { namesIn, rolesPath, type ClaimRules } from "./user";

/** What becomes of one of the provider's names. */
export interface NamedRole {
  /** As the provider writes it. */
  name: string;
  /** The policy's role; absent if it does not count. */
  role?: string;
  /** Why it does not count. */
  why?: "no_prefix" | "not_in_map" | "not_in_grant";
}

/** Empty if the provider may not grant any role, or if the claim is not there. */
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
