import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { countLines, lineMetric, type CountedLogs, type LineMetric } from "./log-metrics";
import {
  archiverFunctionName,
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
  /** The alarm fires if the metric is above this in a period, or below it if the alarm is about an absence. */
  threshold: number;
  /** True if there should always be a value: none is what the alarm is about. */
  isOfAbsence?: true;
  /** Consecutive periods; 1 by default. */
  periods?: number;
  /** Seconds; five minutes by default. */
  period?: number;
}

const PERIOD_SECONDS = 300;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** Hours in a row without a run of the archiver. One run may fall out of its hour. */
const MISSED_RUNS = 3;

/** People who come back from the identity provider in a quarter of an hour; of fewer, no ratio says anything. */
const MIN_SIGN_INS = 10;
const SIGN_IN_PERIOD = 900;
/** Percent. */
const MAX_FAILED_SIGN_INS = 50;

/** Seconds. A sign-out waits 90 s by design, and longer if its batch failed once. Anything later has failed twice. */
const SIGN_OUT_LIMIT = 600;

/**
 * Alarms by the suffix of their names. All but that of the distribution mean that a revoked session may stay active, or that keys are
 * not rotated.
 */
function alarms(config: Config, distributionId: string | undefined): Record<string, Alarm> {
  const [queue, signOuts] = [revocationQueueName(config), signOutQueueName(config)];
  const [dead, failed] = [deadRevocationQueueName(config), failedRevocationQueueName(config)];
  return {
    ...(distributionId !== undefined && { "server-errors": serverErrors(config, distributionId) }),
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
    ...(config.audit && {
      "archiver-errors": { ...errorsOf(archiverFunctionName(config)), period: HOUR_SECONDS },
      "archive-overdue": archiveAlarm(config),
    }),
  };
}

/** A run that fails has an error. One that does not begin has nothing, not even a metric. */
function archiveAlarm(config: Config): Alarm {
  const functionName = archiverFunctionName(config);
  return {
    description: `Audit events have not been archived for three hours: nothing ran ${functionName}. Look at the rule ${config.name}-archive, which runs it once an hour, and at the function's reserved concurrency.`,
    metric: ofFunction("Invocations", functionName),
    threshold: 1,
    isOfAbsence: true,
    period: HOUR_SECONDS,
    periods: MISSED_RUNS,
  };
}

function serverErrors(config: Config, distributionId: string): Alarm {
  return {
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
  };
}

/** Alarms about the gateway's own answers. In the distribution's error rate, the site's traffic would hide them. */
function logAlarms(config: Config): Partial<Record<LineMetric, Omit<Alarm, "metric">>> {
  return {
    "sign-in-errors": {
      description: `For ten minutes, people who sign in, sign out or renew their session got server errors (5xx): look at the "outcome" in the log of ${authFunctionName(config)} in the regions near them.`,
      threshold: 5,
      periods: 2,
    },
    "store-errors": {
      description: `The gate refused more than ten requests in five minutes because it could not read the KeyValueStore ("deny store"): look at the AWS Health Dashboard, and run "edgegate store check".`,
      threshold: 10,
    },
    "wrong-signatures": {
      description: `More than a hundred requests in five minutes had a session cookie with a wrong signature ("login mac"): somebody invents tokens, or the store has another key than the secret.`,
      threshold: 100,
    },
  };
}

/** The daily sweep logs whether the keys are rotated. */
function rotationAlarm(config: Config): Omit<Alarm, "metric"> {
  return {
    description: `The session keys have not been rotated for more than ${config.session.keyRotationDays} days and the time to try again, or somebody switched their rotation off: look at the log of ${keyRotatorFunctionName(config)}, and run "edgegate rotate-keys".`,
    threshold: 0,
    period: DAY_SECONDS,
  };
}

function storeAlarm(logGroupName: string): Omit<Alarm, "metric"> {
  return {
    description: `Somebody other than the gateway read or changed the KeyValueStore, whose keys sign sessions: look in the log group ${logGroupName} for who it was. If you cannot explain it, run "edgegate lockdown".`,
    threshold: 0,
  };
}

