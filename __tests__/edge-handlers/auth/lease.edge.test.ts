/**
 * One request at a time renews a session; the others wait for what it gets. At a provider that takes the second use of
 * a refresh token for theft.
 */
import { setTimeout } from "node:timers/promises";
import type { LedgerSession } from "../../../ledger/records";
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { renew, type Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const LOGIN = "/_gate/login?return_to=%2Fpage";
const ELSEWHERE = "198.51.100.7";
/** What a busy machine takes for itself counts for less in a time that is longer. */
const SCALE = 2;
/** Milliseconds that a handler lives. */
const LIFE = 5_000 * SCALE;
/** Milliseconds within which a request that did not watch a lease has its answer. */
const AT_ONCE = 1_500 * SCALE;

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
  environment.scaleTime(SCALE);
});
afterAll(() => environment.close());
afterEach(async () => {
  environment.idp.outages.clear();
  Object.assign(environment.idp, { tampering: {}, userinfoOnly: [], refusesRenewals: undefined });
  environment.aws.faults.clear();
  environment.clock.advance(61);
  await environment.ledger.wipe();
});

const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
const itemOf = async (session: Session) => (await environment.ledger.session(session))!;
const outcomeOf = async (response: EdgeResponse) => (await environment.logLines(response))[0]!["outcome"];
const hasNewCookies = (response: EdgeResponse) =>
  [SESSION_COOKIE, REFRESH_COOKIE].every((name) => setCookie(response, name)?.value);

/** A browser whose token has ended, and a count of the refresh tokens that are spent from then on. */
async function expired(): Promise<{ browser: Browser; session: Session; spent: () => number }> {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(901);
  const before = environment.idp.count("token");
  return { browser, session: sessionOf(browser), spent: () => environment.idp.count("token") - before };
}

function expectToComeAgain(response: EdgeResponse): void {
  expect(response).toMatchObject({ status: 302, headers: { location: [LOGIN] } });
  expect(response.headers["set-cookie"]).toBeUndefined();
}

describe("four tabs that renew concurrently", () => {
  test.each<[string, (tab: Browser) => Promise<EdgeResponse>, number]>([
    ["by scripts", renew, 200],
    ["on the way to a page", (tab) => tab.navigate(LOGIN), 302],
  ])("%s cost one refresh token, and each has cookies that work", async (_name, send, status) => {
    const { browser, session, spent } = await expired();
    const tabs = Array.from({ length: 4 }, () => browser.copy());
    const responses = await Promise.all(tabs.map(send));
    expect(responses.map((response) => response.status)).toEqual(Array(4).fill(status));
    expect(spent()).toBe(1);
    expect(responses.every(hasNewCookies)).toBe(true);
    expect((await Promise.all(responses.map(outcomeOf))).sort()).toEqual([
      "renewal_repeated",
      "renewal_repeated",
      "renewal_repeated",
      "renewed",
    ]);
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
    for (const tab of tabs) {
      expect(sessionOf(tab)).toMatchObject({
        sid: session.sid,
        issuedAt: session.issuedAt,
        expiresAt: sessionOf(tabs[0]!).expiresAt,
      });
      expect((await tab.fetch("/_gate/me")).status).toBe(200);
    }
    // Whichever tab's cookies the browser kept last, they renew.
    environment.clock.advance(901);
    expect((await renew(tabs[3]!)).status).toBe(200);
    expect(environment.aws.events).toEqual([]);
    expect(environment.aws.messages).toEqual([]);
  });

  test("from two addresses: the other one is told, and gets nothing", async () => {
    const { browser, spent } = await expired();
    const other = Object.assign(browser.copy(), { address: ELSEWHERE });
    environment.idp.outages.set("token", "slow");
    const renewal = renew(browser);
    await setTimeout(500);
    const told = await renew(other);
    expect((await renewal).status).toBe(200);
    expect(told.status).toBe(200);
    expect(await outcomeOf(told)).toBe("renewed_elsewhere");
    expect(told.headers["set-cookie"]).toBeUndefined();
    expect(spent()).toBe(1);
  });

  test("and the provider refuses: all of them lead to sign-in, and none to an error or an alarm", async () => {
    const { browser } = await expired();
    environment.idp.refusesRenewals = "invalid_grant";
    for (const response of await Promise.all([1, 2].map(() => browser.copy().navigate(LOGIN)))) {
      expect(response.status).toBe(302);
      expect(response.headers["location"]![0]).toMatch(/authorize\?|\/_gate\/login/);
    }
    expect(environment.aws.events).toEqual([]);
  });
});

