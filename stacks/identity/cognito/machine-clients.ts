import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { minutes } from "../../terraform-text";
import { CloudFormation, type CloudFormationResource } from "./cloudformation";
import type { UserPool } from "./user-pool";

export interface MachineClientsProps {
  name: string;
  pool: CognitoPool;
  userPool: UserPool;
  resourceServer: ITerraformDependable;
}

/** Programs that get tokens for themselves. They need a secret, which stays in Cognito: see {@link CloudFormation}. */
export class MachineClients extends Construct {
  /** By name: the client ID. */
  readonly clientIds: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { name, pool, userPool, resourceServer }: MachineClientsProps) {
    super(scope, id);
    const names = Object.keys(pool.machineClients);
    const stack = new CloudFormation(this, "Resource", {
      name: `${name}-machine-clients`,
      parameters: { UserPoolId: userPool.id },
      refs: names.map(logicalId),
      resources: Object.fromEntries(
        names.map((client) => [logicalId(client), machineClient(`${name}-${client}`, pool, client)]),
      ),
      dependsOn: [resourceServer],
    });
    this.clientIds = Object.fromEntries(names.map((client) => [client, stack.ref(logicalId(client))]));
  }
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html */
function machineClient(name: string, pool: CognitoPool, client: string): CloudFormationResource {
  const { scopes } = pool.machineClients[client]!;
  return {
    Type: "AWS::Cognito::UserPoolClient",
    Properties: {
      UserPoolId: { Ref: "UserPoolId" },
      ClientName: name,
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: scopes.map((scope) => `${pool.resourceServer!.identifier}/${scope}`),
      // Nobody signs in with this client, but an empty list would mean Cognito's defaults.
      ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      PreventUserExistenceErrors: "ENABLED",
      EnableTokenRevocation: true,
      AccessTokenValidity: minutes(pool.tokens.validity),
      TokenValidityUnits: { AccessToken: "minutes" },
    },
  };
}

/** Logical IDs have letters and digits only. Names have no upper case, so no two become one. */
function logicalId(client: string): string {
  return client.replaceAll("-", "X");
}
