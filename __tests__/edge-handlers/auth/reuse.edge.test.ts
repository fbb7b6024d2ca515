/** What is used twice was stolen, or is about to be: refresh cookies, and the way back from the provider. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import type { ReuseAction } from "../../../session/security-event";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { renew, type Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const ACTIONS: ReuseAction[] = ["record", "revoke-session", "revoke-user"];
const LOGIN = "/_gate/login?return_to=%2Fpage";
const ELSEWHERE = "198.51.100.7";
/** Seconds: longer than a browser that never got its renewal is given it again. */
const LATER = 301;

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(async () => {
  environment.aws.messages.length = 0;
  environment.aws.events.length = 0;
  environment.aws.faults.clear();
  Object.assign(environment.idp, { rotatesRefreshTokens: true, tampering: {} });
  environment.idp.outages.clear();
  environment.publishSettings(environment.settings);
  environment.clock.advance(61);
  await environment.ledger.wipe();
});

const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
const generationOf = async (session: Session) => (await environment.ledger.session(session))?.generation;

async function act(onReuse: ReuseAction): Promise<void> {
  environment.publishSettings({ ...environment.settings, onReuse });
  // Past the time for which settings are kept.
  environment.clock.advance(61);
  await environment.browser().navigate("/_gate/signed-out");
}

async function signedIn(): Promise<Browser> {
  const browser = environment.browser();
  await browser.signIn();
  return browser;
}

/** Both have the same cookies from now on, at two addresses. */
async function stolen(): Promise<{ victim: Browser; thief: Browser; session: Session }> {
  const victim = await signedIn();
  environment.clock.advance(901);
  return { victim, thief: Object.assign(victim.copy(), { address: ELSEWHERE }), session: sessionOf(victim) };
}

function expectToAuthenticate(response: EdgeResponse): void {
  expect(response).toMatchObject({
    status: 302,
    headers: { location: [expect.stringMatching(/\/authorize\?.*&prompt=login&max_age=0/)] },
  });
  expectNoSession(response);
  for (const name of [SESSION_COOKIE, REFRESH_COOKIE]) expect(setCookie(response, name)).toMatchObject({ value: "" });
}

/** Recorded, reported, and acted upon as the settings say; once. */
async function expectReaction(
  action: ReuseAction,
  what: "flow" | "refresh",
  { uid, sid }: Session,
  response: EdgeResponse,
): Promise<void> {
  const now = environment.clock.now();
  const near = expect.closeTo(now, -1) as unknown as number;
  expect(await environment.ledger.session({ uid, sid })).toMatchObject({ reuse: what, reusedAt: near });
  expect(environment.aws.events).toEqual([
    {
      version: 1,
      gateway: "example-auth",
      type: "reuse",
      what,
      action,
      uid,
      sid,
      idp: "main",
      address: expect.stringMatching(/^(203\.0\.113\.178|198\.51\.100\.7)$/) as unknown,
      requestId: response.requestId,
      time: near,
    },
  ]);
  const targets = {
    record: [],
    "revoke-session": [{ type: "session", uid, sid }],
    "revoke-user": [{ type: "user", uid }],
  };
  const commands = environment.aws.messages.map(({ command }) => command);
  expect(commands.map(({ target }) => target)).toEqual(targets[action]);
  for (const command of commands)
    expect(command).toMatchObject({ version: 1, by: "reuse", reason: expect.stringMatching(/^[A-Z].*\.$/) as unknown });
  // A second command of the same text within five minutes would be dropped by the queue, and with it a second cut-off.
  if (action === "revoke-user") expect(commands[0]).toMatchObject({ cutoff: near });
}

