import { Construct } from "constructs";
import { assertsTokens } from "../config/api-checks";
import type { Config } from "../config/schema";
import { SERVICE_TOKEN_KEY } from "../ledger/tables";
import { bearerSettings } from "./api-settings";
import { EdgeFunction } from "./edge-function";
import { allow, keyUse, type Statement } from "./iam";
import { assertionKeysName, bearerFunctionName, revocationsTableName, sessionsTableName } from "./names";
import type { MadeClients } from "./settings";

/** The handler that verifies access tokens, on the origin requests of API behaviors. */
export class BearerHandler extends Construct {
  readonly qualifiedArn: string;

  constructor(scope: Construct, id: string, props: { config: Config; zip: string; made: MadeClients }) {
    super(scope, id);
    const { config, zip, made } = props;
    this.qualifiedArn = new EdgeFunction(this, "Resource", {
      functionName: bearerFunctionName(config),
      description: `Verifies access tokens for ${config.name}`,
      zip,
      settings: bearerSettings(config, made),
      // Only the keys that sign assertions, and only if it signs any.
      ...(assertsTokens(config) && { secretNames: [assertionKeysName(config)] }),
      permissions: serviceTokenPermissions(config),
      config,
    }).qualifiedArn;
  }
}

/** Checks service tokens, and notes when they are used. The handler runs in any region; both tables are in us-east-1. */
export function serviceTokenPermissions(config: Config): Statement[] {
  return [
    allow(
      "ServiceTokens",
      "dynamodb:BatchGetItem",
      `arn:aws:dynamodb:us-east-1:*:table/${revocationsTableName(config)}`,
    ),
    // No item of a session
    // (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
    allow("ServiceTokenUse", "dynamodb:PutItem", `arn:aws:dynamodb:us-east-1:*:table/${sessionsTableName(config)}`, {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${SERVICE_TOKEN_KEY}*`] },
    }),
    ...keyUse(config, ["dynamodb", ...(assertsTokens(config) ? (["secretsmanager"] as const) : [])]),
  ];
}
