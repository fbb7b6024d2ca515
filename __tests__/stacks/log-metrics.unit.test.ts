/** Which lines are counted: patterns as CloudWatch Logs matches them, on lines as CloudFront and the revoker write them. */
import { parseConfig } from "../../config/load";
import { countedLines, type LineMetric } from "../../stacks/log-metrics";
import { accessLogEvent, type AccessLogField } from "../support/access-log";
import { logPattern } from "../support/log-pattern";
import { SMALL } from "../support/small-config";

const COUNTED = Object.entries(countedLines(parseConfig({ ...SMALL, session: { keyRotationDays: 30 } })));

/** The metrics that count a line. */
function metricsOf(line: Record<string, unknown>, log: string): LineMetric[] {
  return COUNTED.filter(([, counted]) => counted.log === log && logPattern(counted.pattern)(line)).map(
    ([name]) => name as LineMetric,
  );
}

test.each<[what: string, fields: Partial<Record<AccessLogField, string>>, metrics: LineMetric[]]>([
  ["a page", { "cs-uri-stem": "/a", "viewer-request-log-data": "allow session x" }, ["requests-allowed"]],
  ["a server error of the origin", { "cs-uri-stem": "/a", "sc-status": "502" }, []],
  ["a finished sign-in", { "cs-uri-stem": "/_gate/callback/main", "sc-status": "302" }, ["sign-ins-finished"]],
  ["a refused sign-in", { "cs-uri-stem": "/_gate/callback/main", "sc-status": "403" }, ["sign-ins-failed"]],
  [
    "a failed sign-in",
    { "cs-uri-stem": "/_gate/callback/main", "sc-status": "503" },
    ["sign-in-errors", "sign-ins-failed"],
  ],
  ["a started sign-in", { "cs-uri-stem": "/_gate/login", "sc-status": "302" }, []],
  ["a failed renewal", { "cs-uri-stem": "/_gate/login", "sc-status": "503" }, ["sign-in-errors"]],
  [
    "a store that fails",
    { "viewer-request-log-data": "deny store", "sc-status": "503" },
    ["store-errors", "requests-denied"],
  ],
  [
    "a wrong signature",
    { "viewer-request-log-data": "login mac", "sc-status": "302" },
    ["wrong-signatures", "requests-login"],
  ],
])("%s of the access log", (_, fields, metrics) => {
  const { message } = accessLogEvent(Date.now(), fields);
  expect(metricsOf(JSON.parse(message) as Record<string, unknown>, "access")).toEqual(metrics);
});

test.each<[what: string, line: object, metrics: LineMetric[]]>([
  ["a key in time", { operation: "sweep", outcome: "done", rotates: true, daysSinceRotation: 33 }, []],
  ["an old key", { operation: "sweep", outcome: "done", rotates: true, daysSinceRotation: 34 }, ["rotation-overdue"]],
  ["a rotation that is off", { operation: "sweep", outcome: "done", rotates: false }, ["rotation-overdue"]],
  ["no rotation yet", { operation: "sweep", outcome: "done", rotates: true }, []],
  ["another operation", { operation: "tidy", outcome: "done", rotates: false }, []],
])("%s of the revoker's log", (_, line, metrics) => {
  expect(metricsOf(line as Record<string, unknown>, "revoker")).toEqual(metrics);
});
