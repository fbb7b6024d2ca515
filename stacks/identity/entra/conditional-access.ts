import { ConditionalAccessPolicy } from "@cdktf/provider-azuread/lib/conditional-access-policy";
import { Construct } from "constructs";
import type { EntraApp } from "../../../config/entra-app";
import { unlessEmpty } from "../../lists";
import { chosen } from "../../terraform-text";

const STATES = { "report-only": "enabledForReportingButNotEnforced", enforced: "enabled" } as const;

export interface ConditionalAccessProps {
  /** Name of the gateway. */
  name: string;
  /** The client ID, from the service principal: Entra accepts no policy for an app that is not in the tenant yet. */
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
    const [excludedUsers, excludedGroups] = [unlessEmpty(exclude.users), unlessEmpty(exclude.groups)];
    new ConditionalAccessPolicy(this, "Resource", {
      displayName: `MFA for ${name}`,
      state: chosen(STATES, mfa),
      conditions: {
        clientAppTypes: ["all"],
        applications: { includedApplications: [clientId] },
        users: {
          includedUsers: ["All"],
          ...(excludedUsers && { excludedUsers }),
          ...(excludedGroups && { excludedGroups }),
        },
      },
      grantControls: { operator: "OR", builtInControls: ["mfa"] },
    });
  }
}
