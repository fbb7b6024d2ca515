import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { ControlPlaneFunction } from "./control-plane-function";
import type { Statement } from "./iam";
import { deadRevocationQueueName, revocationQueueName, signOutQueueName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/**
 * How often a message comes before it is given up. What can never be carried out leaves at once; this is for what AWS
 * does not let be done for half an hour.
 */
const MAX_RECEIVES = 5;

/**
 * How messages are gathered. More than 10 a batch need a window of at least a second
 * (https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html); a standard queue gives up to
 * 10,000 (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html), and Lambda ends a batch at 6 MB
 * by itself
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching).
 * From a queue with little traffic AWS may take up to 20 s, however short the window
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
 */
interface Gathering {
  batchSize: number;
  /** Seconds. */
  window: number;
  /**
   * Batches that are worked on at a time, from 2 on
   * (https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html); all contend for the store's one ETag.
   */
  concurrency: number;
}

/**
 * A second is the least for batches of this size: a flood of revocations costs one write of the store a batch. With
 * fewer than five, others would wait for more than 5 s while the flood of one shard is carried out.
 */
export const AT_ONCE: Gathering = { batchSize: 500, window: 1, concurrency: 5 };
/** Who signs out loses the cookie at once, and the ledger knows: only a copy of the token waits for this. */
const GATHERED: Gathering = { batchSize: 1000, window: 90, concurrency: 2 };
/**
 * Not less than both queues' batches together, else Lambda throttles what it has received
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency); and one to
 * spare.
 */
export const CONSUMER_CONCURRENCY = AT_ONCE.concurrency + GATHERED.concurrency + 1;

export interface RevocationQueuesProps {
  config: Config;
  /** Seconds that one batch may take. */
  consumerTimeout: number;
  /** Who may send what is carried out at once, beside the account's own roles. */
  senders: (queueArn: string) => Statement[];
}

/** The standard queues of revocations, before one function; and where those end that cannot be carried out. */
export class RevocationQueues extends Construct {
  readonly revocations: Queue;
  readonly signOuts: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, { config, consumerTimeout, senders }: RevocationQueuesProps) {
    super(scope, id);
    // A standard queue's messages keep their age when they move here; the longest retention on both sides loses none
    // earlier than it must
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html).
    this.dead = new Queue(this, "dead", config, {
      name: deadRevocationQueueName(config),
      messageRetentionSeconds: LONGEST_RETENTION,
    });
    const settings = ({ window }: Gathering) => ({
      visibilityTimeoutSeconds: visibilityTimeout(consumerTimeout, window),
      messageRetentionSeconds: LONGEST_RETENTION,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.dead.arn, maxReceiveCount: MAX_RECEIVES }),
    });
    this.revocations = new Queue(
      this,
      "revocations",
      config,
      { name: revocationQueueName(config), ...settings(AT_ONCE) },
      senders,
    );
    this.signOuts = new Queue(this, "sign_outs", config, { name: signOutQueueName(config), ...settings(GATHERED) });
    new SqsQueueRedriveAllowPolicy(this, "redrive_allow", {
      queueUrl: this.dead.url,
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [this.revocations.arn, this.signOuts.arn],
      }),
    });
  }

  deliverTo(consumer: ControlPlaneFunction): void {
    const deliver = (id: string, queue: Queue, { batchSize, window, concurrency }: Gathering) =>
      new LambdaEventSourceMapping(this, id, {
        eventSourceArn: queue.arn,
        functionName: consumer.arn,
        batchSize,
        maximumBatchingWindowInSeconds: window,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrency },
      });
    deliver("revocations_delivery", this.revocations, AT_ONCE);
    deliver("sign_outs_delivery", this.signOuts, GATHERED);
  }
}

/**
 * Seconds for which nobody else gets a message that the function works on; also the wait before a failed one comes
 * again. AWS advises six times the function's timeout
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html) and the window on top, because a message
 * is hidden from when it joins a batch that is still gathered.
 */
function visibilityTimeout(consumerTimeout: number, window: number): number {
  return 6 * consumerTimeout + window;
}
