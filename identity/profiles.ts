import type { Profile } from "./profile";
import { auth0 } from "./profiles/auth0";
import { cognito } from "./profiles/cognito";
import { entra } from "./profiles/entra";
import { generic } from "./profiles/generic";
import { google } from "./profiles/google";
import { keycloak } from "./profiles/keycloak";
import { okta } from "./profiles/okta";

export const PROFILES = { generic, entra, cognito, okta, auth0, keycloak, google } satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export function profileOf(name: ProfileName = "generic"): Profile {
  return PROFILES[name];
}

/** The provider metadata that scopes depend on (OpenID Connect Discovery 1.0, section 3). */
interface Metadata {
  authorization_endpoint?: unknown;
  scopes_supported?: unknown;
}

/** The scopes that the gateway requests. */
export function scopesOf(
  provider: { profile?: ProfileName | undefined; scopes?: readonly string[] | undefined },
  metadata: Metadata,
): readonly string[] {
  const { scopes, offlineAccessIfNeeded } = profileOf(provider.profile);
  if (provider.scopes) return provider.scopes;
  return offlineAccessIfNeeded && needsOfflineAccess(metadata) ? [...scopes, "offline_access"] : scopes;
}

/**
 * True if the provider gives refresh tokens for `offline_access`
 * (https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess). Keycloak offers it but gives refresh tokens
 * without it. With it, a sign-in ends the user's session there, and users need a role for it
 * (https://www.keycloak.org/docs/latest/server_admin/#_offline-access).
 */
function needsOfflineAccess({ authorization_endpoint: endpoint, scopes_supported: offered }: Metadata): boolean {
  const isKeycloak = typeof endpoint === "string" && endpoint.endsWith("/protocol/openid-connect/auth");
  return Array.isArray(offered) && offered.includes("offline_access") && !isKeycloak;
}
