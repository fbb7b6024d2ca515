/** A user pool as a module: stacks/identity/cognito/ with variables instead of values. */
import { ref, Token } from "cdktf";
import { cognitoPoolSchema, type CognitoPool } from "../../config/cognito-pool";
import type { Config } from "../../config/schema";
import { storedSecret } from "../../stacks/client-authentication";
import { CognitoStack } from "../../stacks/identity/cognito/cognito-stack";
import { clientSecretName } from "../../stacks/names";
import { snakeCase } from "../template";
import { COGNITO_OPTIONS } from "./cognito-options";
import {
  gatewayPart,
  gatewayProps,
  moduleJson,
  referenceToRoles,
  rolesVariable,
  runStack,
  storeSecret,
  templateOfPart,
  withResource,
  type ComputedVariable,
  type IdentityModule,
} from "./identity-module";
import type { ManagedClient } from "./managed-clients";
import { messageOf, sentence } from "../variables";

const TOPICS = {
  "api.tf": ["resource_server", "machine_clients"],
  "client.tf": ["client", "branding"],
  "domain.tf": ["domain"],
  "federation.tf": ["federation"],
  "pool.tf": ["pool", "role", "here", "tokens"],
  "token-hook.tf": ["pre_token_hook"],
};

const HERE = "data.aws_region.here.id";

export function cognitoModule(config: Config, client: ManagedClient): IdentityModule {
  const { id } = client;
  const { pool } = config.identityProviders[id]!;
  const part = { ...gatewayPart(config), pool: pool! };
  const { template, replaced } = templateOfPart(part, COGNITO_OPTIONS, placeOf);
  const hasClientSecret = storedSecret(config, id) === "client secret";
  const stack = runStack(
    (app) =>
      new CognitoStack(app, client.name, {
        ...gatewayProps(template, config),
        provider: id,
        roles: referenceToRoles(),
        // The region is the caller's.
        pool: { ...template.pool, region: Token.asString(ref(HERE)) },
        hasClientSecret,
        accentColor: config.theme.accentColor,
      }),
  );
  const computed = { roles: rolesVariable(config), deletion_protection: deletionProtection(pool!) };
  const json = moduleJson({ ...stack, data: { aws_region: { here: {} } } }, replaced, computed);
  const named = withHookRegion(json, pool!);
  const protectedPool = withResource(named, "aws_cognito_user_pool", "pool", (body) => ({
    ...body,
    deletion_protection: '${var.deletion_protection ? "ACTIVE" : "INACTIVE"}',
  }));
  const secretName = clientSecretName({ ...config, name: "${var.name}" }, id);
  return {
    client,
    json: {
      ...protectedPool,
      output: {
        ...protectedPool.output,
        issuer: {
          description: "The gateway's `identity_providers." + id + ".issuer`",
          value: stackOutput(json, "issuer"),
        },
        client_id: {
          description: "The gateway's `identity_providers." + id + ".client_id`",
          value: stackOutput(json, "client_id"),
        },
        user_pool_id: { description: "The pool, for commands", value: stackOutput(json, "user_pool_id") },
        ...(hasClientSecret && {
          client_secret_name: { description: "Where the gateway reads the client secret", value: secretName },
          client_secret_command: {
            description: "Stores the client secret for the gateway; it is never on the screen or in a file",
            value: `aws cognito-idp describe-user-pool-client --region \${${HERE}} --user-pool-id \${aws_cognito_user_pool.pool.id} --client-id ${stackOutput(json, "client_id")} --query UserPoolClient.ClientSecret --output text | ${storeSecret(secretName)}`,
          },
        }),
      },
    },
    replaced,
    computed,
    topics: TOPICS,
    region: pool!.region,
    about: `A Cognito user pool for the gateway: its sign-in pages, a group for each role of the policy, and the gateway's client${hasClientSecret ? " with a secret that stays in Cognito" : ""}.
The pool is in the region of the provider that the module gets.`,
  };
}

function stackOutput({ output }: IdentityModule["json"], name: string): string {
  return (output[name] as { value: string }).value;
}

/** IDs of federated providers are kept, and names of options become Terraform's. */
function placeOf(keys: readonly string[]): string[] | undefined {
  const [first, second, ...rest] = keys as [string, ...string[]];
  if (first !== "pool") return undefined;
  if (second === "domain") return ["login_domain", ...rest.map(snakeCase)];
  if (second === "federation") return ["federation", rest[0]!, ...rest.slice(1).map(snakeCase)];
  return [second!, ...rest].map(snakeCase);
}

/** It is `false` only in the apply before the pool is destroyed, which must not need a new export. */
function deletionProtection({ deletionProtection: value }: CognitoPool): ComputedVariable {
  return {
    variable: {
      type: "bool",
      description: "Refuses to destroy the pool with its users. Write false, and apply, before it is destroyed.",
      default: value,
      nullable: false,
    },
    type: "true or false",
    initial: String(value),
    value,
  };
}

/** The same check as in the schema, for the provider's region. */
function withHookRegion(json: IdentityModule["json"], pool: CognitoPool): IdentityModule["json"] {
  const variable = json.variable["pre_token_hook_arn"] as { validation?: object[] } | undefined;
  if (!variable) return json;
  const arn = pool.preTokenHookArn!;
  const elsewhere = arn.replace(`:${pool.region}:`, ":xx-nowhere-1:");
  const message = messageOf(cognitoPoolSchema, {
    domain: pool.domain,
    region: pool.region,
    preTokenHookArn: elsewhere,
  });
  const validation = [
    ...(variable.validation ?? []),
    {
      condition: `\${try(split(":", var.pre_token_hook_arn)[3], "") == ${HERE}}`,
      error_message: `pre_token_hook_arn: ${sentence(message).replaceAll(pool.region, `\${${HERE}}`)}`,
    },
  ];
  return { ...json, variable: { ...json.variable, pre_token_hook_arn: { ...variable, validation } } };
}
