/**
 * CloudWatch Logs as far as `FilterLogEvents` and `PutRetentionPolicy` are concerned, in every region: one event a page,
 * and empty pages.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { logPattern } from "./log-pattern";

export interface LoggedEvent {
  /** Unix milliseconds. */
  timestamp: number;
  message: string;
}

export interface LogsEmulator {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** Makes the group unless it is there. Its events, oldest first. */
  group(name: string, region?: string): LoggedEvent[];
  /** By region: the error of every call there. */
  errors: Map<string, { name: string; status: number }>;
  /** Regions that never answer. */
  silent: Set<string>;
  /** Days, by region and name of the group; a group that is not here keeps its lines forever. */
  retention: Map<string, number>;
  /** What was asked. */
  queries: (Query & { region: string })[];
  /** By name: the environment of a Lambda function. */
  environments: Map<string, Record<string, string>>;
  /** Answers calls of Lambda functions. */
  invoke: ((functionName: string, payload: unknown) => object) | undefined;
  close(): Promise<void>;
}

interface Retention {
  logGroupName: string;
  retentionInDays: number;
}

interface Query {
  logGroupName: string;
  startTime?: number;
  endTime?: number;
  filterPattern?: string;
  nextToken?: string;
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html,
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export async function startLogsEmulator(): Promise<LogsEmulator> {
  const groups = new Map<string, LoggedEvent[]>();
  const emulator: LogsEmulator = {
    endpoint: "",
    errors: new Map(),
    silent: new Set(),
    retention: new Map(),
    queries: [],
    environments: new Map(),
    invoke: undefined,
    group(name, region = "us-east-1") {
      const key = `${region} ${name}`;
      if (!groups.has(key)) groups.set(key, []);
      return groups.get(key)!;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const operations: Record<string, (place: string, input: never) => object> = {
    FilterLogEvents: (place, query: Query) => page(groups.get(place)!, query),
    PutRetentionPolicy: (place, { retentionInDays }: Retention) => {
      emulator.retention.set(place, retentionInDays);
      return {};
    },
  };
  const answerTo = (target: string, region: string, body: string): [status: number, body: object] => {
    const operation = operations[target.replace("Logs_20140328.", "")];
    if (!operation) return [400, { __type: "UnknownOperationException" }];
    const input = JSON.parse(body) as Query | Retention;
    if (!("retentionInDays" in input)) emulator.queries.push({ ...input, region });
    const error = emulator.errors.get(region);
    if (error) return [error.status, { __type: error.name, message: `${error.name} of ${input.logGroupName}` }];
    const place = `${region} ${input.logGroupName}`;
    if (!groups.has(place)) return [400, { __type: "ResourceNotFoundException", message: "no such log group" }];
    return [200, operation(place, input as never)];
  };
  const server = createServer((request, response) => {
    const answerConfiguration = (name: string) => {
      const variables = emulator.environments.get(name);
      response.writeHead(variables ? 200 : 404, {
        "content-type": "application/json",
        ...(!variables && { "x-amzn-errortype": "ResourceNotFoundException" }),
      });
      response.end(JSON.stringify(variables ? { Environment: { Variables: variables } } : {}));
    };
    void text(request).then((body) => {
      const [, configured] = /^\/2015-03-31\/functions\/([^/]+)\/configuration/.exec(request.url ?? "") ?? [];
      if (configured !== undefined) return answerConfiguration(configured);
      const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? "") ?? [];
      const [, region = ""] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
      if (emulator.silent.has(region)) return;
      const [status, answer] =
        functionName !== undefined && emulator.invoke
          ? [200, emulator.invoke(functionName, JSON.parse(body))]
          : answerTo(String(request.headers["x-amz-target"]), region, body);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  emulator.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return emulator;
}

function page(
  events: readonly LoggedEvent[],
  { startTime = 0, endTime = Infinity, filterPattern, nextToken = "0" }: Query,
): object {
  const isWanted = filterPattern === undefined ? () => true : logPattern(filterPattern);
  const place = Number(nextToken);
  const found = events
    .slice(place, place + 1)
    .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
    .filter(({ message }) => message.startsWith("{") && isWanted(JSON.parse(message) as Record<string, unknown>))
    .map((event) => ({ ...event, eventId: eventId(place, event) }));
  return { events: found, ...(place < events.length - 1 && { nextToken: String(place + 1) }) };
}

/** As CloudWatch makes them: digits, and the same each time. */
function eventId(place: number, { timestamp }: LoggedEvent): string {
  return `${timestamp}${String(place).padStart(43, "0")}`;
}
