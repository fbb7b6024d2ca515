/**
 * `frontchannel-logout/<idp>`: the sessions of the provider's session are revoked, without a cookie and without a page.
 */
import { randomBytes } from "node:crypto";
import { SESSION_COOKIE } from "../../../session/cookies";
import type { RevocationCommand } from "../../../session/revocation";
import { expectProblem } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { EdgeResponse, ViewerRequest } from "../../support/cloudfront-event";
import { getSession, putSession } from "../../support/ledger-sessions";

/** What a browser says of a page of another site in a frame. */
const FRAME = {
  Accept: "text/html",
  "Sec-Fetch-Site": "cross-site",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "iframe",
};

let environment: AuthEnvironment;
beforeAll(async () => void (environment = await startAuth({ withOtherIdp: true })));
afterAll(() => environment.close());

const newSid = () => `idp-${randomBytes(8).toString("hex")}`;

async function load(
  parameters: Record<string, string> | string[][],
  request: Partial<ViewerRequest> = {},
): Promise<EdgeResponse> {
  return environment.invoke({
    url: `/_gate/frontchannel-logout/main?${new URLSearchParams(parameters)}`,
    headers: FRAME,
    ...request,
  });
}

const honest = (sid: string) => ({ iss: environment.idp.issuer, sid });

async function commandsOf(act: () => Promise<unknown>): Promise<RevocationCommand[]> {
  const before = environment.aws.messages.length;
  await act();
  return environment.aws.messages.slice(before).map(({ command }) => command);
}

/** A page that only the provider's pages may frame, and that changes nothing in the browser. */
function expectFramed(response: EdgeResponse): void {
  expect(response).toMatchObject({
    status: 200,
    headers: {
      "cache-control": ["no-store"],
      "content-type": ["text/html; charset=utf-8"],
      "content-security-policy": [`default-src 'none';frame-ancestors ${new URL(environment.idp.issuer).origin}`],
      "x-content-type-options": ["nosniff"],
    },
  });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(response.headers["x-frame-options"]).toBeUndefined();
}

test("every active session of the provider's session is revoked, and the ledger immediately shows that they ended", async () => {
  const sid = newSid();
  const now = environment.clock.now();
  const active = [
    await putSession(environment, sid),
    await putSession(environment, sid, { uid: environment.uid("bob") }),
  ];
  await putSession(environment, sid, { endsAt: now - 241 });
  await putSession(environment, newSid());
  const commands = await commandsOf(async () => {
    const response = await load(honest(sid));
    expectFramed(response);
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ endpoint: "frontchannel-logout", outcome: "signed_out", idp: "main" }),
    ]);
  });
  expect(commands).toHaveLength(2);
  expect(commands).toEqual(
    expect.arrayContaining(
      active.map((session) => ({
        version: 1,
        target: { type: "session", sid: session.sid, uid: session.uid },
        by: "frontchannel-logout:main",
        reason: "The identity provider signed the user out.",
      })),
    ),
  );
  for (const session of active) expect((await getSession(environment, session))?.endedAt).toBeGreaterThanOrEqual(now);
});

test("nothing is sent for a session that has no valid token, or that never existed", async () => {
  const sid = newSid();
  await putSession(environment, sid, { endedAt: environment.clock.now() - 900 - 601 });
  const commands = await commandsOf(async () => {
    for (const name of [sid, newSid()]) {
      const response = await load(honest(name));
      expectFramed(response);
      expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "no_session" })]);
    }
  });
  expect(commands).toEqual([]);
});

test("leaves no mark: the request is not signed, so a made-up session ID must keep nobody out", async () => {
  const sid = newSid();
  expectFramed(await load(honest(sid)));
  environment.idp.user = { sub: "alice", sid };
  const browser = environment.browser();
  const { headers } = await browser.navigate("/_gate/login?idp=main&return_to=%2Fpage");
  expect((await browser.navigate(browser.approve(headers["location"]![0]!))).headers["location"]).toEqual(["/page"]);
  expect(await commandsOf(async () => expectFramed(await load(honest(sid))))).toHaveLength(1);
});

test("a session that its user ended is revoked all the same: the queue may not have taken the sign-out", async () => {
  const sid = newSid();
  const session = await putSession(environment, sid, { endedAt: environment.clock.now() - 900 });
  const commands = await commandsOf(async () => expectFramed(await load(honest(sid))));
  expect(commands.map(({ target }) => target)).toEqual([{ type: "session", sid: session.sid, uid: session.uid }]);
});

