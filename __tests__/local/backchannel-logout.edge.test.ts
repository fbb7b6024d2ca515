import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { CheckAnswer } from "../../control-plane/reconcile/reconcile";
import type { SessionsAnswer } from "../../control-plane/revoker/sessions";
import { makeCertificate } from "../../local/certificate";
import { signIn } from "../../local/check";
import { expiredToken } from "../../local/expired-session";
import { HttpClient, type Answer } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import type { User } from "../../local/users";
import { SESSION_COOKIE } from "../../session/cookies";
import { judge } from "../../session/judge";
import { keyRecordName, namesShard, shardOf, shardRecordName } from "../../session/shard";
import { decodePayload, splitToken } from "../../session/token";
import { startForeignEdge, type ForeignEdge } from "../support/foreign-edge";
import { startTestEdge } from "../support/local-edge";
import { expectSoon } from "../support/soon";

const ENDPOINT = "/_gate/backchannel-logout/main";

describe("the certified identity provider signs users out of the gateway", () => {
  let edge: LocalEdge;
  let users: Record<"admin" | "staff", User>;

  beforeAll(async () => {
    edge = await startTestEdge();
    users = { admin: edge.users[0]!, staff: edge.users[1]! };
  });
  afterAll(async () => {
    await edge?.close();
  });

  test("its logout token is taken, and the session is revoked in the ledger and in the records that the gate reads", async () => {
    const browser = await signedIn(users.staff);
    const { uid, sid } = sessionOf(browser);
    await signOutAt(edge.issuer, browser);

    expect(logLines().at(-1)).toMatchObject({
      endpoint: "backchannel-logout",
      outcome: "signed_out",
      idp: "main",
      uid,
      sid,
      status: 200,
    });
    expect(edge.aws.messages.at(-1)!.command).toMatchObject({
      target: { type: "session", uid, sid },
      by: "backchannel-logout:main",
    });
    await expectSoon(() => isRevokedAtGate(browser), true);
    expect((await browser.fetch("GET", `${edge.url}/api/hello`)).status).toBe(401);
    // Right is a store that says what the ledger does.
    expect(await edge.askRevoker({ operation: "check" })).toMatchObject({
      isRight: true,
      revocations: 1,
    } satisfies Partial<CheckAnswer>);
    expect(await stateOf(browser)).toBe("signed-out");
  });

  test("the refresh token stays valid at the provider, but renews nothing here", async () => {
    const browser = await signedIn(users.staff);
    await signOutAt(edge.issuer, browser);
    browser.setCookie(SESSION_COOKIE, expiredToken(edge.store, browser.cookie(SESSION_COOKIE)!));
    const answer = await browser.fetch("POST", `${edge.url}/_gate/refresh`);
    expect([answer.status, logLines().at(-1)!["endpoint"]]).toEqual([401, "refresh"]);
  });

  test("other sessions go on: of the same user in another browser, and of another user", async () => {
    const [browser, sameUser, otherUser] = await Promise.all([
      signedIn(users.staff),
      signedIn(users.staff),
      signedIn(users.admin),
    ]);
    await signOutAt(edge.issuer, browser);
    await expectSoon(() => isRevokedAtGate(browser), true);
    for (const other of [sameUser, otherUser]) {
      expect(await stateOf(other)).toBe("active");
      expect((await other.fetch("GET", `${edge.url}/api/hello`)).status).toBe(200);
      expect((await other.fetch("POST", `${edge.url}/_gate/refresh`)).status).toBe(200);
    }
  });

  test("a sign-out that began at the gateway comes back from the provider, and does no harm", async () => {
    const [browser, sameUser] = await Promise.all([signedIn(users.staff), signedIn(users.staff)]);
    const { sid } = sessionOf(browser);
    const end = await browser.submit(await browser.open(`${edge.url}/_gate/logout`), { logout: "yes" });
    expect([end.status, end.url.href]).toEqual([200, `${edge.url}/_gate/signed-out`]);
    expect(logLines().slice(-3)).toMatchObject([
      { endpoint: "logout", outcome: "signed_out", sid },
      { endpoint: "backchannel-logout", outcome: "signed_out", sid },
      { endpoint: "signed-out" },
    ]);
    expect((await sameUser.fetch("GET", `${edge.url}/api/hello`)).status).toBe(200);

    const again = await signIn(browser, `${edge.url}/staff`, users.staff);
    expect([again.status, again.url.href]).toEqual([200, `${edge.url}/staff`]);
  });

  async function signedIn(user: User): Promise<HttpClient> {
    const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
    await signIn(browser, `${edge.url}/staff`, user);
    return browser;
  }

  /** As the ledger tells operators. */
  async function stateOf(browser: HttpClient): Promise<string | undefined> {
    const { uid, sid } = sessionOf(browser);
    const { sessions } = (await edge.askRevoker({ operation: "sessions", uid, all: true })) as SessionsAnswer;
    return sessions.find((session) => session.sid === sid)?.state;
  }

  function isRevokedAtGate(browser: HttpClient): Promise<boolean> {
    const { payload, kid } = splitToken(browser.cookie(SESSION_COOKIE)!)!;
    const shard = shardOf(decodePayload(payload).uid);
    const { records } = edge.store;
    const isNamed = namesShard(records[keyRecordName(kid)]!, shard);
    return Promise.resolve(isNamed && judge(records[shardRecordName(shard)]!, payload.split("~")) === "revoked");
  }

  /** The handler's log. */
  function logLines(): Record<string, unknown>[] {
    const lines = edge.logs().split("\n");
    return lines
      .filter((line) => line.startsWith('{"endpoint"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});

describe("a logout token of the certified identity provider, overheard", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const overheard: string[] = [];
  const answers: number[] = [];
  const tap = createServer((incoming, outgoing) => {
    void text(incoming).then(async (form) => {
      overheard.push(form);
      const { status } = await post(form);
      answers.push(status);
      outgoing.writeHead(status).end();
    });
  });
  let foreign: ForeignEdge;
  let browser: HttpClient;

  beforeAll(async () => {
    const certificate = await makeCertificate(folder, ["localhost"]);
    tap.setSecureContext(certificate);
    await new Promise<void>((resolve) => tap.listen(0, "127.0.0.1", resolve));
    foreign = await startForeignEdge(certificate, `https://localhost:${(tap.address() as AddressInfo).port}`);
    browser = new HttpClient(`${readFileSync(foreign.edge.caFile, "utf8")}\n${certificate.cert}`);
    await signIn(browser, `${foreign.edge.url}/staff`, foreign.users[1]!);
    await signOutAt(foreign.edge.issuer, browser);
  });
  afterAll(async () => {
    await foreign?.close();
    tap.closeAllConnections();
    await new Promise((resolve) => tap.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test("is refused when it comes a second time, and ends nothing again", async () => {
    const sent = foreign.edge.aws.messages.length;
    const replay = await post(overheard[0]!);
    expect([answers, replay.status]).toEqual([[200], 400]);
    expect(JSON.parse(replay.body)).toEqual({
      error: "invalid_request",
      error_description: "The token was already accepted.",
    });
    expect(foreign.edge.aws.messages.length).toBe(sent);
    expect(foreign.edge.logs()).toMatch(
      /\{"endpoint":"backchannel-logout","outcome":"refused","idp":"main",.*"detail":"replayed"/,
    );
  });

  function post(form: string): Promise<Answer> {
    return browser.send("POST", new URL(ENDPOINT, foreign.edge.url), {}, form);
  }
});

/** As people do who open the provider's own sign-out page. */
async function signOutAt(issuer: string, browser: HttpClient): Promise<void> {
  const answer = await browser.submit(await browser.open(`${issuer}/session/end`), { logout: "yes" });
  expect([answer.status, answer.url.pathname]).toEqual([200, "/session/end/success"]);
}

function sessionOf(browser: HttpClient) {
  return decodePayload(splitToken(browser.cookie(SESSION_COOKIE)!)!.payload);
}
