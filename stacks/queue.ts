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

  /** @param allowed whom the queue lets in beside the account's own roles */
  constructor(scope: Construct, id: string, { kmsKeyArn }: Config, queue: SqsQueueConfig, allowed: (arn: string) => Statement[] = () => []) {
    super(scope, id);
    const { arn, url } = new SqsQueue(this, "Resource", {
      ...queue,
      ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn, kmsDataKeyReusePeriodSeconds: 300 }),
    });
    new SqsQueuePolicy(this, "policy", { queueUrl: url, policy: policyDocument([...allowed(arn), encryptedTransportOnly("sqs:*", arn)]) });
    this.arn = arn;
    this.url = url;
  }
}
