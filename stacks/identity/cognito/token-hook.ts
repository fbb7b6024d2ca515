import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { partOfArn } from "../../terraform-text";
import type { UserPool } from "./user-pool";

export interface TokenHookProps {
  name: string;
  /** ARN of a function, or of its version or alias. */
  functionArn: string;
  userPool: UserPool;
}

/** Lets the pool, and no other, call the function that may change its tokens. */
export class TokenHook extends Construct {
  constructor(scope: Construct, id: string, { name, functionArn, userPool }: TokenHookProps) {
    super(scope, id);
    const qualifier = partOfArn(functionArn, 7);
    new LambdaPermission(this, "Resource", {
      // Other pools may call the same function.
      statementId: `edgegate-${name}`,
      action: "lambda:InvokeFunction",
      functionName: partOfArn(functionArn, 6)!,
      ...(qualifier !== undefined && { qualifier }),
      principal: "cognito-idp.amazonaws.com",
      sourceArn: userPool.arn,
    });
  }
}