test("what is repeated sends the same text, which the revoker finds done", async () => {
  const sid = newSid();
  await putSession(environment, sid);
  const commands = await commandsOf(async () => {
    for (let count = 0; count < 3; count++) expectFramed(await load(honest(sid)));
  });
  expect(new Set(commands.map((command) => JSON.stringify(command))).size).toBe(1);
});

test("Entra sends no issuer: the provider's own is meant", async () => {
  const sid = newSid();
  const session = await putSession(environment, sid);
  const commands = await commandsOf(async () => expectFramed(await load({ sid })));
  expect(commands.map(({ target }) => target)).toEqual([{ type: "session", sid: session.sid, uid: session.uid }]);
});

test("a session cookie that comes along all the same decides nothing", async () => {
  const response = await load(honest(newSid()), {
    headers: { ...FRAME, Cookie: `${SESSION_COOKIE}=${environment.mint({})}` },
  });
  expectFramed(response);
});

describe("a request is refused, and the session stays active", () => {
  const REQUESTS: [string, (sid: string) => Record<string, string> | string[][], Partial<ViewerRequest>, number][] = [
    ["without a session", () => ({ iss: environment.idp.issuer }), {}, 400],
    ["with an empty session", () => honest(""), {}, 400],
    ["of another issuer", (sid) => ({ iss: "https://evil.example", sid }), {}, 400],
    ["of another identity provider of the gateway", (sid) => ({ iss: environment.otherIdp!.issuer, sid }), {}, 400],
    ["of the issuer with a trailing slash", (sid) => ({ iss: `${environment.idp.issuer}/`, sid }), {}, 400],
    ["with two issuers", (sid) => [...Object.entries(honest(sid)), ["iss", "https://evil.example"]], {}, 400],
    ["with two sessions", (sid) => [...Object.entries(honest(sid)), ["sid", "other"]], {}, 400],
    ["by POST", honest, { method: "POST" }, 405],
    ["by HEAD", honest, { method: "HEAD" }, 405],
    ["on another host", honest, { host: "other.example.com" }, 421],
  ];
  test.each(REQUESTS)("%s", async (_name, parameters, request, status) => {
    const sid = newSid();
    const session = await putSession(environment, sid);
    const refused = async () => {
      const response = await load(parameters(sid), request);
      expect(response.status).toBe(status);
      expect(response.headers["set-cookie"]).toBeUndefined();
      if (request.method !== "HEAD") expectProblem(response, status);
    };
    expect(await commandsOf(refused)).toEqual([]);
    expect((await getSession(environment, session))?.endedAt).toBeUndefined();
    expect(await commandsOf(async () => expectFramed(await load(honest(sid))))).toHaveLength(1);
  });

  test.each(["unknown", "constructor", ""])('at the provider "%s"', async (idp) => {
    const query = new URLSearchParams(honest(newSid()));
    expectProblem(await load({}, { url: `/_gate/frontchannel-logout/${idp}?${query}` }), 404);
  });

  test("at another provider, whose session has the same name", async () => {
    const sid = newSid();
    await putSession(environment, sid);
    const query = new URLSearchParams({ iss: environment.otherIdp!.issuer, sid });
    expect(await commandsOf(() => load({}, { url: `/_gate/frontchannel-logout/other?${query}` }))).toEqual([]);
  });
});

describe("while something is down nobody is told that it is done, and nothing is lost", () => {
  const FAULTS = ["error", "throttle", "garbage"] as const;
  const TARGETS = [
    "DynamoDB_20120810.Query",
    "DynamoDB_20120810.BatchGetItem",
    "AmazonSQS.SendMessage",
    "DynamoDB_20120810.UpdateItem",
  ];
  test.each(TARGETS.flatMap((target) => FAULTS.map((fault) => [target, fault] as const)))(
    "%s: %s",
    async (target, fault) => {
      const sid = newSid();
      await putSession(environment, sid);
      environment.aws.faults.set(target, fault);
      const response = await load(honest(sid));
      environment.aws.faults.clear();
      expectProblem(response, 503);
      expect(await commandsOf(async () => expectFramed(await load(honest(sid))))).toHaveLength(1);
    },
  );
});
