import { Construct } from "constructs";
import { CloudFormation } from "./cloudformation";
import type { UserPool } from "./user-pool";

export interface BrandingProps {
  name: string;
  userPool: UserPool;
  clientId: string;
  /** `#rrggbb`; Cognito's own look if absent. */
  accentColor?: string;
}

/**
 * The look of the sign-in pages. Without a style, managed login shows an error instead of its pages. The provider 5.100
 * has no resource for it.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-managedloginbranding.html
 */
export class Branding extends Construct {
  constructor(scope: Construct, id: string, { name, userPool, clientId, accentColor }: BrandingProps) {
    super(scope, id);
    new CloudFormation(this, "Resource", {
      name: `${name}-branding`,
      parameters: { UserPoolId: userPool.id, ClientId: clientId },
      resources: {
        Style: {
          Type: "AWS::Cognito::ManagedLoginBranding",
          Properties: {
            UserPoolId: { Ref: "UserPoolId" },
            ClientId: { Ref: "ClientId" },
            ...(accentColor === undefined
              ? { UseCognitoProvidedValues: true }
              : { Settings: settings(`${accentColor.slice(1)}ff`) }),
          },
        },
      },
    });
  }
}

/**
 * Settings that are left out keep Cognito's defaults. Text on the accent color is white, as on the gateway's own pages.
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateManagedLoginBranding.html
 */
function settings(color: string): object {
  const button = { backgroundColor: color, textColor: "ffffffff" };
  const link = { textColor: color };
  return {
    categories: { global: { colorSchemeMode: "LIGHT" } },
    components: { primaryButton: { lightMode: { defaults: button, hover: button, active: button } } },
    componentClasses: {
      link: { lightMode: { defaults: link, hover: link } },
      focusState: { lightMode: { borderColor: color } },
    },
  };
}
