import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { ControlPlaneFunction } from "./control-plane-function";
import type { Statement } from "./iam";
import { deadRevocationQueueName, revocationQueueName, signOutQueueName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/**
 * Deliveries before a message goes to the dead-letter queue. Invalid messages go there immediately; this limit is for
 * AWS failures that last half an hour.
 */
const MAX_RECEIVES = 5;

/**
 * How messages are batched. Batches of more than 10 need a window of at least a second
 * (https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html); a standard queue allows up to
 * 10,000 (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html), and Lambda ends a batch at 6 MB
 * by itself
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching).
 * From a queue with little traffic AWS may take up to 20 s, however short the window
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
 */
interface Batching {
  batchSize: number;
  /** Seconds. */
  window: number;
  /**
   * Batches that are processed at a time, at least 2
   * (https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html); all contend for the store's one ETag.
   */
  concurrency: number;
}

/**
 * One second is the minimum for batches of this size, so a flood of revocations costs one write of the store per batch.
 * With fewer than five batches at a time, others would wait for more than 5 s during a flood in one shard.
 */
export const IMMEDIATE: Batching = { batchSize: 500, window: 1, concurrency: 5 };
/**
 * A sign-out takes effect on the browser's cookie and in the ledger immediately: only a copy of the token waits for
 * this.
 */
const BATCHED: Batching = { batchSize: 1000, window: 90, concurrency: 2 };
/**
 * At least the batches of both queues, otherwise Lambda throttles messages that it has received
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency); plus one spare.
 */
export const CONSUMER_CONCURRENCY = IMMEDIATE.concurrency + BATCHED.concurrency + 1;

export interface RevocationQueuesProps {
  config: Config;
  /** Seconds that one batch may take. */
  consumerTimeout: number;
  /** Statements for senders of immediate revocations, besides the account's own roles. */
  senders: (queueArn: string) => Statement[];
}

/** The standard queues of revocations, which one function reads, and their dead-letter queue. */
export class RevocationQueues extends Construct {
  readonly revocations: Queue;
  readonly signOuts: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { config, consumerTimeout, senders }: RevocationQueuesProps) {
    super(scope, id);
    // A standard queue's messages keep their age when they move here, so both sides have the longest retention
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html).
    this.dead = new Queue(this, "dead", config, {
      name: deadRevocationQueueName(config),
      messageRetentionSeconds: LONGEST_RETENTION,
    });
    const settings = ({ window }: Batching) => ({
      visibilityTimeoutSeconds: visibilityTimeout(consumerTimeout, window),
      messageRetentionSeconds: LONGEST_RETENTION,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.dead.arn, maxReceiveCount: MAX_RECEIVES }),
    });
    this.revocations = new Queue(
      this,
      "revocations",
      config,
      { name: revocationQueueName(config), ...settings(IMMEDIATE) },
      senders,
    );
    this.signOuts = new Queue(this, "sign_outs", config, { name: signOutQueueName(config), ...settings(BATCHED) });
    new SqsQueueRedriveAllowPolicy(this, "redrive_allow", {
      queueUrl: this.dead.url,
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [this.revocations.arn, this.signOuts.arn],
      }),
    });
  }

  deliverTo(consumer: ControlPlaneFunction): void {
    const deliver = (id: string, queue: Queue, { batchSize, window, concurrency }: Batching) =>
      new LambdaEventSourceMapping(this, id, {
        eventSourceArn: queue.arn,
        functionName: consumer.arn,
        batchSize,
        maximumBatchingWindowInSeconds: window,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrency },
      });
    deliver("revocations_delivery", this.revocations, IMMEDIATE);
    deliver("sign_outs_delivery", this.signOuts, BATCHED);
  }
}

/**
 * Seconds for which a message is hidden while the function works on it; also the wait before a failed one is delivered
 * again. AWS recommends six times the function's timeout
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html) and the window is added because a message
 * is hidden as soon as it joins an incomplete batch.
 */
function visibilityTimeout(consumerTimeout: number, window: number): number {
  return 6 * consumerTimeout + window;
}
