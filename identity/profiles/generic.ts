import type { Profile } from "../profile";

/** Any OpenID Connect provider (https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims). */
export const generic: Profile = {
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  roles: "roles",
  requires: {},
  userinfo: true,
  signOutHint: { parameter: "id_token_hint" },
  scopes: ["openid", "profile", "email"],
  offlineAccessIfNeeded: true,
};
