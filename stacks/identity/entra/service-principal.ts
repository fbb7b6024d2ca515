import { ServicePrincipal as Resource } from "@cdktf/provider-azuread/lib/service-principal";
import { Construct } from "constructs";
import type { EntraApp } from "../../../config/entra-app";

/** The app in its home tenant ("enterprise application"): it holds the assignments and the consent. */
export class ServicePrincipal extends Construct {
  readonly objectId: string;
  readonly clientId: string;
  /** The tenant in which Terraform made it. */
  readonly tenantId: string;

  constructor(scope: Construct, id: string, { app, clientId }: { app: EntraApp; clientId: string }) {
    super(scope, id);
    const principal = new Resource(this, "Resource", {
      clientId,
      appRoleAssignmentRequired: app.assignmentRequired,
      // No `owners`: the list would be exclusive, and Terraform's own identity may change the app only as its owner.
      // Else the admin center's list of enterprise applications does not show it.
      featureTags: [{ enterprise: true }],
    });
    this.objectId = principal.objectId;
    this.clientId = principal.clientId;
    this.tenantId = principal.applicationTenantId;
  }
}
