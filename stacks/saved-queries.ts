import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import type { Config } from "../config/schema";

/** Names of the log groups in us-east-1. Logs Insights cannot query groups of other regions. */
export interface QueriedLogs {
  /** Absent if the access log goes to a bucket. */
  access: string | undefined;
  /** Absent if the gateway made no web ACL. */
  webAcl: string | undefined;
  /** Revocations from queue and topic, and those of operators. */
  revocations: readonly string[];
  /** Absent unless the config has `storeAccessAlarm`. */
  storeAccess: string | undefined;
}

interface SavedQuery {
  log: keyof QueriedLogs;
  lines: readonly string[];
}

/**
 * By the last part of the name. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html: names with
 * other characters than letters, digits and dots are in backticks.
 */
export function savedQueries({ basePath }: Config): Record<string, SavedQuery> {
  return {
    "denied by user": {
      log: "access",
      lines: [
        "filter `viewer-request-log-data` like /^deny role/",
        'parse `viewer-request-log-data` "deny role *" as uid',
        "stats count(*) as requests, max(@timestamp) as latest by uid, `cs-method`, `x-host-header`, `cs-uri-stem`",
        "sort requests desc",
        "limit 100",
      ],
    },
    "denied without a rule": {
      log: "access",
      lines: [
        'filter `viewer-request-log-data` = "deny rule"',
        "stats count(*) as requests by `cs-method`, `x-host-header`, `cs-uri-stem`",
        "sort requests desc",
        "limit 100",
      ],
    },
    "refused before the policy": {
      log: "access",
      lines: [
        "filter `viewer-request-log-data` in ['deny host', 'deny path', 'deny size', 'deny endpoint', 'deny store']",
        "stats count(*) as requests by `viewer-request-log-data`, `c-ip`",
        "sort requests desc",
        "limit 100",
      ],
    },
    "sign-ins by country and address": {
      log: "access",
      lines: [
        `filter \`cs-uri-stem\` like "${basePath}/callback/"`,
        "stats count(*) as callbacks by `c-country`, `c-ip`, `cs-uri-stem`, `sc-status`",
        "sort callbacks desc",
        "limit 200",
      ],
    },
    decisions: {
      log: "access",
      lines: [
        'parse `viewer-request-log-data` "* *" as decision, reason',
        "stats count(*) as requests by bin(5m), decision",
      ],
    },
    slowest: {
      log: "access",
      lines: [
        "stats count(*) as requests, pct(`time-taken`, 50) as p50, pct(`time-taken`, 90) as p90, max(`time-taken`) as longest by `x-host-header`, `cs-uri-stem`",
        "sort p90 desc",
        "limit 50",
      ],
    },
    "web ACL blocks": {
      log: "webAcl",
      lines: [
        'filter action = "BLOCK"',
        "stats count(*) as requests by terminatingRuleId, httpRequest.country, httpRequest.clientIp, httpRequest.uri",
        "sort requests desc",
        "limit 100",
      ],
    },
    revocations: {
      log: "revocations",
      lines: [
        'filter operation in ["revoke", "lockdown"]',
        "fields @timestamp, operation, outcome, target, uid, sid, by, detail",
        "sort @timestamp desc",
        "limit 200",
      ],
    },
    "store access": {
      log: "storeAccess",
      lines: [
        "stats count(*) as calls, min(eventTime) as first, max(eventTime) as last by userIdentity.arn, eventName, sourceIPAddress, errorCode",
        "sort last desc",
        "limit 100",
      ],
    },
  };
}

/** Show in Logs Insights under "Saved queries", in a folder named after the gateway. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { config, logs }: { config: Config; logs: QueriedLogs }) {
    super(scope, id);
    for (const [name, { log, lines }] of Object.entries(savedQueries(config))) {
      const groups = logs[log];
      if (groups === undefined) continue;
      new CloudwatchQueryDefinition(this, name.toLowerCase().replaceAll(" ", "_"), {
        name: `edgegate/${config.name}/${name}`,
        logGroupNames: typeof groups === "string" ? [groups] : [...groups],
        queryString: lines.join("\n| "),
      });
    }
  }
}
