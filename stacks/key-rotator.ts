import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { keyRotatorFunctionName } from "./names";
import type { SessionStore } from "./session-store";

/** Handlers sign with an old copy of the keys for up to a day while Secrets Manager is down; one hour more for clocks. */
const RETENTION_MARGIN_SECONDS = 25 * 3600;
/** AWS says "seconds" for a store's changes to reach the edges, and gives no bound. */
const PROPAGATION_SECONDS = 60;

export interface KeyRotatorProps {
  config: Config;
  /** Path of the function's zip. */
  zip: string;
  /** The session-keys secret. */
  secret: SecretsmanagerSecret;
  store: SessionStore;
}

/**
 * Makes the session keys, the first ones right after the apply that makes this, and writes their shard records. Secrets
 * Manager calls it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
export class KeyRotator extends Construct {
  constructor(scope: Construct, id: string, { config, zip, secret, store }: KeyRotatorProps) {
    super(scope, id);
    const functionName = keyRotatorFunctionName(config);
    const logGroup = new CloudwatchLogGroup(this, "logs", { name: `/aws/lambda/${functionName}`, retentionInDays: config.logRetentionDays });
    const role = new IamRole(this, "role", {
      name: functionName,
      description: `Runs ${functionName}`,
      assumeRolePolicy: JSON.stringify(policyDocument([{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }])),
    });
    const permissions = new IamRolePolicy(this, "permissions", {
      name: "rotation",
      role: role.name,
      policy: JSON.stringify(policyDocument(permissionStatements(secret.arn, store.arn, logGroup.arn))),
    });

    const asset = new TerraformAsset(this, "zip", { path: zip, type: AssetType.FILE });
    const rotator = new LambdaFunction(this, "Resource", {
      functionName,
      description: `Rotates the session keys of ${config.name}`,
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      filename: asset.path,
      sourceCodeHash: Fn.filebase64sha256(asset.path),
      memorySize: 256,
      // Filling 4,096 shards takes a minute or two, and as long again where the store's ETag is contended.
      timeout: 900,
      // Two rotations at once would each sweep what the other writes.
      reservedConcurrentExecutions: 1,
      environment: {
        variables: {
          KEY_VALUE_STORE_ARN: store.arn,
          SHARD_COUNT: String(config.session.shardCount),
          KEY_RETENTION_SECONDS: String(config.session.absolute + RETENTION_MARGIN_SECONDS),
          PROPAGATION_SECONDS: String(PROPAGATION_SECONDS),
        },
      },
      dependsOn: [permissions, logGroup],
    });
    const invocation = new LambdaPermission(this, "invocation", {
      statementId: "SecretsManager",
      action: "lambda:InvokeFunction",
      functionName: rotator.functionName,
      principal: "secretsmanager.amazonaws.com",
      // The account in the secret's ARN: other accounts' secrets must not rotate through this function
      // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
      sourceAccount: Fn.element(Fn.split(":", secret.arn), 4),
    });
    new SecretsmanagerSecretRotation(this, "schedule", {
      secretId: secret.id,
      rotationLambdaArn: rotator.arn,
      // Also what makes the first key: the secret has no version before.
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays: config.session.keyRotationDays },
      dependsOn: [invocation],
    });
  }
}

function permissionStatements(secretArn: string, storeArn: string, logGroupArn: string): object[] {
  return [
    {
      Sid: "SessionKeys",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
      Resource: secretArn,
    },
    {
      Sid: "ShardRecords",
      Effect: "Allow",
      Action: ["cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:ListKeys", "cloudfront-keyvaluestore:UpdateKeys"],
      Resource: storeArn,
    },
    { Sid: "Logs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${logGroupArn}:*` },
  ];
}

function policyDocument(statements: object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}
