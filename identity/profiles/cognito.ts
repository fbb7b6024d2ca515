import type { Profile } from "../profile";

/**
 * Amazon Cognito user pools
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html).
 */
export const cognito: Profile = {
  subject: "sub",
  emailVerifiedBy: ["email_verified"],
  roles: "cognito:groups",
  requires: { token_use: ["id"] },
  userinfo: false,
  // https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
  accountPrompt: "select_account",
  // Cognito refuses `offline_access`; it always gives a refresh token.
  scopes: ["openid", "profile", "email"],
  // https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
  logout: { path: "/logout", returnTo: "logout_uri", always: true },
};
