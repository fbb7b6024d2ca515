import { ApplicationOwner } from "@cdktf/provider-azuread/lib/application-owner";
import { ApplicationRegistration } from "@cdktf/provider-azuread/lib/application-registration";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import type { EntraApp } from "../../../config/entra-app";
import { literal } from "../../terraform-text";
import { keyed } from "./keyed";

/** https://learn.microsoft.com/entra/identity-platform/reference-app-manifest#groupmembershipclaims-attribute */
const GROUP_CLAIMS: Record<EntraApp["groupClaims"], string[] | undefined> = {
  none: undefined,
  assigned: ["ApplicationGroup"],
  security: ["SecurityGroup"],
};

export interface ApplicationProps {
  name: string;
  app: EntraApp;
  homepageUrl: string;
  logoutUrl: string;
  isMultiTenant: boolean;
}

/**
 * The app registration with its owners. Everything else about the app is a separate resource that refers to it. So
 * nothing here depends on the gateway's stack, whose settings have the client ID, and there is no cycle.
 */
export class Application extends Construct {
  /** `/applications/<object ID>`. */
  readonly id: string;
  readonly clientId: string;
  readonly objectId: string;

  constructor(scope: Construct, id: string, { name, app, homepageUrl, logoutUrl, isMultiTenant }: ApplicationProps) {
    super(scope, id);
    const groupMembershipClaims = GROUP_CLAIMS[app.groupClaims];
    const application = new ApplicationRegistration(this, "Resource", {
      displayName: literal(app.displayName ?? name),
      signInAudience: isMultiTenant ? "AzureADMultipleOrgs" : "AzureADMyOrg",
      homepageUrl,
      logoutUrl,
      // Tokens of version 1 have another issuer, and another form of the audience
      // (https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats).
      requestedAccessTokenVersion: 2,
      implicitAccessTokenIssuanceEnabled: false,
      implicitIdTokenIssuanceEnabled: false,
      ...(groupMembershipClaims && { groupMembershipClaims }),
      notes: literal(app.notes ?? `Signs people in to ${homepageUrl}; made by Terraform (edgegate ${name})`),
    });
    const owners = TerraformIterator.fromMap(keyed(app.owners, (owner) => [owner, owner]));
    new ApplicationOwner(this, "owner", {
      forEach: owners,
      applicationId: application.id,
      ownerObjectId: owners.value as string,
    });
    this.id = application.id;
    this.clientId = application.clientId;
    this.objectId = application.objectId;
  }
}
