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
 * A group for each role of the policy, with the role's name: `cognito:groups` of a token then are the roles. The
 * config has no role names here that are no valid group names (config/identity-provider-checks.ts).
 *
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
 */
export class Groups extends Construct {
  constructor(scope: Construct, id: string, { roles, userPool }: GroupsProps) {
    super(scope, id);
    if (roles.length === 0) return;
    // Addressed by name, role["admin"]: a role more is a group more, and the others stay as they are.
    const names = TerraformIterator.fromList([...roles]);
    new CognitoUserGroup(this, "Resource", { forEach: names, userPoolId: userPool.id, name: names.value });
  }
}
