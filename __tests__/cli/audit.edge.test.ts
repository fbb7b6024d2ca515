/** `edgegate audit`, with logs in two regions as gate, auth handler and revoker write them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessLogEvent } from "../support/access-log";
import { edgegate, edgegateAtTerminal, type Run } from "../support/cli";
import { startLogsEmulator, type LogsEmulator } from "../support/cloudwatch-logs";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";

const ALICE = "-liceAliceAlice1";
const BOB = "BobBobBobBobBob1";
const HOME = "203.0.113.9";
const OFFICE = "198.51.100.7";
const ACCESS = "/aws/vendedlogs/cloudfront/wiki";
const HANDLER = "/aws/lambda/us-east-1.wiki-auth";
const MINUTE = 60_000;

const CONFIG = {
  ...SMALL,
  policy: [
    { path: "/public/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/**", methods: ["GET"], allow: "signed-in" },
  ],
};

let folder: string;
let logs: LogsEmulator;
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-audit-"));
  writeFileSync(join(folder, "gateway.config.json"), JSON.stringify(CONFIG));
  writeFileSync(
    join(folder, "bucket.json"),
    JSON.stringify({ ...CONFIG, accessLogBucketArn: "arn:aws:s3:::example-logs" }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  logs = await startLogsEmulator();
  for (const group of [ACCESS, HANDLER, "/aws/lambda/wiki-revocations", "/aws/lambda/wiki-revoker"]) logs.group(group);
});
afterEach(() => logs.close());

const environment = () => ({
  AWS_ENDPOINT_URL: logs.endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});
function run(args: string[], config = "gateway.config.json"): Promise<Run> {
  return edgegate(["audit", ...args, "--config", config], { cwd: folder, env: environment() });
}

const newId = () => String(++count).padStart(54, "Ab1_") + "==";

/** @param ago minutes */
function visit(
  ago: number,
  path: string,
  said: string,
  { status = "200", address = HOME, method = "GET", id = newId() } = {},
): string {
  logs.group(ACCESS).push(
    accessLogEvent(Date.now() - ago * MINUTE, {
      "c-ip": address,
      "c-country": "DE",
      "x-edge-location": "FRA56-P1",
      "cs-method": method,
      "x-host-header": "wiki.example.com",
      "cs-uri-stem": path,
      "sc-status": status,
      "x-edge-request-id": id,
      "viewer-request-log-data": said,
    }),
  );
  return id;
}

/** A line of the auth handler, and that of the access log. */
function handled(ago: number, endpoint: string, line: object, region = "eu-central-1", address = HOME): string {
  const id = visit(ago, `/_gate/${endpoint}`, "-", { status: "302", address });
  logs.group(HANDLER, region).push(
    { timestamp: Date.now() - ago * MINUTE, message: "START RequestId: 1 Version: 7\n" },
    {
      timestamp: Date.now() - ago * MINUTE,
      message: JSON.stringify({ endpoint, ...line, status: 302, requestId: id, address }),
    },
  );
  return id;
}

function operated(ago: number, line: object, name = "wiki-revoker"): void {
  logs.group(`/aws/lambda/${name}`).push({ timestamp: Date.now() - ago * MINUTE, message: JSON.stringify(line) });
}

/** Decision and reason of each line of the table. */
function told(stdout: string): string[][] {
  const [header, ...lines] = stdout.trimEnd().split("\n");
  const [from, what, decision, why, id] = ["from", "what", "decision", "why", "request ID"].map((name) =>
    header!.indexOf(name),
  ) as [number, number, number, number, number];
  return lines
    .filter((line) => /^\d{4}-/.test(line))
    .map((line) => [
      line.slice(from, what).trim(),
      line.slice(what, decision).trim(),
      line.slice(decision, why).trim(),
      line.slice(why, id).trim(),
    ]);
}

