/** A renewal of which the browser never hears is no theft: it gets the same once more, and nobody else does. */
import { setTimeout } from "node:timers/promises";
import { REFRESH_COOKIE, SESSION_COOKIE, SIGN_INS_COOKIE } from "../../../session/cookies";
import { markText, shardOf } from "../../../session/shard";
import type { Session } from "../../../session/token";
import { expectNoSession, expectProblem, setCookie, setCookies } from "../../support/answers";
import { newMasterKey, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { renew, type Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const LOGIN = "/_gate/login?return_to=%2Fpage";
const ELSEWHERE = "198.51.100.7";
/** What a busy machine takes for itself counts for less in a time that is longer. */
const SCALE = 2;
const UPDATE = "DynamoDB_20120810.UpdateItem";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ withSlowAnswers: true });
  environment.scaleTime(SCALE);
});
afterAll(() => environment.close());
afterEach(async () => {
  const { idp, aws, delays, clock, ledger } = environment;
  idp.outages.clear();
  idp.tampering = {};
  delays.clear();
  aws.faults.clear();
  aws.messages.length = 0;
  aws.events.length = 0;
  environment.shiftHandler(0);
  environment.publishKeys(environment.keys);
  clock.advance(61);
  await ledger.wipe();
});

const navigate = (browser: Browser) => browser.navigate(LOGIN);
const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
const itemOf = async (session: Session) => (await environment.ledger.session(session))!;
const logOf = async (response: EdgeResponse) => (await environment.logLines(response))[0]!;

async function expired(): Promise<{ browser: Browser; session: Session }> {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(901);
  return { browser, session: sessionOf(browser) };
}

/** A browser whose renewal was recorded, and which never got the answer; `heard` is as if it had. */
async function lost(): Promise<{ browser: Browser; heard: Browser; session: Session }> {
  const { browser, session } = await expired();
  const heard = browser.copy();
  expect((await renew(heard)).status).toBe(200);
  return { browser, heard, session };
}

/** What the renewal gave, once more; nothing is recorded or spent. */
async function expectRepeated(response: EdgeResponse, browser: Browser, heard: Browser): Promise<void> {
  expect(response.status).toBe(response.headers["location"] ? 302 : 200);
  expect(await logOf(response)).toMatchObject({ outcome: "renewal_repeated" });
  expect(sessionOf(browser)).toEqual(sessionOf(heard));
  expect(await itemOf(sessionOf(browser))).toMatchObject({ generation: 1 });
}

function expectNoTheft(): void {
  expect(environment.aws.events).toEqual([]);
  expect(environment.aws.messages).toEqual([]);
}

/**
 * Calls `act` when the provider gives tokens: from then on the ledger is only written for the record of the renewal.
 */
function whenTokensAreGiven(act: () => unknown): void {
  environment.idp.tampering = { claims: () => void act() };
}

