import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { Construct } from "constructs";
import { partsOfFunction } from "../../config/origins/lambda-url";
import type { Config } from "../../config/schema";
import { REGION } from "../provider-check";
import { digest } from "./ids";

/**
 * The permissions to call a function through its URL. URLs made since October 2025 need both:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
const ACTIONS = { url: "lambda:InvokeFunctionUrl", function: "lambda:InvokeFunction" } as const;
type Action = keyof typeof ACTIONS;
const NAMES = Object.keys(ACTIONS) as Action[];

/** True if the stack's provider can add the permissions: it has one region and one account. */
export function isWithinReach(functionArn: string, { accountId }: Config): boolean {
  const { region, account } = partsOfFunction(functionArn);
  return region === REGION && (accountId === undefined || accountId === account);
}

/** Lets the distribution call such a function. */
export function allowCalls(scope: Construct, functionArn: string, config: Config, distributionArn: string): void {
  const { name, qualifier } = partsOfFunction(functionArn);
  for (const action of NAMES) {
    new LambdaPermission(scope, `call_${action}_${digest(functionArn)}`, {
      statementId: statementId(config, action),
      action: ACTIONS[action],
      functionName: name,
      ...(qualifier !== undefined && { qualifier }),
      principal: "cloudfront.amazonaws.com",
      sourceArn: distributionArn,
    });
  }
}

/** The commands that do the same for any other function. */
export function permissionCommands(functionArn: string, config: Config, distributionArn: string): string {
  const { region, name, qualifier } = partsOfFunction(functionArn);
  return NAMES.map((action) =>
    [
      "aws lambda add-permission",
      `--region ${region}`,
      `--function-name ${name}`,
      ...(qualifier === undefined ? [] : [`--qualifier ${qualifier}`]),
      `--statement-id ${statementId(config, action)}`,
      `--action ${ACTIONS[action]}`,
      "--principal cloudfront.amazonaws.com",
      `--source-arn ${distributionArn}`,
    ].join(" "),
  ).join("\n");
}

function statementId({ name }: Config, action: Action): string {
  return `edgegate-${name}-${action}`;
}
