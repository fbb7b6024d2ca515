/** CloudWatch Logs with one log group, as far as `FilterLogEvents` is concerned: one event a page. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface LogsEmulator {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** Oldest first. */
  records: { timestamp: number; httpRequest: { requestId: string } }[];
  close(): Promise<void>;
}

interface Query {
  logGroupName: string;
  startTime?: number;
  filterPattern?: string;
  nextToken?: string;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export async function startLogsEmulator(logGroupName: string): Promise<LogsEmulator> {
  const records: LogsEmulator["records"] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const query = JSON.parse(body) as Query;
      const isKnown =
        request.headers["x-amz-target"] === "Logs_20140328.FilterLogEvents" && query.logGroupName === logGroupName;
      const answer = isKnown ? page(query) : { __type: "ResourceNotFoundException", message: "no such log group" };
      response.writeHead(isKnown ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });
  const page = ({ startTime = 0, filterPattern, nextToken = "0" }: Query) => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    const wanted = filterPattern && /^\{ \$\.httpRequest\.requestId = "([\w=-]+)" \}$/.exec(filterPattern)![1];
    const place = Number(nextToken);
    const isLast = place >= records.length - 1;
    const events = records
      .slice(place, place + 1)
      .filter((record) => record.timestamp >= startTime && (!wanted || record.httpRequest.requestId === wanted))
      .map((record) => ({ timestamp: record.timestamp, message: JSON.stringify(record) }));
    return { events, ...(isLast ? {} : { nextToken: String(place + 1) }) };
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
