import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { literal } from "../../terraform-text";
import type { UserPool } from "./user-pool";

export interface ResourceServerProps {
  resourceServer: NonNullable<CognitoPool["resourceServer"]>;
  userPool: UserPool;
}

/** An API whose scopes programs can get (RFC 6749 section 4.4). */
export class ResourceServer extends Construct {
  readonly dependable: ITerraformDependable;

  constructor(scope: Construct, id: string, { resourceServer, userPool }: ResourceServerProps) {
    super(scope, id);
    const { identifier, scopes } = resourceServer;
    this.dependable = new CognitoResourceServer(this, "Resource", {
      userPoolId: userPool.id,
      identifier,
      name: identifier,
      scope: Object.entries(scopes).map(([scopeName, description]) => ({
        scopeName,
        scopeDescription: literal(description),
      })),
    });
  }
}