describe("the same browser, a moment later", () => {
  test.each<[string, (browser: Browser) => Promise<EdgeResponse>]>([
    ["on the way to a page", navigate],
    ["by a script", renew],
  ])("gets what it was given, and goes on with it (%s)", async (_name, send) => {
    const { browser, heard } = await lost();
    const asked = environment.idp.count("token");
    environment.clock.advance(200);
    const response = await send(browser);
    await expectRepeated(response, browser, heard);
    expect(environment.idp.count("token")).toBe(asked);
    if (response.headers["location"]) expect(response.headers["location"]).toEqual(["/page"]);
    else
      expect(JSON.parse(response.body)).toEqual({
        expires_at: sessionOf(browser).expiresAt,
        renew_in: expect.any(Number) as unknown,
      });
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    expectNoTheft();
  });

  test("gets it with the floor that its shard has by now", async () => {
    const { browser } = await lost();
    const floor = await environment.ledger.raiseFloor(shardOf(environment.uid("alice")));
    expect((await renew(browser)).status).toBe(200);
    expect(sessionOf(browser).floor).toBe(markText(floor));
  });

  test.each<[string, (session: Session) => Promise<unknown>, string]>([
    [
      "was revoked since",
      ({ uid, sid }) => environment.ledger.revoke({ kind: "session", uid, sid }),
      "session_revoked",
    ],
    [
      "ended since",
      (session) => environment.ledger.change(session, { endedAt: environment.clock.now() }),
      "session_ended",
    ],
  ])("gets nothing of a session that %s", async (_name, end, detail) => {
    const { browser, session } = await lost();
    await end(session);
    const response = await renew(browser);
    expectProblem(response, 401);
    expectNoSession(response);
    expect(await logOf(response)).toMatchObject({ detail });
  });

  test("gets nothing of a renewal that is not the last one", async () => {
    const { heard, session } = await lost();
    await environment.ledger.change(session, { generation: 2 });
    const response = await renew(heard);
    expect(await logOf(response)).toMatchObject({ outcome: "renewed_elsewhere" });
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("gets nothing that was sealed with a key which is gone", async () => {
    const { browser, heard } = await expired().then(async ({ browser }) => {
      environment.keys.keys["k2"] = newMasterKey();
      environment.publishKeys({ ...environment.keys, current: "k2" });
      environment.clock.advance(61);
      const heard = browser.copy();
      expect((await renew(heard)).status).toBe(200);
      return { browser, heard };
    });
    environment.publishKeys({ current: "k1", keys: { k1: environment.keys.keys["k1"]! } });
    environment.clock.advance(61);
    const response = await renew(browser);
    expect(await logOf(response)).toMatchObject({ outcome: "renewed_elsewhere" });
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(heard.jar.get(SESSION_COOKIE)).toBeTruthy();
  });

  test.each([
    ["ahead of", 120],
    ["behind", -120],
  ])(
    "gets it at a handler whose clock is %s the one that renewed, and no later than five minutes by any",
    async (_name, seconds) => {
      const { browser, heard } = await lost();
      environment.shiftHandler(2 * seconds);
      environment.clock.advance(50);
      await expectRepeated(await renew(browser.copy()), heard, heard);
      environment.clock.advance(2 * 240 + 60);
      const response = await renew(browser);
      expectProblem(response, 401);
      expect(await logOf(response)).toMatchObject({ detail: "refresh_reused" });
    },
  );
});

describe("anybody else", () => {
  test("gets nothing from another address, and costs the user nothing", async () => {
    const { browser: thief, heard } = await lost();
    thief.address = ELSEWHERE;
    for (const response of [await renew(thief.copy()), await navigate(thief)]) {
      expectNoSession(response);
      expect(await logOf(response)).toMatchObject({ outcome: "renewed_elsewhere" });
    }
    environment.clock.advance(901);
    expect((await renew(heard)).status).toBe(200);
    expectNoTheft();
  });

  test.each([
    ["the same address", undefined],
    ["another address", ELSEWHERE],
  ])("who comes later, from %s, is caught", async (_name, address) => {
    const { browser: thief, session } = await lost();
    if (address !== undefined) thief.address = address;
    environment.clock.advance(301);
    const response = await renew(thief);
    expectProblem(response, 401);
    expectNoSession(response);
    expect(await itemOf(session)).toMatchObject({ reuse: "refresh" });
    expect(environment.aws.messages).toHaveLength(1);
  });

  test("a browser that is two renewals behind is caught immediately, even from the same address", async () => {
    const { browser: thief, heard, session } = await lost();
    environment.clock.advance(901);
    expect((await renew(heard)).status).toBe(200);
    expectProblem(await renew(thief), 401);
    expect(await itemOf(session)).toMatchObject({ reuse: "refresh" });
  });
});

describe("a browser that keeps coming back", () => {
  /** As if three renewals within the minute had not helped. The cookie is neither signed nor secret. */
  function pretendLoop({ jar }: Browser): void {
    const entry = `r${environment.clock.now().toString(36)}`;
    jar.plant(SIGN_INS_COOKIE, [entry, entry, entry].join("."), "/");
  }

  test("and never got its renewal signs in; nobody takes it for a thief", async () => {
    const { browser } = await lost();
    pretendLoop(browser);
    const response = await navigate(browser);
    expect(response.headers["location"]![0]).toContain(environment.idp.issuer);
    expect(await logOf(response)).toMatchObject({ outcome: "sign_in_started" });
    expectNoTheft();
  });

  test("is a thief if it comes from elsewhere", async () => {
    const { browser: thief, session } = await lost();
    pretendLoop(thief);
    thief.address = ELSEWHERE;
    expect(await logOf(await navigate(thief))).toMatchObject({ detail: "refresh_reused" });
    expect(await itemOf(session)).toMatchObject({ reuse: "refresh" });
  });
});

describe("an older answer that arrives after the renewal's", () => {
  test("and puts the old token back in its place: the browser gets the new one again", async () => {
    const { browser, heard } = await lost();
    // By the handler's clock the old token has not expired, by the gate's it has.
    environment.shiftHandler(-120);
    heard.jar.plant(SESSION_COOKIE, browser.jar.get(SESSION_COOKIE)!, "/");
    const asked = environment.idp.count("token");
    const response = await navigate(heard);
    expect(await logOf(response)).toMatchObject({ outcome: "renewal_repeated" });
    expect(sessionOf(heard).expiresAt).toBeGreaterThan(environment.clock.now() + 800);
    expect(environment.idp.count("token")).toBe(asked);
    // With the new token there is nothing to give again.
    const again = await navigate(heard);
    expect(await logOf(again)).toMatchObject({ outcome: "renewed_elsewhere" });
    expect(setCookie(again, SESSION_COOKIE)).toBeUndefined();
    expectNoTheft();
  });

  test("from a renewal that failed and released its lease carries no cookie that could take the new one's place", async () => {
    const { browser, session } = await expired();
    whenTokensAreGiven(() => failNext(UPDATE));
    const failed = await renew(browser.copy());
    expectProblem(failed, 503);
    expect(setCookies(failed)).toEqual([]);
    environment.idp.tampering = {};
    expect((await renew(browser)).status).toBe(200);
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
    for (let renewals = 0; renewals < 2; renewals++) {
      environment.clock.advance(901);
      expect((await renew(browser)).status).toBe(200);
    }
    expectNoTheft();
  });
});

/** Only the next call fails: the record of the renewal, but not the release of the lease after it. */
function failNext(target: string): void {
  const { faults } = environment.aws;
  const get = faults.get.bind(faults);
  faults.get = (name) => {
    if (name !== target) return get(name);
    faults.get = get;
    return "error";
  };
}

describe("what is written into the ledger", () => {
  test("is what the browser got, sealed: nobody who reads the ledger can use it", async () => {
    const { session } = await lost();
    const { next } = await itemOf(session);
    expect(next).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    for (const secret of environment.idp.secretsSeen) expect(next).not.toContain(secret);
  });

  test("is no cookie: it renews nothing in the refresh cookie's place, nor from another session's item", async () => {
    const { browser, session } = await lost();
    const { next } = await itemOf(session);
    browser.jar.plant(REFRESH_COOKIE, next!, "/_gate");
    expectProblem(await renew(browser), 401);
    const other = await lost();
    await environment.ledger.change(other.session, { next: next! });
    const response = await renew(other.browser);
    expect(await logOf(response)).toMatchObject({ outcome: "renewed_elsewhere" });
    expectNoSession(response);
  });
});

describe("where the ledger is in trouble just when the renewal is recorded", () => {
  test("and only its answer was lost, the browser gets the renewal", async () => {
    const { browser } = await expired();
    whenTokensAreGiven(() => environment.aws.faults.set(UPDATE, "lost"));
    expect((await renew(browser)).status).toBe(200);
    environment.aws.faults.clear();
    expect(await itemOf(sessionOf(browser))).toMatchObject({ generation: 1 });
    environment.idp.tampering = {};
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    expectNoTheft();
  });

  test("and it did not take it, it can be tried again, with the refresh token that the provider gave last", async () => {
    const { browser } = await expired();
    whenTokensAreGiven(() => environment.aws.faults.set(UPDATE, "error"));
    const failed = await renew(browser);
    expectProblem(failed, 503);
    expect(setCookie(failed, REFRESH_COOKIE)?.value).toBeTruthy();
    expect(setCookie(failed, SESSION_COOKIE)).toBeUndefined();
    environment.aws.faults.clear();
    environment.idp.tampering = {};
    let response = await navigate(browser);
    for (let tries = 0; tries < 3 && response.headers["location"]![0] === LOGIN; tries++)
      response = await navigate(browser);
    expect(response.headers["location"]).toEqual(["/page"]);
    expectNoTheft();
  });

  test("and neither the record nor a look at it is answered, what it gives instead renews the session at any time, from anywhere", async () => {
    const { browser, session } = await expired();
    const before = browser.copy();
    whenTokensAreGiven(() => {
      environment.aws.faults.set(UPDATE, "lost");
      environment.aws.faults.set("DynamoDB_20120810.GetItem", "error");
    });
    expectProblem(await renew(browser), 503);
    environment.aws.faults.clear();
    environment.idp.tampering = {};
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
    environment.clock.advance(600);
    browser.address = ELSEWHERE;
    const response = await renew(browser);
    expect(await logOf(response)).toMatchObject({ outcome: "renewal_repeated" });
    expect(response.status).toBe(200);
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    expectNoTheft();
    // The cookie from before it is none of that kind.
    expectProblem(await renew(before), 401);
    expect(await itemOf(session)).toMatchObject({ reuse: "refresh" });
  });
});

test("what an attempt gave that was never recorded does not get what a later attempt gave", async () => {
  const { browser, session } = await expired();
  const { faults } = environment.aws;
  whenTokensAreGiven(() => faults.set(UPDATE, "error").set("DynamoDB_20120810.GetItem", "error"));
  expectProblem(await renew(browser), 503);
  faults.clear();
  environment.idp.tampering = {};
  // Its lease could not be given back.
  environment.clock.advance(301);
  expect((await renew(browser.copy())).status).toBe(200);
  environment.clock.advance(301);
  browser.address = ELSEWHERE;
  const response = await renew(browser);
  expectProblem(response, 401);
  expectNoSession(response);
  expect(await itemOf(session)).toMatchObject({ generation: 1, reuse: "refresh" });
});

describe("where provider and ledger are slow", () => {
  test("no 503 looks like theft later, although the renewal was recorded after it", async () => {
    const { browser, session } = await expired();
    environment.idp.outages.set("token", "slow");
    environment.delays.set("DynamoDB_20120810.BatchGetItem", 500 * SCALE);
    // Carried out immediately, but the answer is too late.
    whenTokensAreGiven(() => environment.delays.set(UPDATE, 1_900 * SCALE));
    const start = performance.now();
    const response = await renew(browser);
    expectProblem(response, 503);
    expect(performance.now() - start).toBeLessThan(4_900 * SCALE);
    expect(await logOf(response)).toMatchObject({ outcome: "out_of_time" });
    await setTimeout(500 * SCALE);
    expect(await itemOf(session)).toMatchObject({ generation: 1 });
    environment.delays.clear();
    environment.idp.outages.clear();
    environment.idp.tampering = {};
    environment.clock.advance(600);
    browser.address = ELSEWHERE;
    expect((await renew(browser)).status).toBe(200);
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    expectNoTheft();
  });

  test("none is recorded that nobody has the time to answer with", async () => {
    // All that is wanted is in the ID token: nothing is asked for after it was checked.
    environment.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"], department: "sales" };
    const { browser, session } = await expired();
    environment.delays.set("DynamoDB_20120810.BatchGetItem", 1_800 * SCALE);
    environment.idp.outages.set("token", "slow");
    const response = await renew(browser);
    environment.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
    expectProblem(response, 503);
    expect(await logOf(response)).toMatchObject({ outcome: "out_of_time" });
    await setTimeout(1_500 * SCALE);
    expect(await itemOf(session)).toMatchObject({ generation: 0 });
    environment.delays.clear();
    environment.idp.outages.clear();
    expect((await renew(browser)).status).toBe(200);
    expectNoTheft();
  });

  test("no refresh token is spent where there is no time for what comes of it", async () => {
    const { browser } = await expired();
    await environment.coldStart();
    const asked = environment.idp.count("token");
    environment.idp.outages.set("discovery", "slow");
    environment.delays
      .set("DynamoDB_20120810.BatchGetItem", 1_800 * SCALE)
      .set("secretsmanager.GetSecretValue", 1_500 * SCALE);
    const response = await renew(browser);
    expectProblem(response, 503);
    expect(environment.idp.count("token")).toBe(asked);
    environment.delays.clear();
    environment.idp.outages.clear();
    expect((await renew(browser)).status).toBe(200);
  });
});
