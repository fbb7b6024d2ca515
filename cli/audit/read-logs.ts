/**
 * Reads log groups in several regions in parallel. `FilterLogEvents` is free and reads the last minutes, too; Logs
 * Insights bills each GB that it scans (docs/decisions/0048-audit.md).
 */
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import type { AuditEvent, EventSource } from "../../audit/event";
import { eventOfText } from "../../audit/from-line";
import { NO_REPLICA_ERRORS } from "../../cloudfront/replica-regions";
import { explain } from "../aws-failures";
import type { CommandFailure } from "../failures";
import type { Gateway } from "../gateway";
import type { Progress } from "../progress";

export interface LogSource {
  source: EventSource;
  group: string;
  region: string;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  pattern: string;
}

/** Unix seconds, both included. */
export interface Window {
  since: number;
  until: number;
}

export interface EventsRead {
  events: AuditEvent[];
  /** Regions that were not read, and why. */
  unread: { region: string; why: string }[];
  /** True if a log had more lines than are read. */
  isCut: boolean;
}

const HOME = "us-east-1";
/** Maximum lines of one log group in one slice of time. */
const MAX_LINES = 5_000;
/** Logs with much traffic are read in slices of at least an hour. */
const MAX_SLICES = 24;
/** AWS allows five to ten calls a second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const PARALLEL = 4;
const MAX_ATTEMPTS = 8;

interface Job extends Window {
  source: LogSource;
}

/** @throws CommandFailure that says what to do, if a log in us-east-1 cannot be read */
export async function readLogs(
  gateway: Gateway,
  sources: readonly LogSource[],
  window: Window,
  progress: Progress,
): Promise<EventsRead> {
  const read: EventsRead = { events: [], unread: [], isCut: false };
  const jobs = sources.flatMap((source) => slices(window, source));
  let done = 0;
  const tick = () => progress(++done, jobs.length);
  const regions = [...new Set(sources.map(({ region }) => region))];
  await Promise.all(
    regions.map(async (region) => {
      const client = new CloudWatchLogsClient({ ...gateway.client, region, maxAttempts: MAX_ATTEMPTS });
      const waiting = jobs.filter(({ source }) => source.region === region);
      const work = async () => {
        for (let job = waiting.shift(); job; job = waiting.shift()) {
          try {
            await readSlice(client, gateway.config.name, job, read);
          } catch (error) {
            waiting.length = 0;
            const failure = failureOf(error, job.source, gateway);
            if (region === HOME) throw failure;
            if (!NO_REPLICA_ERRORS.includes((error as Error).name)) read.unread.push({ region, why: failure.message });
          }
          tick();
        }
      };
      try {
        await Promise.all(Array.from({ length: PARALLEL }, work));
      } finally {
        client.destroy();
      }
    }),
  );
  return read;
}

/** Lines of functions are few; the access log has one for each request. */
function slices({ since, until }: Window, source: LogSource): Job[] {
  const wanted = source.source === "gate" ? Math.ceil((until - since) / 3_600) : 1;
  const count = Math.max(1, Math.min(MAX_SLICES, wanted));
  const length = Math.ceil((until - since + 1) / count);
  return Array.from({ length: count }, (_, place) => ({
    source,
    since: since + place * length,
    until: Math.min(until, since + (place + 1) * length - 1),
  }));
}

async function readSlice(
  client: CloudWatchLogsClient,
  gateway: string,
  { source, since, until }: Job,
  read: EventsRead,
): Promise<void> {
  let count = 0;
  const pages = paginateFilterLogEvents(
    { client },
    {
      logGroupName: source.group,
      filterPattern: source.pattern,
      startTime: since * 1000,
      endTime: until * 1000 + 999,
    },
  );
  for await (const { events = [] } of pages) {
    for (const { eventId: id = "", message = "", timestamp: loggedAt = 0 } of events) {
      const made = eventOfText({ id, gateway, source: source.source, region: source.region, loggedAt }, message);
      if (made) read.events.push(made.event);
    }
    count += events.length;
    if (count < MAX_LINES) continue;
    read.isCut = true;
    return;
  }
}

function failureOf(error: unknown, { group, region }: LogSource, { config, isLocal }: Gateway): CommandFailure {
  return explain(error, {
    action: "logs:FilterLogEvents",
    resource: `log group ${group}${region === HOME ? "" : ` in ${region}`}`,
    gateway: config.name,
    isLocal,
    mayQuote: true,
  });
}
