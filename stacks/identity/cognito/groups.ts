import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import type { UserPool } from "./user-pool";

export interface GroupsProps {
  /** The roles that the policy names. */
  roles: readonly string[];
  userPool: UserPool;
}

/**
 * A group for each role of the policy, with the role's name, so that `cognito:groups` in a token lists the roles. The
 * config has checked that each role name is a valid group name (config/identity-provider-checks.ts).
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
 */
export class Groups extends Construct {
  constructor(scope: Construct, id: string, { roles, userPool }: GroupsProps) {
    super(scope, id);
    if (roles.length === 0) return;
    // Addressed by name, role["admin"], so that a new role adds one group and changes no other.
    const names = TerraformIterator.fromList([...roles]);
    new CognitoUserGroup(this, "Resource", { forEach: names, userPoolId: userPool.id, name: names.value });
  }
}
