/** A token that is outdated but has not expired is signed again if the ledger says that its session is active. */
import { REFRESH_COOKIE, SESSION_COOKIE, SIGN_INS_COOKIE } from "../../../session/cookies";
import { markText, shardOf } from "../../../session/shard";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { newMasterKey, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { renew, type Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import { kidOf } from "../../support/session-tokens";

const LOGIN = "/_gate/login?return_to=%2Fpage";
const WRITES = /DynamoDB_\d+\.(Put|Update|BatchWrite|Delete|Transact)/;

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(async () => {
  environment.publishKeys(environment.keys);
  environment.idp.issuesRefreshTokens = true;
  environment.clock.advance(61);
  await environment.ledger.wipe();
});

const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
const raiseFloor = () => environment.ledger.raiseFloor(shardOf(environment.uid("alice")));

async function signedIn(): Promise<Browser> {
  const browser = environment.browser();
  await browser.signIn();
  return browser;
}

/** Puts a newer key there, and makes the handler know it. */
async function rotate(): Promise<void> {
  environment.publishKeys({ current: "k2", keys: { ...environment.keys.keys, k2: newMasterKey() } });
  environment.keys.keys["k2"] = (
    JSON.parse(environment.aws.secrets.get("example/session-keys")!) as { keys: Record<string, string> }
  ).keys["k2"]!;
  environment.clock.advance(61);
}

/** Signed again, with everything that it had, without asking the provider and without a write. */
async function expectReissued(act: () => Promise<EdgeResponse>, browser: Browser): Promise<EdgeResponse> {
  const before = sessionOf(browser);
  const [asked, requests] = [environment.idp.requests.length, environment.aws.requests.length];
  const response = await act();
  expect(response.status).toBe(response.headers["location"] ? 302 : 200);
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "reissued" })]);
  expect({ ...sessionOf(browser), floor: "" }).toEqual({ ...before, floor: "" });
  expect(setCookie(response, REFRESH_COOKIE)).toBeUndefined();
  expect(environment.idp.requests.slice(asked)).toEqual([]);
  expect(environment.aws.requests.slice(requests).filter((target) => WRITES.test(target))).toEqual([]);
  return response;
}

describe("a token from before its shard's floor", () => {
  test("is signed again on the way, and leads back to the page", async () => {
    const browser = await signedIn();
    const floor = await raiseFloor();
    const response = await expectReissued(() => browser.navigate(LOGIN), browser);
    expect(response.headers["location"]).toEqual(["/page"]);
    expect(sessionOf(browser).floor).toBe(markText(floor));
  });

  test("is signed again for a script", async () => {
    const browser = await signedIn();
    const floor = await raiseFloor();
    const response = await expectReissued(() => renew(browser), browser);
    expect(JSON.parse(response.body)).toEqual({
      expires_at: sessionOf(browser).expiresAt,
      renew_in: expect.any(Number) as unknown,
    });
    expect(sessionOf(browser).floor).toBe(markText(floor));
  });

  test("is signed again without a refresh cookie", async () => {
    environment.idp.issuesRefreshTokens = false;
    const browser = await signedIn();
    expect(browser.jar.get(REFRESH_COOKIE)).toBeUndefined();
    await raiseFloor();
    await expectReissued(() => browser.navigate(LOGIN), browser);
    await raiseFloor();
    await expectReissued(() => renew(browser), browser);
  });

  test("is signed again near the end of its session, for as long as that lasts", async () => {
    const browser = await signedIn();
    const { uid, sid } = sessionOf(browser);
    const endsAt = environment.clock.now() + 100;
    await environment.ledger.change({ uid, sid }, { endsAt });
    await raiseFloor();
    const response = await expectReissued(() => browser.navigate(LOGIN), browser);
    expect(Number(setCookie(response, SESSION_COOKIE)!.attributes["max-age"])).toBeLessThanOrEqual(100);
    expect(Number(setCookie(response, SESSION_COOKIE)!.attributes["max-age"])).toBeGreaterThan(95);
  });

  test("was renewed a moment ago, and is signed again all the same", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    await raiseFloor();
    await expectReissued(() => browser.navigate(LOGIN), browser);
  });

  test("and whose time is up is renewed, and has the floor then", async () => {
    const browser = await signedIn();
    const floor = await raiseFloor();
    environment.clock.advance(901);
    const response = await browser.navigate(LOGIN);
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
    expect(sessionOf(browser).floor).toBe(markText(floor));
  });

  test("has the floor that the sign-in found", async () => {
    const floor = await raiseFloor();
    expect(sessionOf(await signedIn()).floor).toBe(markText(floor));
  });
});