describe("a lease of a holder that died", () => {
  /** What a handler leaves behind that was killed in the middle of a renewal. */
  const left = async (session: Session, leasedAt = environment.clock.now()) =>
    environment.ledger.change(session, { lease: "of-the-dead", leasedAt });

  test("is watched by two requests for longer than a holder can live, and then taken over", async () => {
    const { browser, session, spent } = await expired();
    await left(session);
    const start = performance.now();
    const first = await browser.navigate(LOGIN);
    expectToComeAgain(first);
    expect(await outcomeOf(first)).toBe("renewal_under_way");
    expect(await itemOf(session)).toMatchObject({ lease: "of-the-dead", watched: "of-the-dead", generation: 0 });
    const second = await browser.navigate(LOGIN);
    expect(performance.now() - start).toBeGreaterThanOrEqual(LIFE);
    expect(second.headers["location"]).toEqual(["/page"]);
    expect(await outcomeOf(second)).toBe("renewed");
    expect(spent()).toBe(1);
    const item = await itemOf(session);
    expect(item).toMatchObject({ generation: 1 });
    for (const name of ["lease", "leasedAt", "watched"]) expect(item).not.toHaveProperty(name);
  });

  test("is left to the next request where what remains of this one is too short for the provider", () =>
    withAuth({ withSlowAnswers: true }, async (place) => {
      const browser = place.browser();
      await browser.signIn();
      place.clock.advance(901);
      const before = place.idp.count("token");
      const session = place.readToken(browser.jar.get(SESSION_COOKIE));
      await place.ledger.change(session, {
        lease: "of-the-dead",
        leasedAt: place.clock.now(),
        watched: "of-the-dead",
      });
      place.scaleTime(SCALE);
      // Of 4.5 seconds, its two claims take 0.7 each, and between them it watches the lease for 2.1.
      place.delays.set("DynamoDB_20120810.UpdateItem", 700 * SCALE);
      const late = await browser.navigate(LOGIN);
      expectToComeAgain(late);
      expect(await place.logLines(late)).toMatchObject([{ outcome: "renewal_under_way" }]);
      expect(place.idp.count("token")).toBe(before);
      place.delays.clear();
      expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    }));

  test("is a 503 for a script, which says when to come again, and then a renewal", async () => {
    const { browser, session } = await expired();
    await left(session);
    const first = await renew(browser);
    expectProblem(first, 503);
    expect(first.headers["retry-after"]).toEqual(["1"]);
    expect(first.headers["set-cookie"]).toBeUndefined();
    expect(await outcomeOf(first)).toBe("renewal_under_way");
    expect((await renew(browser)).status).toBe(200);
  });

  test.each([-301, 301])(
    "ends immediately if its time is farther away than clocks can differ (%i s)",
    async (seconds) => {
      const { browser, session } = await expired();
      await left(session, environment.clock.now() + seconds);
      const start = performance.now();
      expect((await renew(browser)).status).toBe(200);
      expect(performance.now() - start).toBeLessThan(AT_ONCE);
    },
  );

  test.each([-240, 240])("does not end by its time alone, which is from another clock (%i s)", async (seconds) => {
    const { browser, session, spent } = await expired();
    await left(session, environment.clock.now() + seconds);
    expectProblem(await renew(browser), 503);
    expect(spent()).toBe(0);
  });

  test("does not get in the way of a session that has ended", async () => {
    const { browser, session } = await expired();
    await left(session);
    await environment.ledger.revoke({ kind: "session", uid: session.uid, sid: session.sid });
    const start = performance.now();
    expectProblem(await renew(browser), 401);
    expect(performance.now() - start).toBeLessThan(AT_ONCE);
  });

  test("that was really killed", () =>
    withAuth({}, async (place) => {
      place.scaleTime(SCALE);
      const browser = place.browser();
      await browser.signIn();
      place.clock.advance(901);
      place.idp.outages.set("token", "hang");
      const renewal = browser
        .copy()
        .navigate(LOGIN)
        .catch(() => "killed");
      while (place.idp.count("token") < 2) await setTimeout(20);
      await place.coldStart();
      expect(await renewal).toBe("killed");
      place.idp.outages.clear();
      let response = await browser.navigate(LOGIN);
      for (let tries = 0; tries < 3 && response.headers["location"]![0] === LOGIN; tries++)
        response = await browser.navigate(LOGIN);
      expect(response.headers["location"]).toEqual(["/page"]);
      expect(setCookie(response, SESSION_COOKIE)?.value).toBeTruthy();
    }));
});