export interface AlarmsProps {
  config: Config;
  /** Undefined if it is not known. */
  distributionId: string | undefined;
  logs: CountedLogs;
}

/** The alarms show in CloudWatch, and notify the config's topic when they start and when they end. */
export class Alarms extends Construct {
  readonly arns: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    const { config, distributionId, logs } = props;
    for (const [name, alarm] of Object.entries(alarms(config, distributionId))) this.#add(name, alarm);
    countLines(this, config, logs);
    this.#addOfLines("rotation-overdue", rotationAlarm(config));
    if (logs.storeAccess !== undefined) this.#addOfLines("store-accessed", storeAlarm(logs.storeAccess));
    if (logs.access === undefined) return;
    for (const [name, alarm] of Object.entries(logAlarms(config))) this.#addOfLines(name as LineMetric, alarm);
    this.#addFailedSignIns();
  }

  #addOfLines(name: LineMetric, alarm: Omit<Alarm, "metric">): void {
    this.#add(name, { ...alarm, metric: { ...lineMetric(this.props.config, name), statistic: "Sum" } });
  }

  #add(name: string, alarm: Alarm): void {
    const { description, metric, threshold, isOfAbsence = false, periods = 1, period = PERIOD_SECONDS } = alarm;
    const made = new CloudwatchMetricAlarm(this, name, {
      ...this.#common(name, description),
      ...(isOfAbsence && { comparisonOperator: "LessThanThreshold", treatMissingData: "breaching" }),
      ...metric,
      threshold,
      period,
      evaluationPeriods: periods,
    });
    this.arns.push(made.arn);
  }

  /**
   * The share of failures among people who come back from the identity provider. People who do not come back cannot be
   * counted, because bots start sign-ins, too.
   *
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
   */
  #addFailedSignIns(): void {
    const { config } = this.props;
    const counted = (id: string, name: LineMetric) => ({
      id,
      metric: { ...lineMetric(config, name), stat: "Sum", period: SIGN_IN_PERIOD },
    });
    // If no line is counted, the metric has no values.
    const [failed, all] = ["FILL(failed, 0)", "(FILL(failed, 0) + FILL(finished, 0))"];
    const alarm = new CloudwatchMetricAlarm(this, "sign-ins-failing", {
      ...this.#common(
        "sign-ins-failing",
        `For half an hour, more than half of the people who came back from the identity provider were not signed in: look at the "outcome" of the endpoint "callback" in the log of ${authFunctionName(config)}, and run "edgegate doctor idp".`,
      ),
      metricQuery: [
        counted("failed", "sign-ins-failed"),
        counted("finished", "sign-ins-finished"),
        {
          id: "percent",
          label: "Percent of sign-ins that failed",
          expression: `IF(${all} >= ${MIN_SIGN_INS}, 100 * ${failed} / ${all}, 0)`,
          returnData: true,
        },
      ],
      threshold: MAX_FAILED_SIGN_INS,
      evaluationPeriods: 2,
    });
    this.arns.push(alarm.arn);
  }

  #common(name: string, alarmDescription: string) {
    const { name: gateway, alarmTopicArn } = this.props.config;
    return {
      alarmName: `${gateway}-${name}`,
      alarmDescription,
      comparisonOperator: "GreaterThanThreshold",
      // An empty queue or an idle function has no metrics.
      treatMissingData: "notBreaching",
      ...(alarmTopicArn !== undefined && { alarmActions: [alarmTopicArn], okActions: [alarmTopicArn] }),
    };
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
function ofQueue(metricName: string, queueName: string): Alarm["metric"] {
  return { namespace: "AWS/SQS", metricName, statistic: "Maximum", dimensions: { QueueName: queueName } };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function ofFunction(metricName: "Errors" | "Invocations", functionName: string): Alarm["metric"] {
  return { namespace: "AWS/Lambda", metricName, statistic: "Sum", dimensions: { FunctionName: functionName } };
}

function errorsOf(functionName: string): Alarm {
  return {
    description: `${functionName} failed: look at the lines of its log with the outcome "failed".`,
    metric: ofFunction("Errors", functionName),
    threshold: 0,
  };
}
