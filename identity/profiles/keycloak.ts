import type { Profile } from "../profile";

/** Keycloak (https://www.keycloak.org/docs/latest/server_admin/#_oidc). */
export const keycloak: Profile = {
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  roles: "realm_access.roles",
  requires: { typ: ["ID"] },
  userinfo: true,
  signOutHint: { parameter: "id_token_hint" },
  // With `offline_access`, refresh tokens would outlive the user's sign-out
  // (https://www.keycloak.org/docs/latest/server_admin/#_offline-access). Keycloak gives refresh tokens without it.
  scopes: ["openid", "profile", "email"],
};