describe("an active holder's lease is never taken over", () => {
  test("although others watch it again and again: its refresh token is spent by nobody else, and what it got is not lost", async () => {
    // The provider takes its time twice: the request ends before it has answered.
    environment.idp.userinfoOnly = ["roles"];
    const { browser, session, spent } = await expired();
    environment.idp.outages.set("token", "slow").set("userinfo", "slow");
    const start = performance.now();
    const holder = browser.copy().navigate(LOGIN);
    await setTimeout(300);
    const waiting = browser.copy();
    let response = await waiting.navigate(LOGIN);
    expectToComeAgain(response);
    expect(await itemOf(session)).toMatchObject({ watched: expect.any(String) as unknown });
    expectPage(await holder, 503);
    expect(performance.now() - start).toBeLessThan(LIFE);
    expect(spent()).toBe(1);
    environment.idp.outages.clear();
    // The browser never heard of the refresh token that the provider gave instead; the ledger has it.
    for (let tries = 0; tries < 4 && response.headers["location"]![0] === LOGIN; tries++)
      response = await waiting.navigate(LOGIN);
    expect(response.headers["location"]).toEqual(["/page"]);
    expect(spent()).toBe(2);
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
    expect(environment.aws.events).toEqual([]);
  });

  test("where it was an earlier one that was watched", async () => {
    const { browser, session, spent } = await expired();
    await environment.ledger.change(session, {
      lease: "of-the-active",
      leasedAt: environment.clock.now(),
      watched: "of-the-dead",
    });
    expectToComeAgain(await browser.navigate(LOGIN));
    expect(await itemOf(session)).toMatchObject({ lease: "of-the-active", generation: 0 });
    expect(spent()).toBe(0);
  });
});

test.each<[string, Partial<LedgerSession>, string]>([
  ["ends", { endedAt: 1 }, "session_ended"],
  ["is renewed twice", { generation: 2 }, "refresh_reused"],
])("whoever waits for the lease of a session that %s meanwhile gets nothing", async (_name, change, detail) => {
  const { browser, session, spent } = await expired();
  await environment.ledger.change(session, { lease: "of-the-active", leasedAt: environment.clock.now() });
  const looks = () => environment.aws.requests.filter((target) => target === "DynamoDB_20120810.GetItem").length;
  const before = looks();
  const waiting = renew(browser);
  while (looks() === before) await setTimeout(10);
  await environment.ledger.change(session, change);
  const response = await waiting;
  expectProblem(response, 401);
  expectNoSession(response);
  expect((await environment.logLines(response))[0]).toMatchObject({ outcome: "not_renewed", detail });
  expect(spent()).toBe(0);
});

describe("a lease is given back", () => {
  test.each(["token", "userinfo"] as const)(
    "by one that failed, so that the next need not wait (%s)",
    async (endpoint) => {
      environment.idp.userinfoOnly = ["roles"];
      const { browser, session } = await expired();
      environment.idp.outages.set(endpoint, "error");
      expectProblem(await renew(browser.copy()), 503);
      environment.idp.outages.clear();
      expect(await itemOf(session)).not.toHaveProperty("lease");
      const start = performance.now();
      // With the cookie from before, although the provider has replaced its refresh token.
      expect((await renew(browser)).status).toBe(200);
      expect(performance.now() - start).toBeLessThan(AT_ONCE);
    },
  );

  test("where the ledger could not be read", async () => {
    const { browser, session } = await expired();
    environment.aws.faults.set("DynamoDB_20120810.BatchGetItem", "error");
    expectProblem(await renew(browser), 503);
    environment.aws.faults.clear();
    expect(await itemOf(session)).not.toHaveProperty("lease");
  });

  test("and is held where only the answer to its claim was lost", async () => {
    const { browser, session } = await expired();
    environment.aws.faults.set("DynamoDB_20120810.UpdateItem", "lost");
    environment.idp.tampering = { claims: () => environment.aws.faults.clear() };
    expect((await renew(browser)).status).toBe(200);
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
  });
});