describe.each(ACTIONS)("a refresh cookie of which somebody has a copy (%s)", (action) => {
  test.each([
    ["the thief", "the victim"],
    ["the victim", "the thief"],
  ])("used by %s first and by %s later gives the second nothing", async (first) => {
    await act(action);
    const { victim, thief, session } = await stolen();
    const [one, other] = first === "the thief" ? [thief, victim] : [victim, thief];
    expect((await renew(one)).status).toBe(200);
    environment.clock.advance(LATER);
    const refused = await renew(other);
    expectProblem(refused, 401);
    expectNoSession(refused);
    // The next sign-in learns from the cookies that it must force re-authentication.
    for (const name of [SESSION_COOKIE, REFRESH_COOKIE]) expect(setCookie(refused, name)).toBeUndefined();
    expect(await environment.logLines(refused)).toEqual([
      expect.objectContaining({ outcome: "not_renewed", detail: "refresh_reused" }),
    ]);
    await expectReaction(action, "refresh", session, refused);

    // What the first holds is worth nothing from now on either, even before the revoker did its work.
    environment.clock.advance(901);
    const next = await renew(one);
    expect(next.status).toBe(action === "record" ? 200 : 401);
    if (action !== "record") expectToAuthenticate(await other.navigate(LOGIN));
  });

  test("leads the second to the provider's form", async () => {
    await act(action);
    const { victim, thief, session } = await stolen();
    await thief.navigate(LOGIN);
    environment.clock.advance(LATER);
    const response = await victim.navigate(LOGIN);
    expectToAuthenticate(response);
    await expectReaction(action, "refresh", session, response);
  });
});

describe("a thief", () => {
  test("who renews again and again is found out as soon as the victim comes", async () => {
    const { victim, thief, session } = await stolen();
    for (let renewal = 1; renewal <= 2; renewal++) {
      expect((await renew(thief)).status).toBe(200);
      expect(await generationOf(session)).toBe(renewal);
      if (renewal === 1) environment.clock.advance(LATER);
    }
    const response = await renew(victim);
    expectProblem(response, 401);
    await expectReaction("revoke-session", "refresh", session, response);
  });

  test("who renews just before the victim is found out when the victim goes in circles", async () => {
    const { victim, thief, session } = await stolen();
    await renew(thief);
    for (let round = 0; round < 3; round++) {
      const response = await victim.navigate(LOGIN);
      expect(response.headers["location"]).toEqual(["/page"]);
      expectNoSession(response);
    }
    expect(environment.aws.events).toEqual([]);
    const response = await victim.navigate(LOGIN);
    expectToAuthenticate(response);
    await expectReaction("revoke-session", "refresh", session, response);
  });

  test("who comes a moment after the victim gets nothing, and costs the victim nothing", async () => {
    const { victim, thief, session } = await stolen();
    await renew(victim);
    const asked = environment.idp.count("token");
    for (const response of [await renew(thief), await thief.navigate(LOGIN)])
      expect(response.headers["set-cookie"]?.join() ?? "").not.toMatch(/__(Host|Secure)-gate(-refresh)?=/);
    expect(environment.idp.count("token")).toBe(asked);
    expect(await generationOf(session)).toBe(1);
    environment.clock.advance(901);
    expect((await renew(victim)).status).toBe(200);
  });

  test("whose reuse could be neither revoked nor recorded has to be caught again: nothing is cleared", async () => {
    const { victim, thief, session } = await stolen();
    await renew(thief);
    environment.clock.advance(LATER);
    for (const target of ["AmazonSQS.SendMessage", "DynamoDB_20120810.UpdateItem"]) {
      environment.aws.faults.set(target, "error");
      const response = await renew(victim);
      environment.aws.faults.clear();
      expectProblem(response, 503);
      expect(response.headers["set-cookie"]).toBeUndefined();
      expect(await environment.ledger.session(session)).not.toHaveProperty("reuse");
    }
    environment.aws.messages.length = 0;
    environment.aws.events.length = 0;
    const response = await renew(victim);
    expectProblem(response, 401);
    await expectReaction("revoke-session", "refresh", session, response);
  });

  test("is stopped also where nobody can be told", async () => {
    const { victim, thief, session } = await stolen();
    await renew(thief);
    environment.clock.advance(LATER);
    environment.aws.faults.set("AWSEvents.PutEvents", "error");
    const response = await renew(victim);
    expectProblem(response, 401);
    expect(await environment.ledger.session(session)).toMatchObject({ reuse: "refresh" });
    expect(environment.aws.messages).toHaveLength(1);
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ detail: "refresh_reused event revocations_unavailable InternalServerError" }),
    ]);
  });
});

