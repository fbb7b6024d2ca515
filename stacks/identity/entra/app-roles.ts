import { ApplicationAppRoleA } from "@cdktf/provider-azuread/lib/application-app-role";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import { SIGNED_IN_ROLE } from "../../../config/entra-app";
import { keyed } from "./keyed";
import { stableId } from "./stable-id";

export interface AppRolesProps {
  /** Name of the gateway. */
  name: string;
  applicationId: string;
  roles: readonly string[];
}

/**
 * One app role for each role: `azuread_application_app_role.role["admin"]`. A token lists the values of those that its
 * user has, in `roles`.
 *
 * https://learn.microsoft.com/entra/identity-platform/howto-add-app-roles-in-apps
 */
export class AppRoles extends Construct {
  readonly #roles: ApplicationAppRoleA;

  constructor(scope: Construct, id: string, { name, applicationId, roles }: AppRolesProps) {
    super(scope, id);
    const each = TerraformIterator.fromMap(
      keyed(roles, (role) => [
        role,
        {
          id: stableId(name, "role", role),
          description: role === SIGNED_IN_ROLE ? `May sign in to ${name}` : `Has the role "${role}" in ${name}`,
        },
      ]),
    );
    this.#roles = new ApplicationAppRoleA(this, "Resource", {
      forEach: each,
      applicationId,
      roleId: each.getString("id"),
      value: each.key,
      displayName: each.key,
      description: each.getString("description"),
      allowedMemberTypes: ["User"],
    });
  }

  /**
   * The ID as a reference, so that resources that use it wait for the role.
   *
   * @param role a Terraform expression
   */
  idOf(role: string): string {
    return `\${${this.#roles.terraformResourceType}.${this.#roles.friendlyUniqueId}[${role}].role_id}`;
  }
}
