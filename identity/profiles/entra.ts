import type { Profile } from "../profile";

/**
 * Microsoft Entra ID, v2.0 tokens (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference).
 *
 * `sub` differs for each application, and `email`, `upn` and `preferred_username` can be changed, so the user is `oid` in
 * the tenant of the issuer. An address counts only if Microsoft has verified the owner of its domain
 * (https://learn.microsoft.com/entra/identity-platform/optional-claims-reference, `xms_edov`): a user of another tenant
 * can have any address.
 */
export const entra: Profile = {
  subject: "oid",
  emailVerifiedBy: ["xms_edov"],
  roles: "roles",
  // v1.0 tokens have another issuer and other claims.
  requires: { ver: ["2.0"] },
  // Userinfo is Microsoft Graph's. It has no roles, and nothing that the ID token lacks.
  userinfo: false,
  // https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request
  signOutHint: { parameter: "logout_hint", claim: "login_hint" },
  // https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code
  accountPrompt: "select_account",
  scopes: ["openid", "profile", "email", "offline_access"],
  // Entra's contexts ("c1") are in the list `acrs`. One is requested with a claims request, because Entra does not read
  // `acr_values`.
  // https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context
  strength: {
    ask: ([value]) => ({ claims: JSON.stringify({ id_token: { acrs: { essential: true, value } } }) }),
    told: ({ acrs }) => acrs,
  },
};
