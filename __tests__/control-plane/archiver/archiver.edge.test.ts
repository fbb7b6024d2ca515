/** The shipped archiver with the real SDK: logs of several regions become events in one bucket. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { auditEvent, type AuditEvent } from "../../../audit/event";
import { buildHandlerZip } from "../../../build/handler";
import { startLambda, type Lambda } from "../../../local/lambda";
import { accessLogEvent } from "../../support/access-log";
import { startBucket, type Bucket } from "../../support/bucket";
import { startLogsEmulator, type LogsEmulator } from "../../support/cloudwatch-logs";

const BUCKET = "archive";
const ACCESS = "/aws/vendedlogs/cloudfront/wiki";
const AUTH = "/aws/lambda/us-east-1.wiki-auth";
const REVOKER = "/aws/lambda/wiki-revoker";
const HOUR = 3_600_000;
const ALICE = "-liceAliceAlice1";
/** The last hour that is over by more than its settling time. */
const LAST = Math.floor((Date.now() - 900_000) / HOUR) * HOUR - HOUR;

let folder: string;
let logs: LogsEmulator;
let bucket: Bucket;
let archiver: Lambda;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-archiver-"));
  writeFileSync(join(folder, "archiver.zip"), buildHandlerZip("control-plane/archiver/lambda.ts"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  [logs, bucket] = [await startLogsEmulator(), await startBucket(BUCKET)];
  for (const group of [ACCESS, AUTH, REVOKER]) logs.group(group);
  archiver = await startLambda({
    zip: join(folder, "archiver.zip"),
    functionName: "wiki-archiver",
    timeLimit: 900_000,
    env: {
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.endpoint,
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
      NODE_OPTIONS: "--disable-warning=ExperimentalWarning",
      GATEWAY: "wiki",
      ARCHIVE_BUCKET: BUCKET,
      ARCHIVED_LOGS: `gate=${ACCESS},auth=${AUTH}*,revoker=${REVOKER}`,
      // A day, so that a run has 24 hours to look at.
      LOG_RETENTION_DAYS: "1",
    },
  });
});
afterEach(async () => {
  await archiver?.close();
  await Promise.all([logs.close(), bucket.close()]);
});

const run = () => archiver.invoke({});
const signedIn = (at: number, more: object = {}) => ({
  timestamp: at,
  message: JSON.stringify({
    endpoint: "callback",
    outcome: "signed_in",
    uid: ALICE,
    idp: "main",
    status: 302,
    requestId: "R1",
    address: "203.0.113.9",
    ...more,
  }),
});
const denied = (at: number, said: string, more: Record<string, string> = {}) =>
  accessLogEvent(at, {
    "c-ip": "203.0.113.9",
    "cs-method": "GET",
    "x-host-header": "wiki.example.com",
    "cs-uri-stem": "/admin",
    "sc-status": "403",
    "x-edge-request-id": "R2",
    "viewer-request-log-data": said,
    ...more,
  });

/** By the end of the key: the events of an object. */
function archived(): Record<string, AuditEvent[]> {
  const objects = [...bucket.objects].filter(([key]) => key.endsWith(".jsonl.gz"));
  return Object.fromEntries(
    objects.map(([key, body]) => {
      const lines = gunzipSync(body).toString().trimEnd().split("\n");
      return [key.split("/").at(-1)!, lines.map((line) => auditEvent.parse(JSON.parse(line)))];
    }),
  );
}

