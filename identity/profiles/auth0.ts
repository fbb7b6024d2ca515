import type { Profile } from "../profile";

/** Auth0's only context: several factors. */
const MULTI_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/**
 * Auth0. Roles are in a token only if an Action puts them there, under a name that the tenant chooses
 * (https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims).
 */
export const auth0: Profile = {
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  requires: {},
  userinfo: true,
  signOutHint: { parameter: "id_token_hint" },
  scopes: ["openid", "profile", "email", "offline_access"],
  // Its tokens name methods, not contexts
  // (https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication/configure-step-up-authentication-for-web-apps).
  strength: { told: ({ acr, amr }) => acr ?? (Array.isArray(amr) && amr.includes("mfa") ? MULTI_FACTOR : undefined) },
  // For tenants without end-session endpoint discovery (https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0).
  logout: { path: "/v2/logout", returnTo: "returnTo", always: false },
};
