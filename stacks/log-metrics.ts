/** Metrics that count lines of logs in us-east-1. Alarms and the dashboard read them. */
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { Construct } from "constructs";
import type { Config } from "../config/schema";
import { roleOf } from "./iam";
import { storeWriters } from "./key-protection";
import { plus } from "./terraform-text";

/** Days for which a rotation may be late: Secrets Manager repeats one that failed. */
const ROTATION_MARGIN = 3;

/** Names of the log groups that are counted. */
export interface CountedLogs {
  /** Absent if the access log goes to a bucket, where its lines cannot be counted. */
  access: string | undefined;
  revoker: string;
  /** Absent unless the config has `storeAccessAlarm`. */
  storeAccess: string | undefined;
}

interface CountedLines {
  log: keyof CountedLogs;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  pattern: string;
}

/** By the metric's name. A metric has no values while no line is counted. */
export function countedLines(config: Config) {
  const { basePath, session } = config;
  const callback = `$.cs-uri-stem = "${basePath}/callback/*"`;
  return {
    "sign-in-errors": { log: "access", pattern: `{ $.cs-uri-stem = "${basePath}/*" && $.sc-status = "5*" }` },
    "store-errors": { log: "access", pattern: '{ $.viewer-request-log-data = "deny store" }' },
    "wrong-signatures": { log: "access", pattern: '{ $.viewer-request-log-data = "login mac" }' },
    // People who come back from the identity provider are redirected to their page, or see one of our pages.
    "sign-ins-finished": { log: "access", pattern: `{ ${callback} && $.sc-status = "302" }` },
    "sign-ins-failed": { log: "access", pattern: `{ ${callback} && $.sc-status != "302" }` },
    "requests-allowed": { log: "access", pattern: '{ $.viewer-request-log-data = "allow *" }' },
    "requests-login": { log: "access", pattern: '{ $.viewer-request-log-data = "login *" }' },
    "requests-denied": { log: "access", pattern: '{ $.viewer-request-log-data = "deny *" }' },
    "rotation-overdue": {
      log: "revoker",
      pattern: `{ $.operation = "sweep" && ($.rotates IS FALSE || $.daysSinceRotation > ${plus(session.keyRotationDays, ROTATION_MARGIN)}) }`,
    },
    "store-accessed": { log: "storeAccess", pattern: `{ $.errorCode NOT EXISTS && (${byOthers(config)}) }` },
  } as const satisfies Record<string, CountedLines>;
}

/**
 * Calls of the store by principals other than the functions that write it. A role is identified by its name, which is
 * unique in an account. The name counts only for sessions of roles: for an IAM user's session, the same field has the
 * user's name. A comparison with an absent field is false, so the filter also tests for absence.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
function byOthers(config: Config): string {
  const [type, role] = ["$.userIdentity.type", "$.userIdentity.sessionContext.sessionIssuer.userName"];
  const own = storeWriters(config).map((functionName) => `${role} != "${roleOf(config, functionName).name}"`);
  return [`${type} NOT EXISTS`, `${type} != "AssumedRole"`, `${role} NOT EXISTS`, `(${own.join(" && ")})`].join(" || ");
}

export type LineMetric = keyof ReturnType<typeof countedLines>;

/** Metrics that only the dashboard shows. */
const DASHBOARD_ONLY: readonly string[] = [
  "requests-allowed",
  "requests-login",
  "requests-denied",
] satisfies LineMetric[];

export function lineMetric(config: Config, metricName: LineMetric): { namespace: string; metricName: LineMetric } {
  return { namespace: `edgegate/${config.name}`, metricName };
}

/** Creates the metrics of the logs that exist. */
export function countLines(scope: Construct, config: Config, logs: CountedLogs): void {
  for (const [name, { log, pattern }] of Object.entries(countedLines(config))) {
    const logGroupName = logs[log];
    if (logGroupName === undefined || (!config.dashboard && DASHBOARD_ONLY.includes(name))) continue;
    const { namespace, metricName } = lineMetric(config, name as LineMetric);
    new CloudwatchLogMetricFilter(scope, `${name}-lines`, {
      name: `${config.name}-${name}`,
      logGroupName,
      pattern,
      metricTransformation: { namespace, name: metricName, value: "1" },
    });
  }
}