test("a token of an older key is signed again with the latest one", async () => {
  const browser = await signedIn();
  expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k1");
  await rotate();
  await expectReissued(() => browser.navigate(LOGIN), browser);
  expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k2");
});

test("a token that is not outdated is renewed, as ever", async () => {
  const browser = await signedIn();
  const response = await browser.navigate(LOGIN);
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
});

describe("no outdated token is signed again", () => {
  const OVER: [string, (session: Session) => Promise<unknown>, string][] = [
    [
      "of a revoked session",
      ({ uid, sid }) => environment.ledger.revoke({ kind: "session", uid, sid }),
      "session_revoked",
    ],
    ["of a revoked user", ({ uid }) => environment.ledger.revoke({ kind: "user", uid }), "session_revoked"],
    ["after everybody was signed out", () => environment.ledger.revoke({ kind: "gateway" }), "session_revoked"],
    [
      "of a session that has ended",
      (session) => environment.ledger.change(session, { endedAt: environment.clock.now() }),
      "session_ended",
    ],
    [
      "of a session whose time is up",
      (session) => environment.ledger.change(session, { endsAt: environment.clock.now() }),
      "session_ended",
    ],
    [
      "of a session that was caught at reuse",
      (session) => environment.ledger.change(session, { reuse: "refresh" }),
      "session_revoked",
    ],
    ["of a session that the ledger does not know", () => environment.ledger.wipe().then(raiseFloor), "session_unknown"],
  ];
  test.each(OVER)("%s", async (_name, end, detail) => {
    for (const hasRefreshCookie of [true, false]) {
      const browser = await signedIn();
      if (!hasRefreshCookie) browser.jar.delete(REFRESH_COOKIE);
      await raiseFloor();
      await end(sessionOf(browser));
      const refused = await renew(browser.copy());
      expectProblem(refused, 401);
      expectNoSession(refused);
      expect(await environment.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "not_renewed", detail }),
      ]);
      const login = await browser.navigate(LOGIN);
      expectNoSession(login);
      expect(login.headers["location"]![0]).toContain("/authorize?");
      await environment.ledger.wipe();
    }
  });

  test("beside a refresh cookie of which somebody has a copy: that is noticed first", async () => {
    const victim = await signedIn();
    const thief = Object.assign(victim.copy(), { address: "198.51.100.7" });
    expect((await renew(victim)).status).toBe(200);
    environment.clock.advance(301);
    await raiseFloor();
    const response = await renew(thief);
    expectProblem(response, 401);
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ detail: "refresh_reused" })]);
  });

  test("beside a refresh cookie that is ahead of the ledger, which is from an older backup", async () => {
    const browser = await signedIn();
    expect((await renew(browser)).status).toBe(200);
    await environment.ledger.change(sessionOf(browser), { generation: 0 });
    await raiseFloor();
    const response = await renew(browser);
    expectProblem(response, 401);
    expectNoSession(response);
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ detail: "session_unknown" })]);
  });

  test("while the ledger cannot be read", async () => {
    const browser = await signedIn();
    await raiseFloor();
    environment.aws.faults.set("DynamoDB_20120810.BatchGetItem", "error");
    const response = await browser.navigate(LOGIN);
    environment.aws.faults.clear();
    expectPage(response, 503);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });
});

describe("the loop breaker", () => {
  test("stops nobody whose shard's floor rises twenty times in a minute, and who signs in and renews as ever then", async () => {
    const browser = await signedIn();
    for (let flood = 0; flood < 20; flood++) {
      await raiseFloor();
      await expectReissued(() => browser.navigate(LOGIN), browser);
      environment.clock.advance(2);
    }
    environment.clock.advance(901);
    const response = await browser.navigate(LOGIN);
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
  });

  test("stops a browser that does not take what it is given", async () => {
    const browser = await signedIn();
    await raiseFloor();
    const old = browser.jar.get(SESSION_COOKIE)!;
    const outcomes: unknown[] = [];
    for (let round = 0; round < 8; round++) {
      const response = await browser.navigate(LOGIN);
      outcomes.push((await environment.logLines(response))[0]!["outcome"]);
      browser.jar.plant(SESSION_COOKIE, old);
    }
    expect(outcomes.slice(0, 3)).toEqual(["reissued", "reissued", "reissued"]);
    expect(outcomes.slice(3)).not.toContain("reissued");
    expect(outcomes.at(-1)).toBe("sign_in_started");
  });

  test("has its memory of renewals beside that of tokens signed again", async () => {
    const browser = await signedIn();
    await raiseFloor();
    const response = await browser.navigate(LOGIN);
    const value = setCookie(response, SIGN_INS_COOKIE)!.value;
    expect(value).toMatch(/^s[0-9a-z]+\.f[0-9a-z]{7}$/);
  });
});
