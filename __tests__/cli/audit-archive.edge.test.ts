/** `edgegate audit --archive`, with events in a bucket as the archiver writes them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { startBucket, type Bucket } from "../support/bucket";
import { edgegate, type Run } from "../support/cli";
import { startLogsEmulator, type LogsEmulator } from "../support/cloudwatch-logs";
import { SMALL } from "../support/small-config";

const ALICE = "-liceAliceAlice1";
const BOB = "BobBobBobBobBob1";
const HOME = "203.0.113.9";
const HOUR = 3_600_000;
/** An hour that is over for long. */
const THEN = Math.floor(Date.now() / HOUR) * HOUR - 40 * 24 * HOUR;
const CONFIG = { ...SMALL, policy: [{ path: "/admin/**", allow: "signed-in" }] };

let folder: string;
let bucket: Bucket;
let aws: LogsEmulator;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-audit-archive-"));
  const archive = { bucketArn: "arn:aws:s3:::archive" };
  const configs = { none: {}, own: { audit: { archive: true } }, existing: { audit: { archive } } };
  for (const [name, more] of Object.entries(configs))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...CONFIG, ...more }));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  [bucket, aws] = [await startBucket("archive"), await startLogsEmulator()];
});
afterEach(() => Promise.all([bucket.close(), aws.close()]));

function run(args: string[], config = "existing"): Promise<Run> {
  return edgegate(["audit", "--archive", ...args, "--config", `${config}.json`], {
    cwd: folder,
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
  });
}

const at = (time: number) => new Date(time).toISOString();
const folderOf = (time: number) => at(time).slice(0, 13).replace(/[-T]/g, "/");
let count = 0;

/** Puts an object of events into the archive, and says that its hour is archived. */
function archive(time: number, source: string, events: object[], part = 0): void {
  const common = { version: 1, gateway: "wiki", source, region: "eu-central-1", time: at(time) };
  const lines = events.map((event) => JSON.stringify({ id: `e${++count}`, ...common, ...event }));
  const key = `edgegate/wiki/events/v1/${folderOf(time)}/${source}.eu-central-1.00.${part}.jsonl.gz`;
  bucket.objects.set(key, gzipSync(`${lines.join("\n")}\n`));
  isArchived(time);
}
function isArchived(time: number): void {
  bucket.objects.set(`edgegate/wiki/hours/v1/${at(time).slice(0, 13)}.json`, Buffer.from("{}"));
}

const SIGNED_IN = { event: "callback", outcome: "signed_in", status: 302, uid: ALICE, idp: "main", address: HOME };
const REFUSED = { event: "request", outcome: "deny rule", status: 403, address: HOME, method: "GET", path: "/x" };
const moment = (time: number) => `${at(time).slice(0, 19)}Z`;
const window = (from: number, hours: number) => ["--since", moment(from), "--until", moment(from + hours * HOUR)];
const ID = `A${"b".repeat(53)}==`;

test("tells what happened to a user when the logs had it, however many objects that is in", async () => {
  archive(THEN, "auth", [SIGNED_IN, { ...SIGNED_IN, uid: BOB, address: "192.0.2.1" }]);
  archive(THEN + 60_000, "gate", [REFUSED, { ...REFUSED, address: "192.0.2.1", path: "/bobs" }]);
  archive(THEN + HOUR, "revoker", [
    { event: "revoke", outcome: "done", target: "user", uid: ALICE, by: "operator:ann" },
    { event: "lockdown", outcome: "done" },
  ]);
  // Outside of the time that is asked for.
  archive(THEN + 5 * HOUR, "auth", [{ ...SIGNED_IN, outcome: "renewed" }]);
  const { code, stdout, stderr } = await run(["--uid", ALICE, ...window(THEN - 60_000, 2), "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { entries } = JSON.parse(stdout) as { entries: Record<string, unknown>[] };
  expect(entries.map(({ log, decision, path, byAddressOnly }) => [log, decision, path, byAddressOnly])).toEqual([
    ["sign-in", "signed in", "callback", undefined],
    ["access", "denied", "/x", true],
    ["control-plane", "revoked", "revoke", undefined],
    ["control-plane", "locked down", "lockdown", undefined],
  ]);
  const read = bucket.calls.filter((call) => call.startsWith("GET edgegate") && call.endsWith(".gz"));
  expect(read.filter((call) => call.includes(folderOf(THEN + 5 * HOUR)))).toEqual([]);
});

test("an event that two objects have is told once, and a request is found by its ID", async () => {
  const event = { ...REFUSED, id: "same", requestId: ID };
  archive(THEN, "gate", [event, { ...REFUSED, requestId: "other" }]);
  archive(THEN, "gate", [event], 1);
  const { stdout } = await run(["--request", ID, ...window(THEN, 1), "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ entries: [{ decision: "denied", requestId: ID }] });
});

test("hours that are missing are named, and so is where the archive begins", async () => {
  archive(THEN, "auth", [SIGNED_IN]);
  for (const hour of [1, 4]) isArchived(THEN + hour * HOUR);
  const { code, stdout } = await run(["--uid", ALICE, ...window(THEN - 2 * HOUR, 6.5)]);
  expect(code).toBe(1);
  const said = (time: number) => `${at(time).slice(0, 19).replace("T", " ")}Z`;
  expect(stdout).toContain(`Not archived: ${said(THEN + 2 * HOUR)} to ${said(THEN + 4 * HOUR)}`);
  expect(stdout).toContain(`The archive begins at ${said(THEN)}`);
  expect(stdout.match(/Not archived/g)).toHaveLength(1);
});

test("lines of a newer version are counted, and the rest is shown", async () => {
  archive(THEN, "auth", [SIGNED_IN, { ...SIGNED_IN, version: 2 }, { ...SIGNED_IN, added: true }]);
  const { code, stdout } = await run(["--uid", ALICE, ...window(THEN, 1)]);
  expect(code).toBe(1);
  expect(stdout).toContain("signed in 302");
  expect(stdout).toContain("Not read: 2 lines that this version of edgegate does not know");
});

test("the bucket that the gateway made is known from the function that fills it", async () => {
  archive(THEN, "auth", [SIGNED_IN]);
  aws.environments.set("wiki-archiver", { ARCHIVE_BUCKET: "archive" });
  const { code, stdout } = await run(["--uid", ALICE, ...window(THEN, 1)], "own");
  expect(code).toBe(0);
  expect(stdout).toContain("signed in 302");
});

test.each<[what: string, prepare: () => void, config: string, code: number, said: string]>([
  ["a config without an archive", () => {}, "none", 2, "write audit: { archive: true } into it and deploy"],
  ["an archiver that is not deployed", () => {}, "own", 4, "there is no function wiki-archiver in this account"],
  ["a missing permission", () => bucket.errors.set("GET", 403), "existing", 1, "the permission s3:ListBucket on it"],
])("%s ends with what to do", async (_, prepare, config, code, said) => {
  prepare();
  const ended = await run(["--uid", ALICE, ...window(THEN, 1)], config);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
  expect(ended.stderr).toContain(said);
});
