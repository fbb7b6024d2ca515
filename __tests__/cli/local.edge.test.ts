/** Every command against the local edge: the shipped revoker and key rotator carry them out. */
import { readFileSync } from "node:fs";
import { nextSecond, signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { ORIGIN_SECRET_RECORD } from "../../session/origin-secret";
import { SESSION_COOKIE } from "../../session/cookies";
import { clientSecretName } from "../../session/settings";
import { keyRecordName, shardOf, shardRecordName } from "../../session/shard";
import { decodePayload, splitToken } from "../../session/token";
import { edgegate, type Run, type RunOptions } from "../support/cli";
import { startTestEdge } from "../support/local-edge";
import { tokenKeys } from "../support/store-records";

let edge: LocalEdge;
let local: string;

beforeAll(async () => {
  edge = await startTestEdge();
  local = `--local=${new URL(edge.url).port}`;
});
afterAll(() => edge?.close());

/** A person who is signed in. */
interface Person {
  browser: HttpClient;
  uid: string;
  sid: string;
  email: string;
}

async function person(id: string): Promise<Person> {
  const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
  await signInAs(browser, id);
  const { uid, sid, email } = decodePayload(splitToken(browser.cookie(SESSION_COOKIE)!)!.payload);
  return { browser, uid, sid, email };
}

async function signInAs(browser: HttpClient, id: string): Promise<void> {
  await signIn(
    browser,
    `${edge.url}/staff`,
    edge.users.find((user) => user.id === id)!,
  );
}

/** @returns whether the gate lets the person in without a redirect */
async function isIn({ browser }: Person): Promise<boolean> {
  return (await browser.fetch("GET", `${edge.url}/staff`)).status === 200;
}

async function done(args: string[], options?: RunOptions): Promise<Run> {
  const run = await edgegate([...args, local], options);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  if (["revoke", "lockdown"].includes(args[0]!)) await nextSecond();
  return run;
}

async function json<T = Record<string, unknown>>(args: string[]): Promise<T> {
  return JSON.parse((await done([...args, "--json"])).stdout) as T;
}

/** As the list of sessions has it. */
async function stateOf({ uid, sid }: Person): Promise<string | undefined> {
  const { sessions } = await json<{ sessions: { sid: string; state: string }[] }>(["sessions", "--user", uid, "--all"]);
  return sessions.find((session) => session.sid === sid)?.state;
}

describe("sessions", () => {
  test("lists who is signed in, for people and for programs", async () => {
    const [staff, admin] = [await person("staff"), await person("admin")];
    const { stdout } = await done(["sessions"]);
    for (const { uid, sid, email } of [staff, admin])
      expect(stdout).toMatch(new RegExp(`${email} +${uid} +${sid} +main .* 127\\.0\\.0\\.1 +active`));
    const { sessions } = await json<{ sessions: object[] }>(["sessions"]);
    expect(sessions).toEqual(
      expect.arrayContaining(
        [staff, admin].map(({ uid, sid, email }) => expect.objectContaining({ uid, sid, email, state: "active" })),
      ),
    );
  });

  test.each(["email", "uid"] as const)("lists one user's, by %s", async (name) => {
    const staff = await person("staff");
    await person("admin");
    const { sessions } = await json<{ sessions: { uid: string }[] }>(["sessions", "--user", staff[name]]);
    expect(new Set(sessions.map(({ uid }) => uid))).toEqual(new Set([staff.uid]));
  });

  test("says that there are more than were asked for", async () => {
    await Promise.all([person("staff"), person("admin")]);
    expect((await done(["sessions", "--limit", "1"])).stdout).toContain("The newest 1; there are more");
  });

  test("says that an unknown user has none", async () => {
    expect((await done(["sessions", "--user", "nobody@example.com"])).stdout).toBe(
      "No active session of this user is in the ledger.\n",
    );
  });
});

describe("revoke user", () => {
  test.each<[string, (user: Person) => string[]]>([
    ["e-mail address", ({ email }) => [email]],
    ["uid", ({ uid }) => [uid]],
    ["issuer and subject", () => ["--issuer", edge.issuer, "--subject", "staff"]],
  ])("by %s ends every session of that user and of nobody else", async (_, name) => {
    const [first, second, admin] = [await person("staff"), await person("staff"), await person("admin")];
    const { stdout } = await done(["revoke", "user", ...name(first), "--yes", "--reason", "laptop stolen"]);
    expect(stdout).toMatch(/^staff@example\.com \([\w-]{16}\): revoked\n/);
    expect(stdout).toMatch(/sessions +[2-9] active sessions ended/);
    expect(stdout).toContain("by operator:local: laptop stolen");
    expect(stdout).toContain("15 minutes");
    expect([await isIn(first), await isIn(second), await isIn(admin)]).toEqual([false, false, true]);
    expect([await stateOf(first), await stateOf(second)]).toEqual(["revoked", "revoked"]);
    await signInAs(first.browser, "staff");
    expect(await isIn(first)).toBe(true);
  });

  test("tells programs what changed and when it takes effect", async () => {
    const { uid, email } = await person("staff");
    expect(await json(["revoke", "user", email, "--yes"])).toMatchObject({
      uid,
      emails: [email],
      isNew: true,
      sessions: expect.any(Number),
      records: expect.arrayContaining([expect.stringMatching(/^shard\.\d{1,4}$/)]),
      revocation: { kind: "user", uid, by: "operator:local", reason: "no reason given" },
      takesEffect: { renewals: "immediately", gate: "immediately", atTheLatest: 900 },
    });
  });

  test("does nothing without a confirmation", async () => {
    const staff = await person("staff");
    const { code, stdout, stderr } = await edgegate(["revoke", "user", staff.email, local]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("add --yes if you mean it");
    expect(await isIn(staff)).toBe(true);
  });

  test.each(["ZZZZZZZZZZZZZZZZ", "-ZZZZZZZZZZZZZZZ", "--ZZZZZZZZZZZZZZ"])(
    "knows a user without sessions by uid, and none by address: %s",
    async (uid) => {
      expect((await json(["sessions", "--user", uid]))["sessions"]).toEqual([]);
      expect(await json(["revoke", "user", uid, "--yes"])).toMatchObject({ uid, emails: [], sessions: 0 });
      expect((await edgegate(["revoke", "user", "nobody@example.com", "--yes", local])).code).toBe(4);
    },
  );
});

describe("revoke session", () => {
  test("ends that session only, without asking", async () => {
    const [first, second] = [await person("staff"), await person("staff")];
    const { stdout } = await done(["revoke", "session", first.sid]);
    expect(stdout).toContain(`Session ${first.sid} of ${first.uid}: revoked`);
    expect([await isIn(first), await isIn(second)]).toEqual([false, true]);
    expect((await done(["revoke", "session", first.sid, "--reason", "once more"])).stdout).toContain(
      "was already revoked",
    );
  });

  test.each(["YYYYYYYYYYYYYYYY", "-YYYYYYYYYYYYYYY", "--YYYYYYYYYYYYYY"])(
    "that nobody has is not found: %s",
    async (sid) => {
      const { code, stderr } = await edgegate(["revoke", "session", sid, local]);
      expect(code).toBe(4);
      expect(stderr).toContain("edgegate sessions lists the current ones");
      expect((await edgegate(["revoke", "session", local, sid])).code).toBe(4);
    },
  );
});

describe("store", () => {
  test("check lists missing, wrong and unexpected records, and rebuild corrects them", async () => {
    const [gone, staying] = [await person("staff"), await person("admin")];
    await done(["revoke", "session", gone.sid]);
    const right = edge.store.records;
    // The one of the origin secret follows from neither.
    const records = Object.keys(right).filter((name) => name !== ORIGIN_SECRET_RECORD);
    expect((await done(["store", "check"])).stdout).toMatch(
      new RegExp(`^The store matches ledger and keys: ${records.length} records, `),
    );

    const [missing, wrong] = [shardRecordName(shardOf(gone.uid)), keyRecordName(edge.keys().current)];
    expect(Object.keys(right)).toEqual(expect.arrayContaining([missing, wrong]));
    const others = Object.fromEntries(Object.entries(right).filter(([key]) => key !== missing));
    edge.store.write({ ...others, [wrong]: `${right[wrong]}x`, "key.dead": "x" });
    const check = await edgegate(["store", "check", local]);
    expect([check.code, check.stderr]).toEqual([5, ""]);
    expect(check.stdout).toMatch(
      new RegExp(`missing +1: ${missing}\n +wrong +1: ${wrong}\n +unexpected +1: key.dead\n`),
    );
    const asJson = await edgegate(["store", "check", "--json", local]);
    expect([asJson.code, JSON.parse(asJson.stdout)]).toEqual([
      5,
      expect.objectContaining({ isRight: false, missing: [missing], wrong: [wrong], unexpected: ["key.dead"] }),
    ]);

    expect(await json(["store", "rebuild", "--yes"])).toMatchObject({
      written: 2,
      deleted: 1,
      takesEffect: { gate: "immediately" },
    });
    expect(edge.store.records).toEqual(right);
    expect([await isIn(gone), await isIn(staying)]).toEqual([false, true]);
  });

  test("that was wiped is rebuilt from the ledger: the same people are in and out", async () => {
    const [gone, staying] = [await person("staff"), await person("admin")];
    await done(["revoke", "user", gone.uid, "--yes"]);
    edge.store.write({});
    expect([await isIn(gone), await isIn(staying)]).toEqual([false, false]);
    await done(["store", "rebuild", "--yes"]);
    expect([await isIn(gone), await isIn(staying)]).toEqual([false, true]);
  });
});

describe("keys", () => {
  test("rotate without anybody's noticing, and revoked sessions stay out under the new one", async () => {
    const [gone, staying] = [await person("staff"), await person("admin")];
    await done(["revoke", "session", gone.sid]);
    const before = edge.keys();
    const { stdout } = await done(["rotate-keys", "--yes"]);
    expect(stdout).toContain("The session keys of local-test were rotated");
    const after = edge.keys();
    expect(Object.keys(after.keys)).toEqual(expect.arrayContaining([before.current, after.current]));
    expect(after.current).not.toBe(before.current);
    expect([await isIn(gone), await isIn(staying)]).toEqual([false, true]);
  });

  test("rotate in the background with --no-wait", async () => {
    const before = edge.keys().current;
    expect(await json(["rotate-keys", "--yes", "--no-wait"])).toMatchObject({ state: "pending" });
    for (let tries = 0; tries < 100 && edge.keys().current === before; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(edge.keys().current).not.toBe(before);
  });

  test("leave the origin secret alone, which rotates by itself: the next value is sent", async () => {
    const accepted = () =>
      (JSON.parse(edge.aws.secrets.get("edgegate/local-test/origin")!) as { accepted: string[] }).accepted;
    const before = accepted();
    await done(["rotate-keys", "--yes"]);
    expect(accepted()).toEqual(before);
    const { stdout } = await done(["rotate-origin-secret", "--yes"]);
    expect(stdout).toContain("The origin secret of local-test was rotated");
    expect(edge.store.records["origin"]).toBe(before[1]);
    expect(accepted()[0]).toBe(before[1]);
    for (const value of [...before, ...accepted()]) expect(stdout).not.toContain(value);
    expect((await done(["store", "check"])).stdout).toContain("The store matches");
  });

  test("are all replaced by a lockdown: everybody is out, and in again after a sign-in", async () => {
    const people = [await person("staff"), await person("admin")];
    const { stdout } = await done(["lockdown", "--yes"]);
    expect(stdout).toContain("Every session of local-test has ended");
    expect(Object.keys(edge.keys().keys)).toEqual([edge.keys().current]);
    expect(await Promise.all(people.map(isIn))).toEqual([false, false]);
    for (const one of people) {
      await signInAs(one.browser, one.email.split("@")[0]!);
      expect(await isIn(one)).toBe(true);
    }
  });
});

describe("audit", () => {
  interface Entry {
    log: string;
    decision: string;
    why: string;
    path: string;
    address?: string;
    rule?: number;
  }

  test("tells what happened to a user: the decisions of the gate, the sign-in, the revocation", async () => {
    const staff = await person("staff");
    expect(await isIn(staff)).toBe(true);
    expect((await staff.browser.fetch("GET", `${edge.url}/admin`)).status).toBe(403);
    await done(["revoke", "user", staff.uid, "--yes"]);
    expect(await isIn(staff)).toBe(false);
    const { entries } = await json<{ entries: Entry[] }>(["audit", "--user", staff.email]);
    const told = entries.map(({ log, decision, path }) => [log, decision, path]);
    expect(told).toEqual(
      expect.arrayContaining([
        ["sign-in", "signed in", "/_gate/callback/main"],
        ["access", "allowed", "/staff"],
        ["access", "denied", "/admin"],
        ["control-plane", "revoked", "revoke"],
        ["access", "asked to sign in", "/staff"],
      ]),
    );
    const denied = entries.find(({ decision }) => decision === "denied")!;
    expect(denied).toMatchObject({ address: "127.0.0.1", rule: expect.any(Number) as number });
    expect(entries.find(({ decision }) => decision === "revoked")!.why).toMatch(
      /^every session of the user, by operator:/,
    );
    const { entries: ofUid } = await json<{ entries: Entry[] }>(["audit", `--uid=${staff.uid}`, "--since", "1h"]);
    expect(ofUid).toEqual(entries);
  });

  test("finds a request by the ID on its page, and no other", async () => {
    const { browser } = await person("staff");
    const { headers } = await browser.fetch("GET", `${edge.url}/admin?code=secret-code`);
    const id = String(headers["x-amz-cf-id"]);
    const { entries } = await json<{ entries: Entry[] }>(["audit", "--request", id]);
    expect(entries).toMatchObject([{ log: "access", decision: "denied", path: "/admin" }]);
    const unknown = await edgegate(["audit", "--request", `A${"b".repeat(53)}==`, local]);
    expect(unknown).toMatchObject({ code: 4, stdout: "" });
    expect(unknown.stderr).toContain("the local edge has no request");
    const archive = await edgegate(["audit", "--request", id, "--archive", local]);
    expect(archive.stderr).toContain("a local edge has no archive");
  });
});

test("secrets put stores a client secret, and does not show it", async () => {
  const name = clientSecretName(edge.distribution.authSettings.aws, "main");
  const before = edge.aws.secrets.get(name)!;
  const { stdout } = await done(["secrets", "put", "main"], { input: "another-client-secret\n" });
  expect(edge.aws.secrets.get(name)).toBe("another-client-secret");
  expect(stdout).not.toContain("another-client-secret");
  expect(stdout).toContain("Sign-in fails here from then on if the provider expects another secret");
  edge.aws.secrets.set(name, before);
});

describe("without a terminal", () => {
  test.each([
    [["sessions"]],
    [["store", "check"]],
    [["revoke", "user", "ZZZZZZZZZZZZZZZZ", "--yes"]],
    [["rotate-keys", "--yes"]],
  ])("edgegate %j prints no colors, and nothing but JSON with --json", async (args) => {
    for (const more of [[], ["--json"]]) {
      // Neither in a CI job, nor if the environment forces them.
      const { stdout, stderr } = await done([...args, ...more], { env: { CI: "true", FORCE_COLOR: "1" } });
      expect(stdout + stderr).not.toContain("\u001b");
      if (more.length > 0) expect(() => JSON.parse(stdout) as unknown).not.toThrow();
    }
  });
});

test("no output holds a session token, a master key or a token key", async () => {
  const staff = await person("staff");
  const secrets = [staff.browser.cookie(SESSION_COOKIE)!, ...Object.values(edge.keys().keys), ...tokenKeys(edge.store)];
  const commands = [
    ["sessions", "--user", staff.uid, "--all"],
    ["store", "check"],
    ["revoke", "user", staff.uid, "--yes"],
    ["rotate-keys", "--yes"],
    ["lockdown", "--yes"],
  ];
  for (const args of commands) {
    for (const more of [[], ["--json"]]) {
      const { stdout } = await done([...args, ...more]);
      expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
    }
  }
});

test("the local edge's AWS takes no credentials but its own", async () => {
  const env = { AWS_ENDPOINT_URL: edge.aws.endpoint, AWS_ACCESS_KEY_ID: "another", AWS_SECRET_ACCESS_KEY: "another" };
  const { code, stderr } = await edgegate(["sessions"], { env });
  expect(code).toBe(1);
  expect(stderr).toContain("AWS does not know these credentials");
});

test("a local edge that has ended is not found", async () => {
  const other = await startTestEdge();
  const port = new URL(other.url).port;
  await other.close();
  const { code, stderr } = await edgegate(["sessions", `--local=${port}`]);
  expect(code).toBe(4);
  const [told, hint] = stderr.trimEnd().split("\n");
  expect(told).toBe(`edgegate: no local edge is running on port ${port}`);
  // Other tests run theirs at the same time.
  expect(hint).toMatch(/^write --local=\d+( or --local=\d+)*$/);
  expect(hint!.split(" ")).toContain(local);
  expect(hint).not.toContain(port);
});