describe("tabs that renew one after the other", () => {
  test("renew once in a while at most, so that a request which was long on the way is no theft", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    const late = browser.copy();
    await renew(browser);
    const asked = environment.idp.count("token");
    // A tab that the gate sent here before the first one was done comes with what that one got.
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    expect((await renew(browser)).status).toBe(200);
    expect((await late.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    expect(environment.idp.count("token")).toBe(asked);
    expect(environment.aws.events).toEqual([]);
  });

  test("and go in circles although one has just renewed lead to sign-in, and are no theft", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    for (let round = 0; round < 3; round++)
      expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    const response = await browser.navigate(LOGIN);
    expect(response.headers["location"]![0]).toContain("/authorize?");
    for (const name of [SESSION_COOKIE, REFRESH_COOKIE]) expect(setCookie(response, name)).toBeUndefined();
    expect(environment.aws.events).toEqual([]);
    expect(environment.aws.messages).toEqual([]);
  });
});

describe("another site that opens the sign-in", () => {
  const FROM_ANOTHER_SITE = { headers: { "Sec-Fetch-Site": "cross-site" } };

  test("cannot begin a renewal, and break it off so that the user's next one looks like theft", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    environment.clock.advance(901);
    const asked = environment.idp.count("token");
    // The answer never reaches the browser.
    await browser.copy().navigate(LOGIN, FROM_ANOTHER_SITE);
    expect(environment.idp.count("token")).toBe(asked);
    environment.clock.advance(61);
    expect((await renew(browser)).status).toBe(200);
    expect(await generationOf(session)).toBe(1);
    expect(environment.aws.events).toEqual([]);
  });

  test.each(["cross-site", "same-site"])(
    "brings people to a page that goes on by itself, and which it cannot hold (%s)",
    async (site) => {
      const browser = await signedIn();
      environment.clock.advance(901);
      const response = await browser.navigate("/_gate/login?return_to=%2Fpage%3Fa%3D1%26b&idp=main", {
        headers: { "Sec-Fetch-Site": site },
      });
      expectPage(response, 200);
      expect(response.headers["set-cookie"]).toBeUndefined();
      const path = "/_gate/login?return_to=%2Fpage%3Fa%3D1%26b&idp=main";
      expect(response.headers).toMatchObject({
        refresh: [`0;url=${path}`],
        "cross-origin-opener-policy": ["same-origin"],
      });
      expect(response.body).toContain(`<a class="b" href="${path.replace("&", "&amp;")}">Continue</a>`);
      expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "passed_on" })]);
      expect(
        (await browser.navigate(path, { headers: { "Sec-Fetch-Site": "same-origin" } })).headers["location"],
      ).toEqual(["/page?a=1&b"]);
    },
  );

  test("leads who has no session straight to the provider", async () => {
    const response = await environment.browser().navigate(LOGIN, FROM_ANOTHER_SITE);
    expect(response.headers["location"]![0]).toContain("/authorize?");
  });
});

test("a refresh cookie that comes again and again is reported once", async () => {
  await act("record");
  const { victim, thief } = await stolen();
  const copies = [thief.copy(), thief.copy(), thief.copy()];
  expect((await renew(victim)).status).toBe(200);
  environment.clock.advance(LATER);
  for (const copy of copies) expectProblem(await renew(copy), 401);
  expect(environment.aws.events).toHaveLength(1);
});

