import { ApplicationOptionalClaimsA } from "@cdktf/provider-azuread/lib/application-optional-claims";
import { Construct } from "constructs";

/**
 * Claims that tokens have only if an app requests them:
 * https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
 *
 * - `sid`: names the session when Entra signs a user out
 * - `auth_time`: shows that a user signed in again after a revocation
 * - `login_hint`: signs out without asking which account
 * - `acrs`: the authentication contexts that the user has met
 * - `email`, and `xms_edov`: whether its domain is verified
 */
const CLAIMS = ["acrs", "auth_time", "email", "login_hint", "sid", "xms_edov"].map((name) => ({ name }));

export class OptionalClaims extends Construct {
  constructor(scope: Construct, id: string, { applicationId }: { applicationId: string }) {
    super(scope, id);
    new ApplicationOptionalClaimsA(this, "Resource", { applicationId, idToken: CLAIMS, accessToken: CLAIMS });
  }
}
