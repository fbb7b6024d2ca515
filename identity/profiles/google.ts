import type { Profile } from "../profile";

/** Google accounts and Google Workspace (https://developers.google.com/identity/openid-connect/openid-connect). */
export const google: Profile = {
  issuer: "https://accounts.google.com",
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  // Google is the authority only for its own domain and those of Workspace; any other address may have changed hands
  // since Google verified it (https://developers.google.com/identity/gsi/web/guides/verify-google-id-token).
  ownsEmail: (email, { hd }) => /@gmail\.com$/i.test(email) || typeof hd === "string",
  requires: {},
  userinfo: true,
  // https://developers.google.com/identity/openid-connect/openid-connect#authenticationuriparameters
  accountPrompt: "select_account",
  // Google refuses `offline_access`; its `access_type` means the same.
  scopes: ["openid", "profile", "email"],
  parameters: { access_type: "offline" },
};