test("copies what every region logged of an hour, as events, and says that the hour is archived", async () => {
  logs.group(AUTH, "eu-central-1").push(
    { timestamp: LAST, message: "START RequestId: 1 Version: 7\n" },
    signedIn(LAST),
    signedIn(LAST + HOUR - 1),
    // Not over yet, and older than what the logs keep.
    signedIn(LAST + HOUR),
    signedIn(LAST - 24 * HOUR),
  );
  logs.group(AUTH, "us-west-2").push(signedIn(LAST + 5));
  logs
    .group(ACCESS)
    .push(denied(LAST, `deny role ${ALICE}`), denied(LAST + 11 * 60_000, "deny rule"), denied(LAST, "allow public"));
  const by = "operator:arn:aws:iam::1:user/ann";
  for (const line of [
    { operation: "tidy", outcome: "done", removed: 0 },
    { operation: "tidy", outcome: "failed", detail: "TimeoutError" },
    { operation: "revoke", outcome: "done", target: "user", uid: ALICE, by, sessions: 2, isNew: true },
  ])
    logs.group(REVOKER).push({ timestamp: LAST + 7, message: JSON.stringify(line) });

  expect(await run()).toEqual({ hours: 24, events: 7, waiting: 0 });
  const events = archived();
  expect(Object.keys(events).sort()).toEqual([
    "auth.eu-central-1.00.0.jsonl.gz",
    "auth.us-west-2.00.0.jsonl.gz",
    "gate.us-east-1.00.0.jsonl.gz",
    "gate.us-east-1.10.0.jsonl.gz",
    "revoker.us-east-1.00.0.jsonl.gz",
  ]);
  expect(events["auth.eu-central-1.00.0.jsonl.gz"]).toMatchObject([
    { version: 1, gateway: "wiki", source: "auth", region: "eu-central-1", event: "callback", outcome: "signed_in" },
    { time: new Date(LAST + HOUR - 1).toISOString(), uid: ALICE, address: "203.0.113.9", requestId: "R1" },
  ]);
  expect(events["gate.us-east-1.00.0.jsonl.gz"]).toMatchObject([
    { event: "request", outcome: "deny role", uid: ALICE, status: 403, path: "/admin", host: "wiki.example.com" },
  ]);
  expect(events["revoker.us-east-1.00.0.jsonl.gz"]).toMatchObject([
    { event: "tidy", outcome: "failed", detail: "TimeoutError" },
    { event: "revoke", target: "user", uid: ALICE, by, facts: { sessions: 2, isNew: true } },
  ]);
  const folder = new Date(LAST).toISOString().slice(0, 13).replace(/[-T]/g, "/");
  for (const key of bucket.objects.keys())
    if (key.endsWith(".gz")) expect(key).toContain(`edgegate/wiki/events/v1/${folder}/`);
  const marks = [...bucket.objects].filter(([key]) => key.startsWith("edgegate/wiki/hours/v1/"));
  expect(marks).toHaveLength(24);
  const last = JSON.parse(marks.at(-1)![1].toString()) as { objects: { key: string; events: number }[] };
  expect(last).toMatchObject({ hour: new Date(LAST).toISOString(), look: "first", misfits: 0, refusedRegions: [] });
  expect(last.objects.map(({ events }) => events)).toEqual([2, 1, 1, 1, 2]);
  expect(archiver.logs()).not.toContain("failed");
});

test("does nothing twice, and repeats an hour that failed without storing its objects again", async () => {
  logs.group(AUTH, "eu-central-1").push(signedIn(LAST));
  logs.errors.set("sa-east-1", { name: "ServiceUnavailableException", status: 400 });
  await expect(run()).rejects.toThrow("24 hours are not archived: ServiceUnavailableException");
  // The regions that answer are in the archive.
  expect(Object.keys(archived())).toEqual(["auth.eu-central-1.00.0.jsonl.gz"]);
  expect([...bucket.objects.keys()].filter((key) => key.includes("/hours/"))).toEqual([]);
  logs.errors.clear();
  bucket.calls.length = 0;
  expect(await run()).toMatchObject({ hours: 24, events: 1 });
  expect(bucket.calls.filter((call) => call.startsWith("PUT") && call.includes("/events/"))).toEqual([]);
  bucket.calls.length = 0;
  expect(await run()).toEqual({ hours: 0, events: 0, waiting: 0 });
  expect(bucket.calls.filter((call) => call.startsWith("PUT"))).toEqual([]);
});

test("a region without the log, and one that the account forbids, are not failures; at home both are", async () => {
  logs.errors.set("ap-south-1", { name: "AccessDeniedException", status: 400 });
  logs.errors.set("eu-north-1", { name: "UnrecognizedClientException", status: 400 });
  expect(await run()).toMatchObject({ hours: 24 });
  const mark = [...bucket.objects].at(-1)![1].toString();
  expect(JSON.parse(mark)).toMatchObject({ refusedRegions: ["ap-south-1"] });
  bucket.objects.clear();
  logs.errors.clear();
  logs.errors.set("us-east-1", { name: "AccessDeniedException", status: 400 });
  await expect(run()).rejects.toThrow("24 hours are not archived: AccessDeniedException");
});

test("a bucket that refuses fails the run, without a word of what was to be stored", async () => {
  logs.group(AUTH).push(signedIn(LAST));
  bucket.errors.set("PUT", 403);
  await expect(run()).rejects.toThrow("24 hours are not archived: AccessDenied");
  expect(archiver.logs()).not.toContain(ALICE);
});

test("what a line has beyond the schema, or not in its form, is left out and counted", async () => {
  logs
    .group(AUTH)
    .push(signedIn(LAST, { uid: "not a uid", address: "x\ny", requestId: "R9", outcome: "signed_in", idp: ["main"] }));
  logs.group(ACCESS).push(denied(LAST, "deny rule", { "cs-uri-stem": `/${"é"}` }));
  await run();
  const [event] = archived()["auth.us-east-1.00.0.jsonl.gz"]!;
  expect(event).toMatchObject({ event: "callback", outcome: "signed_in", requestId: "R9" });
  expect(event).not.toHaveProperty("uid");
  expect(event).not.toHaveProperty("address");
  const marks = [...bucket.objects].filter(([key]) => key.includes("/hours/")).map(([, body]) => body.toString());
  expect(marks.map((text) => (JSON.parse(text) as { misfits: number }).misfits)).toContain(4);
});
