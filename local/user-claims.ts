/** The claims of the local users, as the config's identity provider would send them. */
import { createHash } from "node:crypto";
import type { IdentityProvider } from "../config/identity-provider";
import { parseClaimPath, type Claims } from "../identity/claim-path";
import { profileOf, type ProfileName } from "../identity/profiles";
import type { User } from "./users";

/** Claims that only some providers send. */
const MORE: Partial<Record<ProfileName, (user: User, provider: IdentityProvider) => Claims>> = {
  entra: ({ id }, { tenants }) => ({ ver: "2.0", tid: tenants![0], oid: guid(id), xms_edov: true }),
  cognito: () => ({ token_use: "id" }),
  keycloak: () => ({ typ: "ID" }),
  google: () => ({ hd: "example.com" }),
};

/** The claims of a user, in the places and under the names that the config expects. */
export function userClaims(user: User, provider: IdentityProvider): Claims {
  const { claim, map = {}, prefix = "" } = provider.roles;
  const path = parseClaimPath(claim ?? profileOf(provider.profile).roles ?? "roles")!;
  const names = user.roles.map((role) => {
    const [theirs = role] = Object.keys(map).filter((name) => map[name] === role);
    return prefix + theirs;
  });
  return {
    name: user.name,
    email: `${user.id}@example.com`,
    email_verified: true,
    ...path.reduceRight<unknown>((value, name) => ({ [name]: value }), names)!,
    ...MORE[provider.profile]?.(user, provider),
  };
}

/** A value that is always the same for a user. */
function guid(id: string): string {
  const hex = createHash("sha256").update(id).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
