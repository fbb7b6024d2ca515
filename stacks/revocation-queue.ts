import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { ControlPlaneFunction } from "./control-plane-function";
import { deadRevocationQueueName, revocationQueueName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/**
 * How often a message comes before it is given up. What can never be carried out leaves at once; this is for what AWS does not let
 * be done for half an hour, and all that follows waits for it.
 */
const MAX_RECEIVES = 5;

/** The FIFO queue of revocations, and where those end that cannot be carried out. */
export class RevocationQueue extends Construct {
  readonly living: Queue;
  readonly dead: Queue;

  /** @param consumerTimeout seconds that one batch may take */
  constructor(scope: Construct, id: string, { config, consumerTimeout }: { config: Config; consumerTimeout: number }) {
    super(scope, id);
    this.dead = new Queue(this, "dead", config, { name: deadRevocationQueueName(config), fifoQueue: true, messageRetentionSeconds: LONGEST_RETENTION });
    this.living = new Queue(this, "Resource", config, {
      name: revocationQueueName(config),
      fifoQueue: true,
      // Handlers give no deduplication id: a command that they send twice because an answer was lost is one command.
      contentBasedDeduplication: true,
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html; also the wait before a failed batch comes again.
      visibilityTimeoutSeconds: 6 * consumerTimeout,
      messageRetentionSeconds: LONGEST_RETENTION,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.dead.arn, maxReceiveCount: MAX_RECEIVES }),
    });
    new SqsQueueRedriveAllowPolicy(this, "redrive_allow", {
      queueUrl: this.dead.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [this.living.arn] }),
    });
  }

  deliverTo(consumer: ControlPlaneFunction): void {
    new LambdaEventSourceMapping(this, "delivery", {
      eventSourceArn: this.living.arn,
      functionName: consumer.arn,
      // The most that a FIFO queue gives at once.
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
  }
}
