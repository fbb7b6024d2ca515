import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Fn, type TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { allow, policyDocument, roleOf, trust, type Statement } from "./iam";
import { logStorage } from "./log-storage";
import { logGroupName } from "./names";

export interface ControlPlaneFunctionProps {
  config: Config;
  functionName: string;
  description: string;
  zip: TerraformAsset;
  /** Permissions besides writing its log. */
  permissions: readonly Statement[];
  environment: Record<string, string>;
  /** Seconds. */
  timeout: number;
  /** Reserved concurrency, which is also the maximum. Not set if the config reserves none. */
  concurrency: number;
}

/** A Lambda function in us-east-1 that writes sessions, keys or revocations, with its own role and log group. */
export class ControlPlaneFunction extends Construct {
  readonly functionName: string;
  readonly arn: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: ControlPlaneFunctionProps) {
    super(scope, id);
    const { config, functionName } = props;
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: logGroupName(functionName),
      ...logStorage(config),
    });
    const role = new IamRole(this, "role", {
      ...roleOf(config, functionName),
      description: `Runs ${functionName}`,
      assumeRolePolicy: trust("lambda.amazonaws.com"),
    });
    const logs = allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], `${logGroup.arn}:*`);
    const permissions = new IamRolePolicy(this, "permissions", {
      name: "control-plane",
      role: role.name,
      policy: policyDocument([...props.permissions, logs]),
    });
    const lambda = new LambdaFunction(this, "Resource", {
      functionName,
      description: props.description,
      role: role.arn,
      runtime: "nodejs22.x",
      handler: "index.handler",
      filename: props.zip.path,
      sourceCodeHash: Fn.filebase64sha256(props.zip.path),
      memorySize: 256,
      timeout: props.timeout,
      ...(config.reserveConcurrency && { reservedConcurrentExecutions: props.concurrency }),
      environment: { variables: props.environment },
      dependsOn: [permissions, logGroup],
    });
    this.functionName = lambda.functionName;
    this.arn = lambda.arn;
    this.logGroupName = logGroup.name;
  }

  /** Lets one service call the function, for one resource or account. */
  allowInvocation(
    id: string,
    by: { statementId: string; principal: string } & ({ sourceArn: string } | { sourceAccount: string }),
  ): LambdaPermission {
    return new LambdaPermission(this, id, { ...by, action: "lambda:InvokeFunction", functionName: this.functionName });
  }
}
