import { SqsQueue, type SqsQueueConfig } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { encryptedTransportOnly, policyDocument, type Statement } from "./iam";

/** Seconds; the most that SQS keeps a message for. */
export const LONGEST_RETENTION = 14 * 86_400;

/** An encrypted queue that only this account uses, over TLS. */
export class Queue extends Construct {
  readonly arn: string;
  readonly url: string;
  /** For those who may not send before it is there. */
  readonly policy: SqsQueuePolicy;

  /**
   * @param config whose key encrypts; SQS's own does where it names none, which AWS's services can use without a word
   *   in a key's policy
   *   (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html)
   * @param allowed whom the queue lets in beside the account's own roles
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
