import { ApplicationFederatedIdentityCredential } from "@cdktf/provider-azuread/lib/application-federated-identity-credential";
import { Construct } from "constructs";

/** The only audience that Entra accepts: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential */
const AUDIENCE = "api://AzureADTokenExchange";

export interface FederatedCredentialProps {
  /** Name of the gateway. */
  name: string;
  applicationId: string;
  /** The AWS account's issuer. */
  issuer: string;
  /** ARN of the auth handler's role. */
  subject: string;
}

/**
 * Trust in the tokens that AWS STS issues for the auth handler's role. There is no secret, neither here nor in AWS.
 *
 * - https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
export class FederatedCredential extends Construct {
  constructor(scope: Construct, id: string, { name, applicationId, issuer, subject }: FederatedCredentialProps) {
    super(scope, id);
    new ApplicationFederatedIdentityCredential(this, "Resource", {
      applicationId,
      displayName: `${name}-auth`,
      description: `The auth handler of ${name}, by a token of AWS STS`,
      audiences: [AUDIENCE],
      issuer,
      subject,
    });
  }
}
