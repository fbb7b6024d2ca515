import { AppRoleAssignment } from "@cdktf/provider-azuread/lib/app-role-assignment";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import { SIGNED_IN_ROLE, type EntraApp } from "../../../config/entra-app";
import type { AppRoles } from "./app-roles";
import { keyed } from "./keyed";

export interface RoleAssignmentsProps {
  app: EntraApp;
  appRoles: AppRoles;
  /** Object ID of the service principal. */
  resourceObjectId: string;
}

/**
 * Who has which role: `azuread_app_role_assignment.assignment["admin: group 8d1f6b1e-…"]`. Manual assignments are not
 * changed.
 *
 * https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal
 */
export class RoleAssignments extends Construct {
  constructor(scope: Construct, id: string, { app, appRoles, resourceObjectId }: RoleAssignmentsProps) {
    super(scope, id);
    const byRole = { ...app.assignments, ...(app.signedIn && { [SIGNED_IN_ROLE]: app.signedIn }) };
    const assignments = Object.entries(byRole).flatMap(([role, { groups, users }]) => [
      ...groups.map((principal) => ({ role, kind: "group", principal })),
      ...users.map((principal) => ({ role, kind: "user", principal })),
    ]);
    const each = TerraformIterator.fromMap(
      keyed(assignments, ({ role, kind, principal }) => [`${role}: ${kind} ${principal}`, { role, principal }]),
    );
    new AppRoleAssignment(this, "Resource", {
      forEach: each,
      appRoleId: appRoles.idOf("each.value.role"),
      principalObjectId: each.getString("principal"),
      resourceObjectId,
    });
  }
}