describe.each(ACTIONS)("a callback that comes a second time with its flow cookie (%s)", (action) => {
  /** A finished sign-in, and a copy of the browser from before it. */
  async function replayed(): Promise<{ thief: Browser; callback: string; session: Session }> {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn("/page"));
    const thief = browser.copy();
    expect((await browser.navigate(callback)).headers["location"]).toEqual(["/page"]);
    return { thief, callback, session: sessionOf(browser) };
  }

  async function expectRefused(response: EdgeResponse, session: Session): Promise<void> {
    expectPage(response, 400);
    expectNoSession(response);
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "flow_reused", detail: "flow_reused", uid: session.uid, sid: session.sid }),
    ]);
    await expectReaction(action, "flow", session, response);
    expect((await environment.ledger.sessions()).map(({ sid }) => sid)).toEqual([session.sid]);
  }

  test("gets no session where the provider refuses the code", async () => {
    await act(action);
    const { thief, callback, session } = await replayed();
    await environment.coldStart();
    await expectRefused(await thief.navigate(callback), session);
  });

  test("does not reach the provider again, and is reported once", async () => {
    await act(action);
    const { thief, callback, session } = await replayed();
    const asked = environment.idp.count("token");
    await expectRefused(await thief.copy().navigate(callback), session);
    const again = await thief.copy().navigate(callback);
    expectPage(again, 400);
    expect(await environment.logLines(again)).toEqual([
      expect.objectContaining({ outcome: "flow_reused", detail: "flow_reused", uid: session.uid, sid: session.sid }),
    ]);
    expect(environment.idp.count("token")).toBe(asked);
    expect(environment.aws.events).toHaveLength(1);
    expect(environment.aws.messages).toHaveLength(action === "record" ? 0 : 1);
  });

  test("gets no session where the provider takes the code again", async () => {
    await act(action);
    environment.idp.takesCodesAgain = true;
    const { thief, callback, session } = await replayed();
    await environment.coldStart();
    const response = await thief.navigate(callback);
    environment.idp.takesCodesAgain = false;
    await expectRefused(response, session);
  });
});

test("two callbacks of one flow at the same time open one session", async () => {
  environment.idp.takesCodesAgain = true;
  const browser = environment.browser();
  const callback = browser.approve(await browser.startSignIn("/page"));
  const responses = await Promise.all(
    [browser.copy(), browser.copy(), browser.copy()].map((tab) => tab.navigate(callback)),
  );
  environment.idp.takesCodesAgain = false;
  expect(responses.map(({ status }) => status).sort()).toEqual([302, 400, 400]);
  expect(responses.filter((response) => setCookie(response, SESSION_COOKIE)?.value)).toHaveLength(1);
  expect(await environment.ledger.sessions()).toHaveLength(1);
});

test("a code that the provider refuses without having given a session raises no alarm", async () => {
  const browser = environment.browser();
  const callback = browser.approve(await browser.startSignIn()).replace(/code=[^&]+/, "code=made-up");
  const copies = [browser.copy(), browser.copy()];
  const response = await browser.navigate(callback);
  expectPage(response, 400);
  expect(await environment.logLines(response)).toEqual([
    expect.objectContaining({ outcome: "grant_refused", detail: "invalid_grant" }),
  ]);
  // Nor does it reach the provider again.
  const asked = environment.idp.count("token");
  for (const copy of copies) {
    const again = await copy.navigate(callback);
    expectPage(again, 400);
    expect(await environment.logLines(again)).toEqual([
      expect.objectContaining({ outcome: "grant_refused", detail: "spent_flow" }),
    ]);
  }
  expect(environment.idp.count("token")).toBe(asked);
  expect(environment.aws.events).toEqual([]);
  expect(environment.aws.messages).toEqual([]);
});

test("a callback without its flow cookie says nothing about anybody", async () => {
  const browser = environment.browser();
  const callback = browser.approve(await browser.startSignIn());
  await browser.navigate(callback);
  expect(browser.jar.names().filter((name) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
  expectPage(await browser.navigate(callback), 400);
  expect(environment.aws.events).toEqual([]);
});
