import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { ControlPlaneFunction } from "./control-plane-function";
import { accountOf, keyUse, type Statement } from "./iam";
import type { Ledger } from "./ledger";
import { keyRotatorFunctionName } from "./names";
import type { SessionStore } from "./session-store";

/** Handlers sign with an old copy of the keys for up to a day while Secrets Manager is down; one hour more for clocks. */
const RETENTION_MARGIN_SECONDS = 25 * 3600;
/** AWS says "seconds" for a store's changes to reach the edges, and gives no bound. */
const PROPAGATION_SECONDS = 60;
/** Handlers ask for the keys anew after a minute; half a minute more for a slow answer and for clocks. */
const HANDLER_CACHE_SECONDS = 90;

export interface KeyRotatorProps {
  config: Config;
  /** Path of the function's zip. */
  zip: string;
  /** The session-keys secret. */
  secret: SecretsmanagerSecret;
  store: SessionStore;
  ledger: Ledger;
}

/**
 * Makes the session keys, the first ones right after the apply that makes this, and writes their shard records. Secrets
 * Manager calls it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
export class KeyRotator extends Construct {
  constructor(scope: Construct, id: string, { config, zip, secret, store, ledger }: KeyRotatorProps) {
    super(scope, id);
    const { session } = config;
    const rotator = new ControlPlaneFunction(this, "Resource", {
      config,
      functionName: keyRotatorFunctionName(config),
      description: `Rotates the session keys of ${config.name}`,
      zip: new TerraformAsset(this, "zip", { path: zip, type: AssetType.FILE }),
      permissions: permissions({ config, secret, store, ledger }),
      environment: {
        KEY_VALUE_STORE_ARN: store.arn,
        REVOCATIONS_TABLE: ledger.revocations.name,
        SHARD_COUNT: String(session.shardCount),
        KEY_RETENTION_SECONDS: String(session.absolute + RETENTION_MARGIN_SECONDS),
        PROPAGATION_SECONDS: String(PROPAGATION_SECONDS),
        TOKEN_SECONDS: String(session.token),
        HANDLER_CACHE_SECONDS: String(HANDLER_CACHE_SECONDS),
      },
      // Filling 4,096 shards takes a minute or two, and as long again where the store's ETag is contended.
      timeout: 900,
      // Two rotations at once would each sweep what the other writes.
      concurrency: 1,
    });
    const invocation = rotator.allowInvocation("invocation", {
      statementId: "SecretsManager",
      principal: "secretsmanager.amazonaws.com",
      // Other accounts' secrets must not rotate through this function
      // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
      sourceAccount: accountOf(secret.arn),
    });
    new SecretsmanagerSecretRotation(this, "schedule", {
      secretId: secret.id,
      rotationLambdaArn: rotator.arn,
      // Also what makes the first key: the secret has no version before.
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays: session.keyRotationDays },
      dependsOn: [invocation],
    });
  }
}

function permissions({ config, secret, store, ledger }: Omit<KeyRotatorProps, "zip">): Statement[] {
  return [
    {
      Sid: "SessionKeys",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
      Resource: secret.arn,
    },
    {
      Sid: "ShardRecords",
      Effect: "Allow",
      Action: ["cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:ListKeys", "cloudfront-keyvaluestore:UpdateKeys"],
      Resource: store.arn,
    },
    { Sid: "Revocations", Effect: "Allow", Action: "dynamodb:Scan", Resource: ledger.revocations.arn },
    ...keyUse(config, ["dynamodb", "secretsmanager"]),
  ];
}
