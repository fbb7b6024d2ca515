/** The local edge's values of attributes that AWS computes: ARNs and URLs in the functions' environment. */
import { secretArn } from "./aws/secrets-manager";

const ACCOUNT = "111122223333";

export const STORE_ARN = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/0a1b2c3d-0000-1111-2222-333344445555`;

const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${name}`;

/** By Terraform type and attribute, from the resource's name. */
const COMPUTED: Record<string, Record<string, (name: string) => string>> = {
  aws_cloudfront_key_value_store: { arn: () => STORE_ARN },
  aws_dynamodb_table: { id: (name) => name },
  aws_secretsmanager_secret: { arn: secretArn, id: secretArn },
  aws_sqs_queue: { url: queueUrl, id: queueUrl },
};

/** @param name returns the name of the resource; called only if the attribute is known */
export function computedAttribute(type: string, attribute: string, name: () => string): string | undefined {
  return COMPUTED[type]?.[attribute]?.(name());
}
