/**
 * `edgegate waf why`: which rule of the web ACL blocked or counted a request, and which config would let such requests
 * pass. Without a request ID, it lists the latest requests.
 */
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { isAttached } from "../../config/distribution";
import { wafRules } from "../../config/waf";
import { webAclLogGroupName } from "../../stacks/names";
import { withClient } from "../aws-failures";
import type { Context } from "../context";
import { CommandFailure, usageFailure } from "../failures";
import type { Gateway } from "../gateway";
import { columns, facts, time, type Outcome } from "../output";
import { printable } from "../printable";
import { explainRecord, type Explanation, type LogRecord } from "../waf/log-record";

/** CloudFront's request IDs (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html). */
const REFERENCE = /^[\w-]{20,100}={0,2}$/;
/** Seconds, without `--since`: of one request, and of the list. */
const SINCE = { one: 7 * 86_400, list: 3_600 };
const MAX_LISTED = 50;
const COLUMNS = ["time", "outcome", "rule", "method", "path", "address", "request ID"];

/** @param reference the request ID from the page, or from the header `x-amz-cf-id` */
export async function wafWhy(
  { gateway, options }: Context<{ since?: number }>,
  reference: string | undefined,
): Promise<Outcome> {
  const { config } = gateway;
  const settings = wafRules(config);
  if (isAttached(config))
    throw usageFailure(
      "the web ACL is not the gateway's, but that of your distribution",
      "look into the logs of that web ACL",
    );
  if (!settings)
    throw usageFailure(
      config.waf === false ? "the config has no web ACL" : "the config uses a web ACL that this gateway did not make",
      config.waf === false ? "waf: false leaves it out" : "look into the logs of the web ACL of waf.webAclArn",
    );
  if (reference !== undefined && !REFERENCE.test(reference))
    throw usageFailure(
      `${JSON.stringify(printable(reference))} is not a request ID`,
      "write the request ID on the page, or the value of the header x-amz-cf-id",
    );
  const since = options.since ?? (reference === undefined ? SINCE.list : SINCE.one);
  const records = await readLog(gateway, since, reference);
  const found = records.map((record) => explainRecord(config, settings, record));
  return reference === undefined ? listed(found) : explained(reference, found);
}

/** Oldest first; only the first one if there is a reference. */
async function readLog(gateway: Gateway, since: number, reference: string | undefined): Promise<LogRecord[]> {
  const logGroupName = webAclLogGroupName(gateway.config);
  const call = { action: "logs:FilterLogEvents", resource: `log group ${logGroupName}`, mayQuote: true };
  return withClient(gateway, new CloudWatchLogsClient(gateway.client), call, async (client) => {
    const records: LogRecord[] = [];
    const pages = paginateFilterLogEvents(
      { client },
      {
        logGroupName,
        startTime: Date.now() - since * 1000,
        ...(reference === undefined ? {} : { filterPattern: `{ $.httpRequest.requestId = "${reference}" }` }),
      },
    );
    for await (const { events = [] } of pages) {
      records.push(...events.map(({ message = "" }) => JSON.parse(message) as LogRecord));
      if (reference !== undefined && records.length > 0) break;
    }
    return records;
  });
}

function explained(reference: string, [found]: Explanation[]): Outcome {
  if (!found)
    throw new CommandFailure(
      "notFound",
      `the web ACL neither blocked nor counted the request ${reference}`,
      "its log is some minutes late; look further back with --since 30d, or in the access log, which has every request",
    );
  const { outcome, rule, managedRules, request, config } = found;
  const { method, path, address, country } = request;
  const title = outcome === "blocked" ? "Blocked" : "Counted, and not blocked,";
  const told: (readonly [name: string, text: string])[] = [
    ["request", printable(`${method} ${path}`)],
    ["from", printable(`${address}, ${country}`)],
    ["rule", printable(rule)],
    ...managedRules.flatMap(({ name, group, label }): [string, string][] => [
      ["managed rule", printable(name)],
      ...(group === ""
        ? []
        : ([
            ["of the group", group],
            ["label", label],
          ] as [string, string][])),
    ]),
  ];
  return {
    json: found,
    text:
      `${title} at ${time(found.time)}\n` +
      facts(told) +
      (outcome === "blocked" ? "If it was no attack, write\n" : "If it must never be blocked, write\n") +
      `  ${printable(config)}\n`,
  };
}

function listed(found: Explanation[]): Outcome {
  const latest = found.slice(-MAX_LISTED).reverse();
  const rows = latest.map(({ time: at, outcome, rule, managedRules, request, requestId }) => [
    time(at),
    outcome,
    managedRules[0]?.name ?? rule,
    request.method,
    request.path,
    request.address,
    requestId,
  ]);
  const none = "The web ACL neither blocked nor counted a request in this time.\n";
  const more = found.length > MAX_LISTED ? `The latest ${MAX_LISTED} of ${found.length}\n` : "";
  return { json: { requests: latest }, text: rows.length === 0 ? none : columns(COLUMNS, rows) + more };
}
