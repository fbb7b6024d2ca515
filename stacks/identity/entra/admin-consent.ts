import { DataAzureadServicePrincipal } from "@cdktf/provider-azuread/lib/data-azuread-service-principal";
import { ServicePrincipalDelegatedPermissionGrant } from "@cdktf/provider-azuread/lib/service-principal-delegated-permission-grant";
import { Construct } from "constructs";

/** https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in */
const MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000";
/**
 * The scopes of a sign-in, which Entra lists as Graph permissions. None of them lets the gateway read anything in the
 * tenant.
 */
const SCOPES = ["openid", "profile", "email", "offline_access"];

/**
 * Consent for everyone in the tenant. People cannot consent to an app for which assignment is required, so without it
 * nobody can sign in.
 *
 * https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal
 */
export class AdminConsent extends Construct {
  constructor(scope: Construct, id: string, { servicePrincipalObjectId }: { servicePrincipalObjectId: string }) {
    super(scope, id);
    const graph = new DataAzureadServicePrincipal(this, "microsoft_graph", { clientId: MICROSOFT_GRAPH });
    new ServicePrincipalDelegatedPermissionGrant(this, "Resource", {
      servicePrincipalObjectId,
      resourceServicePrincipalObjectId: graph.objectId,
      claimValues: SCOPES,
    });
  }
}
