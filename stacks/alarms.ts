import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import {
  deadRevocationQueueName,
  failedRevocationQueueName,
  keyRotatorFunctionName,
  revocationConsumerFunctionName,
  revocationQueueName,
  revokerFunctionName,
} from "./names";

interface Alarm {
  /** What is wrong and where to look, for whoever is woken by it. */
  description: string;
  metric: { namespace: string; metricName: string; statistic: "Maximum" | "Sum"; dimensions: Record<string, string> };
  /** More than so much within a period. */
  threshold: number;
}

const PERIOD_SECONDS = 300;

/** By the end of their names. Each means that a session may live on which should not, or that the keys grow old. */
function alarms(config: Config): Record<string, Alarm> {
  const [queue, dead, failed] = [revocationQueueName(config), deadRevocationQueueName(config), failedRevocationQueueName(config)];
  return {
    "revocations-dead": {
      description: `Revocations could not be carried out: look at the messages in ${dead}. The attribute "reason" says why, where the revoker gave them up.`,
      metric: ofQueue("ApproximateNumberOfMessagesVisible", dead),
      threshold: 0,
    },
    "revocations-failed": {
      description: `Revocations that were published did not reach the queue: look at the messages in ${failed}.`,
      metric: ofQueue("ApproximateNumberOfMessagesVisible", failed),
      threshold: 0,
    },
    "revocations-late": {
      description: `A revocation has waited in ${queue} for more than five minutes: look at the log of ${revocationConsumerFunctionName(config)}.`,
      metric: ofQueue("ApproximateAgeOfOldestMessage", queue),
      threshold: PERIOD_SECONDS,
    },
    "revocations-errors": errorsOf(revocationConsumerFunctionName(config)),
    "revoker-errors": errorsOf(revokerFunctionName(config)),
    "key-rotator-errors": errorsOf(keyRotatorFunctionName(config)),
  };
}

/** They show in CloudWatch, and tell the config's topic when they start and when they are over. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const topics = config.alarmTopicArn === undefined ? {} : { alarmActions: [config.alarmTopicArn], okActions: [config.alarmTopicArn] };
    for (const [name, { description, metric, threshold }] of Object.entries(alarms(config))) {
      new CloudwatchMetricAlarm(this, name, {
        alarmName: `${config.name}-${name}`,
        alarmDescription: description,
        ...metric,
        comparisonOperator: "GreaterThanThreshold",
        threshold,
        period: PERIOD_SECONDS,
        evaluationPeriods: 1,
        // An empty queue and a function that is not called have no metrics.
        treatMissingData: "notBreaching",
        ...topics,
      });
    }
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
function ofQueue(metricName: string, queueName: string): Alarm["metric"] {
  return { namespace: "AWS/SQS", metricName, statistic: "Maximum", dimensions: { QueueName: queueName } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function errorsOf(functionName: string): Alarm {
  return {
    description: `${functionName} failed: look at the lines of its log with the outcome "failed".`,
    metric: { namespace: "AWS/Lambda", metricName: "Errors", statistic: "Sum", dimensions: { FunctionName: functionName } },
    threshold: 0,
  };
}
