/** Metrics that count lines of logs in us-east-1. Alarms and the dashboard read them. */
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { Construct } from "constructs";
import type { Config } from "../config/schema";
import { plus } from "./terraform-text";

/** Days for which a rotation may be late: Secrets Manager repeats one that failed. */
const ROTATION_MARGIN = 3;

/** Names of the log groups that are counted. */
export interface CountedLogs {
  /** Absent if the access log goes to a bucket; then nothing can count its lines. */
  access: string | undefined;
  revoker: string;
}

interface CountedLines {
  log: keyof CountedLogs;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  pattern: string;
}

/** By name of the metric, which has no values while no line is counted. */
export function countedLines({ basePath, session }: Config) {
  const callback = `$.cs-uri-stem = "${basePath}/callback/*"`;
  return {
    "sign-in-errors": { log: "access", pattern: `{ $.cs-uri-stem = "${basePath}/*" && $.sc-status = "5*" }` },
    "store-errors": { log: "access", pattern: '{ $.viewer-request-log-data = "deny store" }' },
    "wrong-signatures": { log: "access", pattern: '{ $.viewer-request-log-data = "login mac" }' },
    // Whoever comes back from the identity provider is redirected to where they wanted to go, or sees a page of ours.
    "sign-ins-finished": { log: "access", pattern: `{ ${callback} && $.sc-status = "302" }` },
    "sign-ins-failed": { log: "access", pattern: `{ ${callback} && $.sc-status != "302" }` },
    "requests-allowed": { log: "access", pattern: '{ $.viewer-request-log-data = "allow *" }' },
    "requests-login": { log: "access", pattern: '{ $.viewer-request-log-data = "login *" }' },
    "requests-denied": { log: "access", pattern: '{ $.viewer-request-log-data = "deny *" }' },
    "rotation-overdue": {
      log: "revoker",
      pattern: `{ $.operation = "sweep" && ($.rotates IS FALSE || $.daysSinceRotation > ${plus(session.keyRotationDays, ROTATION_MARGIN)}) }`,
    },
  } as const satisfies Record<string, CountedLines>;
}

export type LineMetric = keyof ReturnType<typeof countedLines>;

/** What only the dashboard shows. */
const DASHBOARD_ONLY: readonly string[] = [
  "requests-allowed",
  "requests-login",
  "requests-denied",
] satisfies LineMetric[];

export function lineMetric(config: Config, metricName: LineMetric): { namespace: string; metricName: LineMetric } {
  return { namespace: `edgegate/${config.name}`, metricName };
}

/** Counts the lines of the logs that there are. */
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
