import { z } from "zod";
import { text } from "../fields";
import { assertion, connection, exactPaths, originPath } from "./server-options";

/**
 * The URL of a Lambda function, with `AuthType` `AWS_IAM`. CloudFront signs the requests:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
 */
export const lambdaUrlOrigin = z.strictObject({
  type: z.literal("lambda-url"),
  domainName: text(
    /^[a-z0-9]{8,64}\.lambda-url\.[a-z]{2}(?:-[a-z]+)+-[0-9]\.on\.aws$/,
    'the host name of the function URL without scheme and path, such as "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws"',
  ),
  /** The function, or the alias that the URL belongs to. */
  functionArn: text(
    /^arn:aws:lambda:[a-z]{2}(?:-[a-z]+)+-[0-9]:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_-]{1,128})?$/,
    'the ARN of the function, such as "arn:aws:lambda:us-east-1:111122223333:function:app"',
  ),
  path: originPath,
  assertion,
  exactPaths,
  ...connection,
});

export type LambdaUrlOrigin = z.output<typeof lambdaUrlOrigin>;

/** @param arn of a function or alias */
export function partsOfFunction(arn: string): {
  region: string;
  account: string;
  /** The function's ARN without the qualifier. */
  name: string;
  qualifier: string | undefined;
} {
  const parts = arn.split(":");
  return { region: parts[3]!, account: parts[4]!, name: parts.slice(0, 7).join(":"), qualifier: parts[7] };
}
