import { ApplicationIdentifierUri } from "@cdktf/provider-azuread/lib/application-identifier-uri";
import { ApplicationPermissionScope } from "@cdktf/provider-azuread/lib/application-permission-scope";
import { Construct } from "constructs";
import { stableId } from "./stable-id";

export interface ApiScopeProps {
  /** Name of the gateway. */
  name: string;
  applicationId: string;
  clientId: string;
  /** Such as `access`. */
  value: string;
}

/**
 * The app as an API, with one scope. Without a scope of its own, access tokens are for Microsoft Graph, and nobody else
 * can verify them.
 *
 * https://learn.microsoft.com/entra/identity-platform/quickstart-configure-app-expose-web-apis
 */
export class ApiScope extends Construct {
  /** The scope that programs request: `api://<client ID>/access`. */
  readonly name: string;

  constructor(scope: Construct, id: string, { name, applicationId, clientId, value }: ApiScopeProps) {
    super(scope, id);
    // The form that every tenant policy allows
    // (https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions).
    const uri = new ApplicationIdentifierUri(this, "uri", { applicationId, identifierUri: `api://${clientId}` });
    new ApplicationPermissionScope(this, "Resource", {
      applicationId,
      scopeId: stableId(name, "scope", value),
      value,
      type: "User",
      adminConsentDisplayName: `Use ${name}`,
      adminConsentDescription: `Lets the program send requests to ${name} in the name of the signed-in user.`,
      userConsentDisplayName: `Use ${name}`,
      userConsentDescription: `Lets the program send requests to ${name} in your name.`,
    });
    this.name = `${uri.identifierUri}/${value}`;
  }
}
