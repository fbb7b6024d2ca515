import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { CloudFormation, type CloudFormationResource } from "./cloudformation";
import type { UserPool } from "./user-pool";

export interface FederationProps {
  name: string;
  federation: CognitoPool["federation"];
  userPool: UserPool;
}

/**
 * Other identity providers whose users the pool passes on. The provider's resource would keep an OIDC provider's client
 * secret in the state, and would find what Cognito adds to a SAML provider's details (certificate, redirect URL) in every
 * plan. CloudFormation does neither.
 */
export class Federation extends Construct {
  /** The providers' names, for app clients. */
  readonly names: readonly string[];
  readonly dependable: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, federation, userPool }: FederationProps) {
    super(scope, id);
    this.names = Object.keys(federation);
    const { dependable } = new CloudFormation(this, "Resource", {
      name,
      parameters: { UserPoolId: userPool.id },
      resources: Object.fromEntries(
        Object.entries(federation).map(([provider, settings]) => [provider, identityProvider(provider, settings)]),
      ),
    });
    this.dependable = dependable;
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolidentityprovider.html */
function identityProvider(name: string, settings: CognitoPool["federation"][string]): CloudFormationResource {
  return {
    Type: "AWS::Cognito::UserPoolIdentityProvider",
    Properties: {
      UserPoolId: { Ref: "UserPoolId" },
      ProviderName: name,
      ProviderType: settings.type.toUpperCase(),
      AttributeMapping: settings.attributes,
      ProviderDetails:
        settings.type === "saml"
          ? { MetadataURL: settings.metadataUrl }
          : {
              oidc_issuer: settings.issuer,
              client_id: settings.clientId,
              client_secret: secretReference(settings.clientSecretName, settings.clientSecretVersionId),
              authorize_scopes: settings.scopes.join(" "),
              attributes_request_method: "GET",
            },
    },
  };
}

/**
 * CloudFormation inserts the value only when it makes the resource.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
function secretReference(name: string, versionId: string | undefined): string {
  return versionId === undefined
    ? `{{resolve:secretsmanager:${name}:SecretString}}`
    : `{{resolve:secretsmanager:${name}:SecretString:::${versionId}}}`;
}