test("tells what happened to a user, in all regions and in order", async () => {
  visit(50, "/admin/x", "login none", { status: "302" });
  handled(49, "login", { outcome: "sign_in_started", idp: "main" });
  handled(48, "callback", { outcome: "signed_in", uid: ALICE, sid: "SSSSSSSSSSSSSSSS", idp: "main" });
  visit(47, "/admin/x", `deny role ${ALICE}`, { status: "403" });
  visit(46, "/notes", "deny rule", { status: "403", method: "POST" });
  for (let i = 0; i < 5; i++) visit(45, `/notes/${i}`, `allow session ${ALICE}`);
  handled(30, "login", { outcome: "renewed", uid: ALICE, idp: "main" }, "us-west-2", OFFICE);
  visit(29, "/notes", `allow session ${ALICE}`, { address: OFFICE });
  handled(25, "login", { outcome: "out_of_time" }, "us-west-2", OFFICE);
  visit(20, "/admin", `deny role ${BOB}`, { status: "403" });
  handled(20, "callback", { outcome: "signed_in", uid: BOB, idp: "main" });
  operated(10, { operation: "revoke", outcome: "done", target: "user", uid: ALICE, by: "operator:arn:aws:iam::1:x" });
  operated(9, { operation: "revoke", outcome: "done", target: "user", uid: BOB, by: "sign-out" }, "wiki-revocations");
  operated(8, { operation: "lockdown", outcome: "done" });
  visit(7, "/notes", "login revoked", { status: "302" });

  const { code, stdout, stderr } = await run(["--uid", ALICE]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const home = `${HOME} DE FRA56-P1`;
  const office = `${OFFICE} DE FRA56-P1`;
  expect(told(stdout)).toEqual([
    [`~${home}`, "GET /admin/x", "asked to sign in 302", "no session cookie"],
    [`~${home}`, "GET /_gate/login", "asked to sign in 302", "at main"],
    [home, "GET /_gate/callback", "signed in 302", "at main"],
    [home, "GET /admin/x", "denied 403", "needs admin: rule 2, /admin/**"],
    [`~${home}`, "POST /notes", "denied 403", "no rule allows it"],
    [home, expect.stringMatching(/^5 requests until \d\d:\d\d:\d\dZ$/), "allowed", ""],
    [office, "GET /_gate/login", "renewed 302", "at main"],
    [office, "GET /notes", "allowed 200", "signed in: rule 3, /**"],
    [`~${office}`, "GET /_gate/login", "failed 302", "out of time (out_of_time)"],
    ["", "revoke", "revoked", "every session of the user, by operator:arn:aws:iam::1:x"],
    ["", "lockdown", "locked down", "every session of everybody"],
    [`~${home}`, "GET /notes", "asked to sign in 302", "the session or its user is revoked"],
  ]);
  expect(stdout).toContain("others may share it");
  expect(stdout).not.toContain(BOB);
});

test("an e-mail address is looked up in the ledger, and programs get every line", async () => {
  logs.invoke = (functionName, payload) => {
    expect({ functionName, payload }).toEqual({
      functionName: "wiki-revoker",
      payload: { operation: "sessions", email: "alice@example.com", all: true },
    });
    return { sessions: [{ uid: ALICE, address: OFFICE }], hasMore: false };
  };
  for (let i = 0; i < 6; i++) visit(5, "/public/a", "allow public");
  for (let i = 0; i < 6; i++) visit(5, "/notes", `allow session ${ALICE}`);
  visit(4, "/notes", "login expired", { address: OFFICE, status: "302" });
  const { stdout } = await run(["--user", "alice@example.com", "--json"]);
  const { uids, entries } = JSON.parse(stdout) as { uids: string[]; entries: { code: string; rule?: number }[] };
  expect(uids).toEqual([ALICE]);
  expect(entries.map(({ code, rule }) => [code, rule])).toEqual([
    ...Array.from({ length: 6 }, () => [`allow session ${ALICE}`, 3]),
    ["login expired", 3],
  ]);
});

test("a request is found by the ID on its page, however old", async () => {
  visit(3 * 24 * 60, "/public/a", "allow public");
  const id = visit(3 * 24 * 60, "/admin", `deny role ${ALICE}`, { status: "403" });
  const { code, stdout } = await run(["--request", id]);
  expect(code).toBe(0);
  expect(told(stdout)).toEqual([[`${HOME} DE FRA56-P1`, "GET /admin", "denied 403", "needs admin: rule 2, /admin/**"]]);
});

test("what ran before the gate is said, with the command that explains it", async () => {
  const id = visit(5, "/notes", "-", { status: "403" });
  const { stdout } = await run(["--request", id]);
  expect(stdout).toContain(`before the gate, by the web ACL: edgegate waf why ${id}`);
});

test.each([
  ["deny rule", "/notes", "no rule allowed it then; rule 3, /**, does now"],
  [`deny role ${ALICE}`, "/notes", "the policy has changed: rule 3, /**"],
  [`allow session ${ALICE}`, "/nowhere", "signed in: no rule matches now: the policy has changed"],
])("a policy that has changed since is told apart: %s", async (said, path, why) => {
  const id = visit(5, path, said, { method: path === "/nowhere" ? "POST" : "GET" });
  expect(told((await run(["--request", id])).stdout)[0]![3]).toBe(why);
});

test("only the time that was asked for is shown, although the log is late", async () => {
  visit(90, "/notes/early", `allow session ${ALICE}`);
  visit(61, "/notes/then", `allow session ${ALICE}`);
  visit(10, "/notes/late", `allow session ${ALICE}`);
  const moment = (ago: number) => new Date(Date.now() - ago * MINUTE).toISOString().slice(0, 19) + "Z";
  const { stdout } = await run([`--uid=${ALICE}`, "--since", moment(70), "--until", moment(60)]);
  expect(told(stdout).map(([, what]) => what)).toEqual(["GET /notes/then"]);
  const { stdout: none } = await run([`--uid=${ALICE}`, "--since", "2d", "--until", "1d"]);
  expect(none).toContain("No log has anything about this user between ");
});

test("a region that cannot be read is named, and the rest is shown", async () => {
  logs.errors.set("sa-east-1", { name: "AccessDeniedException", status: 400 });
  // Not enabled in the account: there is no replica.
  logs.errors.set("eu-north-1", { name: "UnrecognizedClientException", status: 400 });
  visit(5, "/notes", `allow session ${ALICE}`);
  const { code, stdout } = await run(["--uid", ALICE]);
  expect(code).toBe(1);
  expect(told(stdout)).toHaveLength(1);
  expect(stdout).toContain("Not read, sa-east-1: these credentials are not allowed to use the log group");
  expect(stdout).not.toContain("eu-north-1");
});

test("nobody can put a filter into the logs", async () => {
  visit(5, "/notes", `allow session ${ALICE}`, { address: '1" || $.c-ip = "*' });
  const { code } = await run(["--uid", ALICE]);
  expect(code).toBe(0);
  expect(logs.queries.filter(({ filterPattern }) => filterPattern?.includes("c-ip"))).toEqual([]);
});

test("an access log in a bucket is not read, and that is said", async () => {
  handled(48, "callback", { outcome: "signed_in", uid: ALICE, idp: "main" });
  const { stdout } = await run(["--uid", ALICE], "bucket.json");
  expect(told(stdout)).toEqual([[HOME, "callback", "signed in 302", "at main"]]);
  expect(stdout).toContain("The access log is in arn:aws:s3:::example-logs: not read");
});

test.each<[what: string, args: string[], prepare: () => void, code: number, said: string]>([
  ["nobody named", [], () => {}, 2, "write one of --user <user>, --uid <uid> and --request <id>"],
  ["two named", ["--uid", ALICE, "--user", "a@b.c"], () => {}, 2, "write one of --user"],
  ["a uid that is none", ["--uid", 'x" || "'], () => {}, 2, "write the 16 characters of a uid"],
  ["a time without a zone", ["--uid", ALICE, "--since", "2026-03-01 09:00"], () => {}, 2, "a time with its zone"],
  ["an end before the start", ["--uid", ALICE, "--since", "1h", "--until", "2h"], () => {}, 2, "not before --until"],
  ["an unknown request", ["--request", `A${"b".repeat(53)}==`], () => {}, 4, "edgegate waf why Abbb"],
  [
    "a user whom the ledger does not know",
    ["--user", "x@y.z"],
    () => (logs.invoke = () => ({ sessions: [], hasMore: false })),
    4,
    "the ledger has no session of",
  ],
  [
    "a missing permission",
    ["--uid", ALICE],
    () => logs.errors.set("us-east-1", { name: "AccessDeniedException", status: 400 }),
    1,
    "the permission logs:FilterLogEvents",
  ],
])("%s ends with what to do", async (_, args, prepare, code, said) => {
  prepare();
  const ended = await run(args);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
  expect(ended.stderr).toContain(said);
});

describeWith("script", "at a terminal", (script) => {
  test("a bar shows how much is read", async () => {
    visit(5, "/notes", `allow session ${ALICE}`);
    const args = ["audit", "--uid", ALICE, "--config", join(folder, "gateway.config.json")];
    const { stdout } = await edgegateAtTerminal(script, args, [], environment());
    expect(stdout).toMatch(/Reading the logs of wiki █+░* \d+\/\d+/);
  });
});
