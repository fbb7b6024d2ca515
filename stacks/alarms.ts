import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import {
  authFunctionName,
  deadRevocationQueueName,
  failedRevocationQueueName,
  gateFunctionName,
  keyRotatorFunctionName,
  revocationConsumerFunctionName,
  revocationQueueName,
  revokerFunctionName,
  signOutQueueName,
} from "./names";

interface Alarm {
  /** For the person on call: what is wrong and where to look. */
  description: string;
  metric: {
    namespace: string;
    metricName: string;
    statistic: "Average" | "Maximum" | "Sum";
    dimensions?: Record<string, string>;
  };
  /** The alarm fires if the metric is above this in a period. */
  threshold: number;
  /** Consecutive periods above the threshold; 1 by default. */
  periods?: number;
}

const PERIOD_SECONDS = 300;

/** Seconds. A sign-out waits 90 s by design, and longer if its batch failed once. Anything later has failed twice. */
const SIGN_OUT_LIMIT = 600;

/**
 * Alarms by the suffix of their names. All but the first mean that a revoked session may stay active, or that keys are
 * not rotated.
 */
function alarms(config: Config, distributionId: string): Record<string, Alarm> {
  const [queue, signOuts] = [revocationQueueName(config), signOutQueueName(config)];
  const [dead, failed] = [deadRevocationQueueName(config), failedRevocationQueueName(config)];
  return {
    "server-errors": {
      description: `More than one in twenty answers was a server error (5xx) for ten minutes: look at the log of ${authFunctionName(config)} in the regions near the viewers, the log of ${gateFunctionName(config)}, and the origins.`,
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
      metric: {
        namespace: "AWS/CloudFront",
        metricName: "5xxErrorRate",
        statistic: "Average",
        dimensions: { DistributionId: distributionId, Region: "Global" },
      },
      threshold: 5,
      periods: 2,
    },
    "revocations-dead": {
      description: `Revocations could not be carried out: look at the messages in ${dead}. The attribute "reason" says why, if the revoker sent them there.`,
      metric: ofQueue("ApproximateNumberOfMessagesVisible", dead),
      threshold: 0,
    },
    "revocations-failed": {
      description: `Revocations that were published did not reach ${queue}: look at the messages in ${failed}.`,
      metric: ofQueue("ApproximateNumberOfMessagesVisible", failed),
      threshold: 0,
    },
    "revocations-late": {
      description: `A revocation has waited in ${queue} for more than five minutes: look at the log of ${revocationConsumerFunctionName(config)}.`,
      metric: ofQueue("ApproximateAgeOfOldestMessage", queue),
      threshold: PERIOD_SECONDS,
    },
    "sign-outs-late": {
      description: `A sign-out has waited in ${signOuts} for more than ten minutes: look at the log of ${revocationConsumerFunctionName(config)}.`,
      metric: ofQueue("ApproximateAgeOfOldestMessage", signOuts),
      threshold: SIGN_OUT_LIMIT,
    },
    "revocations-errors": errorsOf(revocationConsumerFunctionName(config)),
    "revoker-errors": errorsOf(revokerFunctionName(config)),
    "key-rotator-errors": errorsOf(keyRotatorFunctionName(config)),
  };
}

/** An alarm about the access log's lines that match a pattern. */
interface LogAlarm extends Omit<Alarm, "metric"> {
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html */
  pattern: string;
}

/** Alarms about what the gateway answers itself. In the distribution's error rate it drowns in the site's traffic. */
function logAlarms(config: Config): Record<string, LogAlarm> {
  return {
    "sign-in-errors": {
      description: `For ten minutes, people who sign in, sign out or renew their session got server errors (5xx): look at the "outcome" in the log of ${authFunctionName(config)} in the regions near them.`,
      pattern: `{ $.cs-uri-stem = "${config.basePath}/*" && $.sc-status = "5*" }`,
      threshold: 5,
      periods: 2,
    },
    "store-errors": {
      description: `The gate refused more than ten requests in five minutes because it could not read the KeyValueStore ("deny store"): look at the AWS Health Dashboard, and run "edgegate store check".`,
      pattern: '{ $.viewer-request-log-data = "deny store" }',
      threshold: 10,
    },
    "wrong-signatures": {
      description: `More than a hundred requests in five minutes had a session cookie with a wrong signature ("login mac"): somebody invents tokens, or the store has another key than the secret.`,
      pattern: '{ $.viewer-request-log-data = "login mac" }',
      threshold: 100,
    },
  };
}

export interface AlarmsProps {
  config: Config;
  distributionId: string;
  /** Absent if the access log goes to a bucket; then nothing can count its lines. */
  accessLogGroup: string | undefined;
}

/** The alarms show in CloudWatch, and notify the config's topic when they start and when they end. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    const { config, distributionId, accessLogGroup } = props;
    for (const [name, alarm] of Object.entries(alarms(config, distributionId))) this.#add(name, alarm);
    if (accessLogGroup === undefined) return;
    for (const [name, { pattern, ...alarm }] of Object.entries(logAlarms(config))) {
      const metric = { namespace: `edgegate/${config.name}`, metricName: name };
      new CloudwatchLogMetricFilter(this, `${name}-lines`, {
        name: `${config.name}-${name}`,
        logGroupName: accessLogGroup,
        pattern,
        metricTransformation: { namespace: metric.namespace, name, value: "1" },
      });
      this.#add(name, { ...alarm, metric: { ...metric, statistic: "Sum" } });
    }
  }

  #add(name: string, { description, metric, threshold, periods = 1 }: Alarm): void {
    const { name: gateway, alarmTopicArn } = this.props.config;
    new CloudwatchMetricAlarm(this, name, {
      alarmName: `${gateway}-${name}`,
      alarmDescription: description,
      ...metric,
      comparisonOperator: "GreaterThanThreshold",
      threshold,
      period: PERIOD_SECONDS,
      evaluationPeriods: periods,
      // An empty queue or an idle function has no metrics.
      treatMissingData: "notBreaching",
      ...(alarmTopicArn !== undefined && { alarmActions: [alarmTopicArn], okActions: [alarmTopicArn] }),
    });
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
    metric: {
      namespace: "AWS/Lambda",
      metricName: "Errors",
      statistic: "Sum",
      dimensions: { FunctionName: functionName },
    },
    threshold: 0,
  };
}
