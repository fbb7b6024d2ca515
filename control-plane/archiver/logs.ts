/** The archiver's port on CloudWatch Logs, in every region. */
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { NO_REPLICA_ERRORS } from "../../cloudfront/replica-regions";
import type { EventSource } from "../../audit/event";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { LogAbsent, LogRefused, type ArchivedLog, type ArchiverPorts } from "./ports";

const HOME = "us-east-1";
/**
 * Filters for the lines that are events: refusals in the access log, and lines with an outcome in the functions' logs.
 * Lambda's own lines are not JSON.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
const PATTERNS: Partial<Record<EventSource, string>> = { gate: '{ $.viewer-request-log-data = "deny *" }' };
const FUNCTION_PATTERN = '{ $.outcome = "*" }';

/** A client for each region; kept, because a run reads many hours. */
const clients = new Map<string, CloudWatchLogsClient>();

export const read: ArchiverPorts["read"] = async function* (region, { source, group }: ArchivedLog, { from, to }) {
  let client = clients.get(region);
  if (!client) clients.set(region, (client = new CloudWatchLogsClient({ ...CLIENT_OPTIONS, region })));
  const input = {
    logGroupName: group,
    filterPattern: PATTERNS[source] ?? FUNCTION_PATTERN,
    startTime: from,
    endTime: to,
  };
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input))
      yield events.map(({ eventId = "", timestamp = from, message = "" }) => ({
        id: eventId,
        loggedAt: timestamp,
        text: message,
      }));
  } catch (error) {
    const { name } = error as Error;
    if (region !== HOME && NO_REPLICA_ERRORS.includes(name)) throw new LogAbsent();
    // Many organizations forbid regions that they do not use:
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    if (region !== HOME && name === "AccessDeniedException") throw new LogRefused();
    throw error;
  }
};
