/** The parts of a synthesized stack that are billed monthly, independent of traffic. */

import type { Usage } from "./prices";

/** The used parts of `cdk.tf.json`. */
export interface StackFile {
  resource: Record<string, Record<string, Record<string, unknown>>>;
}

export interface Deployed {
  webAcls: number;
  /** Rules and rule groups of the web ACLs. */
  webAclRules: number;
  /** Web ACL capacity units. */
  capacity: number;
  secrets: number;
  /** Metrics that alarms read: AWS bills an alarm for each of its metrics. */
  alarms: number;
  dashboards: number;
  /** Trails that record the calls of the store. */
  trails: number;
  /** Archives of audit events. */
  archives: number;
  /** Metrics that count lines of logs. */
  countedLines: number;
  /** Queues that Lambda polls. */
  queues: number;
  /** Seconds for which sign-outs are batched. */
  window: number;
  /** GB of memory, of the auth handler and of each function of the control plane. */
  edgeMemory: number;
  controlPlaneMemory: number;
}

/** @param capacity of the web ACL; see stacks/web-acl/capacity.ts */
export function deployedIn({ resource }: StackFile, capacity: number): Deployed {
  const all = (type: string) => Object.values(resource[type] ?? {});
  const rules = all("aws_wafv2_web_acl").flatMap(({ rule }) => (rule ?? []) as object[]);
  const numbers = (type: string, attribute: string) => all(type).map((one) => Number(one[attribute] ?? 0));
  const memory = numbers("aws_lambda_function", "memory_size").map((megabytes) => megabytes / 1024);
  return {
    webAcls: all("aws_wafv2_web_acl").length,
    webAclRules: rules.length,
    capacity,
    secrets: all("aws_secretsmanager_secret").length,
    alarms: all("aws_cloudwatch_metric_alarm").reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: all("aws_cloudwatch_dashboard").length,
    trails: all("aws_cloudtrail").length,
    archives: Object.keys(resource["aws_lambda_function"] ?? {}).filter((name) => name === "audit").length,
    countedLines: all("aws_cloudwatch_log_metric_filter").length,
    queues: all("aws_lambda_event_source_mapping").length,
    window: Math.max(...numbers("aws_lambda_event_source_mapping", "maximum_batching_window_in_seconds")),
    // The handler has Lambda's minimum memory.
    edgeMemory: Math.min(...memory),
    controlPlaneMemory: Math.max(...memory),
  };
}

/** https://aws.amazon.com/cloudwatch/pricing/: an alarm is billed by the metrics in it. */
function metricsOf({ metric_query: queries }: Record<string, unknown>): number {
  return Array.isArray(queries) ? (queries as object[]).filter((query) => "metric" in query).length : 1;
}

/** Monthly charges for existing resources. */
export function usageByMonth(deployed: Deployed): Usage {
  const { webAcls, webAclRules, secrets, alarms, countedLines, dashboards } = deployed;
  return { webAcls, webAclRules, secrets, metrics: countedLines, alarms, dashboards };
}
