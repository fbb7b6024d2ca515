import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { accountOf, encryptedTransportOnly, policyDocument, type Statement } from "./iam";
import { failedRevocationQueueName, revocationTopicName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/** The topic by which the customer's own automation revokes. */
export class RevocationTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const topic = new SnsTopic(this, "Resource", {
      name: revocationTopicName(config),
      // AWS's own key serves every role of the account, and no other service: those cannot publish anyway.
      kmsMasterKeyId: config.kmsKeyArn ?? "alias/aws/sns",
    });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyDocument([
        {
          Sid: "Account",
          Effect: "Allow",
          // Whom the account's own policies let publish.
          Principal: { AWS: `arn:aws:iam::${accountOf(topic.arn)}:root` },
          Action: "sns:Publish",
          Resource: topic.arn,
        },
        encryptedTransportOnly("sns:Publish", topic.arn),
      ]),
    });
  }

  /**
   * A statement for a queue's policy: only this topic may send to it
   * (https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html).
   */
  sends(queueArn: string): Statement {
    return {
      Sid: "Topic",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": this.arn } },
    };
  }

  /**
   * SNS tries for 23 days where SQS fails, and gives up at once where it is denied: the queue's policy or the key's was
   * changed (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html). What it gives up is kept, in
   * a queue that is never under the config's key: a key that SNS may not use would lose it.
   */
  deliverTo(queue: Queue, config: Config): void {
    const failed = new Queue(
      this,
      "failed",
      {},
      { name: failedRevocationQueueName(config), messageRetentionSeconds: LONGEST_RETENTION },
      (arn) => [this.sends(arn)],
    );
    new SnsTopicSubscription(this, "delivery", {
      topicArn: this.arn,
      protocol: "sqs",
      endpoint: queue.arn,
      // The envelope says when it was published:
      // https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
      rawMessageDelivery: false,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: failed.arn }),
      dependsOn: [queue.policy, failed.policy],
    });
  }
}
