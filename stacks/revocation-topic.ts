import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { ControlPlaneFunction } from "./control-plane-function";
import { accountOf, encryptedTransportOnly, policyDocument } from "./iam";
import { failedRevocationQueueName, revocationTopicName } from "./names";
import { LONGEST_RETENTION, Queue } from "./queue";

/**
 * The topic by which the customer's own automation revokes. A function puts what is published on the FIFO queue: a standard topic,
 * which every publisher can use, delivers to no FIFO queue itself.
 */
export class RevocationTopic extends Construct {
  readonly arn: string;
  /** Where messages end that did not reach the queue. */
  readonly failed: Queue;

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
    this.failed = new Queue(this, "failed", config, { name: failedRevocationQueueName(config), messageRetentionSeconds: LONGEST_RETENTION }, (arn) => [
      {
        Sid: "Topic",
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arn,
        Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
      },
    ]);
  }

  /** What SNS cannot hand over, and what the function fails at three times, is kept. */
  deliverTo(consumer: ControlPlaneFunction): void {
    const invocation = consumer.allowInvocation("invocation", { statementId: "Topic", principal: "sns.amazonaws.com", sourceArn: this.arn });
    new LambdaFunctionEventInvokeConfig(this, "failures", {
      functionName: consumer.functionName,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: this.failed.arn } },
    });
    new SnsTopicSubscription(this, "delivery", {
      topicArn: this.arn,
      protocol: "lambda",
      endpoint: consumer.arn,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.failed.arn }),
      dependsOn: [invocation],
    });
  }
}
