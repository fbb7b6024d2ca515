import { ConditionalAccessPolicy } from "@cdktf/provider-azuread/lib/conditional-access-policy";
import { Construct } from "constructs";
import type { EntraApp } from "../../../config/entra-app";

const STATES = { "report-only": "enabledForReportingButNotEnforced", enforced: "enabled" } as const;

export interface ConditionalAccessProps {
  /** Name of the gateway. */
  name: string;
  /** Of the service principal: Entra knows no policy for an app that is not in the tenant yet. */
  clientId: string;
  conditionalAccess: NonNullable<EntraApp["conditionalAccess"]>;
}

/**
 * A policy for this app only: nobody signs in without a second factor.
 *
 * https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-mfa-strength
 */
export class ConditionalAccess extends Construct {
  constructor(scope: Construct, id: string, { name, clientId, conditionalAccess }: ConditionalAccessProps) {
    super(scope, id);
    const { mfa, exclude } = conditionalAccess;
    new ConditionalAccessPolicy(this, "Resource", {
      displayName: `MFA for ${name}`,
      state: STATES[mfa],
      conditions: {
        clientAppTypes: ["all"],
        applications: { includedApplications: [clientId] },
        users: {
          includedUsers: ["All"],
          ...(exclude.users.length > 0 && { excludedUsers: exclude.users }),
          ...(exclude.groups.length > 0 && { excludedGroups: exclude.groups }),
        },
      },
      grantControls: { operator: "OR", builtInControls: ["mfa"] },
    });
  }
}
