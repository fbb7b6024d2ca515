import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { AssetType, Fn, TerraformAsset, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { ConfigError } from "../config/error";
import { settingsParameterName } from "../session/settings";
import type { Config } from "../config/schema";
import { allow, policyDocument, roleOf, trust, type Statement } from "./iam";
import { logStorage } from "./log-storage";
import { edgeLogGroupName } from "./names";
import { atMostBytes, jsonencodedBytes, literal, thousands } from "./terraform-text";

/**
 * Advanced tier, which AWS chooses for values of more than 4,096 bytes:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
const MAX_SETTINGS_BYTES = 8_192;
const SMALLER =
  'Write fewer "identityProviders", "eventTransmitters", "alternateDomains" or "identityHeaders", fewer roles in "policy" or texts in "theme", or a smaller "theme.logo".';

export interface EdgeFunctionProps {
  functionName: string;
  description: string;
  /** Path of the handler's zip. */
  zip: string;
  /**
   * The settings that the handler reads at run time, because Lambda@Edge has no environment variables; absent for none.
   */
  settings?: object;
  /** Names of the Secrets Manager secrets that the handler reads; absent for none. */
  secretNames?: readonly string[];
  /** Permissions besides reading these and writing its log. */
  permissions: readonly Statement[];
  config: Config;
}

/**
 * A Lambda@Edge function: a numbered version in us-east-1 with its role, settings and log group.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
 */
export class EdgeFunction extends Construct {
  /** The ARN of the published version, the only form that CloudFront accepts. */
  readonly qualifiedArn: string;

  constructor(scope: Construct, id: string, props: EdgeFunctionProps) {
    super(scope, id);
    const { config, functionName } = props;
    if (props.settings) this.#parameter(functionName, props.settings);

    const role = new IamRole(this, "role", {
      ...roleOf(config, functionName),
      description: `Runs ${functionName} at CloudFront's edge`,
      assumeRolePolicy: trust(["edgelambda.amazonaws.com", "lambda.amazonaws.com"]),
    });
    const permissions = new IamRolePolicy(this, "permissions", {
      name: "edge",
      role: role.name,
      policy: policyDocument([
        ...(props.settings ? [readSettings(functionName)] : []),
        ...(props.secretNames ? [readSecrets(props.secretNames)] : []),
        writeLog(functionName),
        ...props.permissions,
      ]),
    });
    // Replicas create groups in their own regions with their first log line. This group exists from the start, with its
    // retention.
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: edgeLogGroupName(functionName),
      ...logStorage(config),
    });

    const zip = new TerraformAsset(this, "zip", { path: props.zip, type: AssetType.FILE });
    this.qualifiedArn = new LambdaFunction(this, "Resource", {
      functionName,
      description: props.description,
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      filename: zip.path,
      sourceCodeHash: Fn.filebase64sha256(zip.path),
      memorySize: 128,
      timeout: 5,
      publish: true,
      // A version can be deleted hours after the last distribution stopped using it, once its replicas are gone
      // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html).
      // `skip_destroy` would leave the function behind, which blocks the next deployment under this name.
      timeouts: { delete: "3h" },
      dependsOn: [permissions, logGroup],
    }).qualifiedArn;
  }

  #parameter(functionName: string, value: object): void {
    refuseLargeSettings(functionName, value);
    const local = new TerraformLocal(this, "settings", literal(value));
    const text = `jsonencode(local.${local.friendlyUniqueId})`;
    new SsmParameter(this, "settings_parameter", {
      name: settingsParameterName(functionName),
      description: `Settings of ${functionName}; no secrets`,
      type: "String",
      // Only large settings become an advanced parameter, which costs $0.05 a month. The provider follows in both
      // directions: https://github.com/hashicorp/terraform-provider-aws/pull/25174
      tier: "Intelligent-Tiering",
      // Not secret, so a plan shows what changes; `value` would be hidden.
      insecureValue: `\${${text}}`,
      lifecycle: {
        precondition: [
          {
            condition: atMostBytes(text, MAX_SETTINGS_BYTES),
            errorMessage: `The settings of ${functionName} are larger than the ${MAX_SETTINGS_BYTES} bytes of an SSM parameter. ${SMALLER}`,
          },
        ],
      },
    });
  }
}

/** Terraform checks the same at plan time, when it knows all values. */
function refuseLargeSettings(functionName: string, settings: object): void {
  const total = jsonencodedBytes(settings);
  if (total <= MAX_SETTINGS_BYTES) return;
  const [[member, largest]] = Object.entries(settings)
    .map(([name, value]): [string, number] => [name, jsonencodedBytes(value)])
    .sort(([, a], [, b]) => b - a) as [[string, number]];
  const message = `the settings of ${functionName} have ${thousands(total)} bytes, ${thousands(largest)} of them ${member}; an SSM parameter holds ${thousands(MAX_SETTINGS_BYTES)}. ${SMALLER}`;
  throw new ConfigError("config", [{ path: member, message }]);
}

/**
 * Exactly one parameter, exactly these secrets, one log group. Names instead of references to the resources keep the
 * document readable in the plan that creates them. A role cannot reach another account unless that account allows it.
 */
function readSettings(functionName: string): Statement {
  return allow(
    "Settings",
    "ssm:GetParameter",
    `arn:aws:ssm:us-east-1:*:parameter${settingsParameterName(functionName)}`,
  );
}

function readSecrets(names: readonly string[]): Statement {
  // Six random characters end a secret's ARN
  // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_secret).
  const arns = names.map((name) => `arn:aws:secretsmanager:us-east-1:*:secret:${name}-??????`);
  return allow("Secrets", "secretsmanager:GetSecretValue", arns);
}

function writeLog(functionName: string): Statement {
  // In every region that runs a replica.
  const arn = `arn:aws:logs:*:*:log-group:${edgeLogGroupName(functionName)}:*`;
  return allow("Logs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], arn);
}
