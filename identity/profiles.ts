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

/** The scopes that a provider is asked for. */
export function scopesOf(provider: {
  profile?: ProfileName | undefined;
  scopes?: readonly string[] | undefined;
}): readonly string[] {
  return provider.scopes ?? profileOf(provider.profile).scopes;
}
