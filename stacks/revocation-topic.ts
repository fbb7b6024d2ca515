import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { accountOf } from "./arn";
import { encryptedTransportOnly, policyDocument, type Statement } from "./iam";
import { failedRevocationQueueName, revocationTopicName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/** The topic to which the customer's own automation publishes revocations. */
export class RevocationTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const topic = new SnsTopic(this, "Resource", {
      name: revocationTopicName(config),
      // AWS's own key works for every role of the account, but not for other services, which cannot publish anyway.
      kmsMasterKeyId: config.kmsKeyArn ?? "alias/aws/sns",
    });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyDocument([
        {
          Sid: "Account",
          Effect: "Allow",
          // Everyone whom the account's own policies allow to publish.
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
   * SNS retries for 23 days if SQS fails, but gives up immediately if access is denied because the policy of queue or
   * key was changed (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html). Such messages go to
   * a queue that never uses the config's key: if SNS may not use that key, they would be lost.
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
      // The envelope has the time of publication:
      // https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
      rawMessageDelivery: false,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: failed.arn }),
      dependsOn: [queue.policy, failed.policy],
    });
  }
}
