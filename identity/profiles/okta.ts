import type { Profile } from "../profile";

/** Okta (https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/). */
export const okta: Profile = {
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  roles: "groups",
  requires: {},
  userinfo: true,
  signOutHint: { parameter: "id_token_hint" },
  // The claim `groups` needs the scope of the same name, or a claim of the authorization server.
  scopes: ["openid", "profile", "email", "groups", "offline_access"],
};
