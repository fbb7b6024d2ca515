import { SqsQueue, type SqsQueueConfig } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { encryptedTransportOnly, policyDocument, type Statement } from "./iam";

/** Seconds; the longest time for which SQS keeps a message. */
export const LONGEST_RETENTION = 14 * 86_400;

/** An encrypted queue that only this account uses, over TLS. */
export class Queue extends Construct {
  readonly arn: string;
  readonly url: string;
  /** For resources that must not send before the policy exists. */
  readonly policy: SqsQueuePolicy;

  /**
   * @param config has the key that encrypts. If it has none, SQS's own key does, which AWS services can use without
   *   permission in a key policy
   *   (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html)
   * @param allowed statements for senders besides the account's own roles
   */
  constructor(
    scope: Construct,
    id: string,
    config: Pick<Config, "kmsKeyArn">,
    queue: SqsQueueConfig,
    allowed: (arn: string) => Statement[] = () => [],
  ) {
    super(scope, id);
    const { kmsKeyArn } = config;
    const { arn, url } = new SqsQueue(this, "Resource", {
      ...queue,
      ...(kmsKeyArn === undefined
        ? { sqsManagedSseEnabled: true }
        : { kmsMasterKeyId: kmsKeyArn, kmsDataKeyReusePeriodSeconds: 300 }),
    });
    this.policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: url,
      policy: policyDocument([...allowed(arn), encryptedTransportOnly("sqs:*", arn)]),
    });
    this.arn = arn;
    this.url = url;
  }
}
