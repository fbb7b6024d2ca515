/** Which lines are counted: patterns as CloudWatch Logs matches them, on lines as CloudFront and the revoker write them. */
import { parseConfig } from "../../config/load";
import { countedLines, type LineMetric } from "../../stacks/log-metrics";
import { accessLogEvent, type AccessLogField } from "../support/access-log";
import { logPattern } from "../support/log-pattern";
import { roleSession, storeCall } from "../support/store-call";
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

const READER = { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/reader", userName: "reader" };
/** Somebody who names a user like a role of the gateway, and takes a session of it. */
const IMPOSTOR = {
  ...roleSession("wiki-revoker"),
  type: "FederatedUser",
};

test.each<[what: string, call: object, alarms: boolean]>([
  ["a read by a person's role", storeCall("GetKey", roleSession("ReadOnly", "/people/")), true],
  ["a list by a user", storeCall("ListKeys", READER), true],
  ["a read by the account's root", storeCall("GetKey", { type: "Root", arn: "arn:aws:iam::111122223333:root" }), true],
  ["a key planted by a pipeline", storeCall("PutKey", roleSession("pipeline"), { readOnly: false }), true],
  ["a read by nobody knows whom", storeCall("GetKey", undefined), true],
  ["a read by a role without a name", storeCall("GetKey", { type: "AssumedRole" }), true],
  ["a read by a user with the name of a role", storeCall("GetKey", { ...READER, userName: "wiki-revoker" }), true],
  ["a read in a session of such a user", storeCall("GetKey", IMPOSTOR), true],
  ["a read by the auth handler, which has no reason to", storeCall("GetKey", roleSession("wiki-auth")), true],
  ["a read by another gateway", storeCall("GetKey", roleSession("docs-revoker")), true],
  ["a refused read", storeCall("GetKey", roleSession("ReadOnly"), { errorCode: "AccessDenied" }), false],
  ["the revoker", storeCall("ListKeys", roleSession("wiki-revoker")), false],
  ["the revoker of queued revocations", storeCall("UpdateKeys", roleSession("wiki-revocations")), false],
  ["the key rotator", storeCall("UpdateKeys", roleSession("wiki-key-rotator")), false],
])("%s", (_, call, alarms) => {
  expect(metricsOf(call as Record<string, unknown>, "storeAccess")).toEqual(alarms ? ["store-accessed"] : []);
});

test("the store's writers are known by the names that the account prescribes, and the longest names fit", () => {
  const config = parseConfig({
    ...SMALL,
    name: "a".repeat(30),
    iam: { rolePath: "/teams/", roleNamePrefix: "p".repeat(22) },
  });
  const isCounted = logPattern(countedLines(config)["store-accessed"].pattern);
  const role = `${"p".repeat(22)}${"a".repeat(30)}-revoker`;
  expect(isCounted(storeCall("GetKey", roleSession(role, "/teams/")))).toBe(false);
  expect(isCounted(storeCall("GetKey", roleSession(`${"a".repeat(30)}-revoker`)))).toBe(true);
});
