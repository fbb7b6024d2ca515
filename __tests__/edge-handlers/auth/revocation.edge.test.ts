/** No cookie brings back a session that the ledger has ended, and a revoked user has to re-authenticate. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { idpSessionId, LEDGER_RETENTION } from "../../../ledger/records";
import { emailPointerKey, idpSessionPointerKey, sidPointerKey, startedPointerKey } from "../../../ledger/tables";
import { sha256 } from "../../../session/node-hash";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const HOUR = 3600;
const ALICE = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
const LOGIN = "/_gate/login?return_to=%2Fpage";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(async () => {
  Object.assign(environment.idp, { user: ALICE, tampering: {}, authenticatedAt: undefined, obeysPrompt: true });
  environment.clock.advance(61);
  await environment.ledger.wipe();
});

const post = (browser: Browser) => browser.fetch("/_gate/refresh", { method: "POST" });
const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
const lastPrompt = () => environment.idp.prompts.at(-1);

/** A browser whose user the provider knows since the sign-in. */
async function signedIn(): Promise<Browser> {
  environment.idp.authenticatedAt ??= environment.clock.now();
  const browser = environment.browser();
  expect((await browser.signIn()).status).toBe(302);
  return browser;
}

function expectAtProvider(response: EdgeResponse): string {
  expect(response).toMatchObject({
    status: 302,
    headers: { location: [expect.stringContaining(`${environment.idp.issuer}/authorize?`)] },
  });
  expectNoSession(response);
  return response.headers["location"]![0]!;
}

function expectCleared(response: EdgeResponse): void {
  expect(setCookie(response, SESSION_COOKIE)).toMatchObject({ value: "", attributes: { "max-age": "0", path: "/" } });
  expect(setCookie(response, REFRESH_COOKIE)).toMatchObject({
    value: "",
    attributes: { "max-age": "0", path: "/_gate" },
  });
}

describe("the ledger", () => {
  test("has a session from its sign-in on: who, when, from where, at which session of the provider", async () => {
    environment.idp.user = { ...ALICE, sid: "provider-session-1" };
    const browser = environment.browser();
    await browser.navigate(browser.approve(await browser.startSignIn()), {
      headers: { "User-Agent": "Mozilla/5.0 (test)" },
    });
    const session = sessionOf(browser);
    const endsAt = session.issuedAt + 8 * HOUR;
    const { uid, sid, issuedAt } = session;
    expect(await environment.ledger.session(session)).toEqual({
      pk: `user#${uid}`,
      sk: `session#${sid}`,
      uid,
      sid,
      idp: "main",
      idpSession: idpSessionId(sha256, environment.idp.issuer, "provider-session-1"),
      email: ALICE.email,
      startedAt: issuedAt,
      mark: 0,
      gatewayMark: 0,
      renewedAt: issuedAt,
      generation: 0,
      address: "203.0.113.178",
      userAgent: "Mozilla/5.0 (test)",
      endsAt,
      expiresAt: endsAt + LEDGER_RETENTION,
    });
  });

  test("has what leads to it, for as long", async () => {
    environment.idp.user = { ...ALICE, email: "Alice@Example.com", sid: "provider-session-2" };
    const browser = environment.browser();
    await browser.signIn();
    const { uid, sid, issuedAt } = sessionOf(browser);
    const { expiresAt } = (await environment.ledger.session({ uid, sid }))!;
    const idpSession = idpSessionId(sha256, environment.idp.issuer, "provider-session-2");
    for (const { pk, sk } of [
      sidPointerKey(sid),
      emailPointerKey("alice@example.com", uid),
      startedPointerKey(issuedAt, sid),
      idpSessionPointerKey(idpSession, sid),
    ]) {
      expect(await environment.ledger.items(pk)).toEqual([{ pk, sk, uid, sid, expiresAt }]);
    }
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an address that the provider does not call verified", { email: "Ada@Example.com" }, "Ada@Example.com"],
    ["a user name where there is no address", { email: undefined, preferred_username: "Ada.L" }, "Ada.L"],
    ["a user name where the address is none", { email: "ada", preferred_username: "ada.l" }, "ada.l"],
  ])("is found by %s, which the origin does not get", async (_name, claims, login) => {
    environment.idp.user = { ...ALICE, email_verified: false, ...claims };
    const browser = environment.browser();
    await browser.signIn();
    const { uid, sid, email } = sessionOf(browser);
    expect(email).toBe("");
    expect(await environment.ledger.session({ uid, sid })).toMatchObject({ email: "", login });
    const { pk, sk } = emailPointerKey(login, uid);
    expect(await environment.ledger.items(pk)).toEqual([expect.objectContaining({ sk, uid, sid })]);
  });

  test("has no session of the provider where the ID token names none", async () => {
    expect(await environment.ledger.session(sessionOf(await signedIn()))).not.toHaveProperty("idpSession");
  });

  test("counts the renewals, and has the address of the last one", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    for (const generation of [1, 2]) {
      environment.clock.advance(901);
      environment.idp.user = { ...ALICE, email: `alice-${generation}@example.com` };
      expect((await post(browser)).status).toBe(200);
      const found = (await environment.ledger.session(session))!;
      expect(found).toMatchObject({
        generation,
        email: `alice-${generation}@example.com`,
        startedAt: session.issuedAt,
        endsAt: session.issuedAt + 8 * HOUR,
      });
      expect(Math.abs(found.renewedAt - environment.clock.now())).toBeLessThanOrEqual(2);
    }
  });

  test("has nothing of a sign-in that failed", async () => {
    environment.idp.tampering = { claims: (claims) => (claims.aud = "other") };
    expect((await environment.browser().signIn()).status).toBe(502);
    expect(await environment.ledger.sessions()).toEqual([]);
  });
});

describe("a session that has ended cannot be renewed", () => {
  type Ending = (session: Session) => Promise<unknown>;
  const ENDINGS: [name: string, ending: Ending, detail: string, prompt: string | undefined][] = [
    [
      "the session was revoked",
      ({ uid, sid }) => environment.ledger.revoke({ kind: "session", uid, sid }),
      "session_revoked",
      "login",
    ],
    ["the user was revoked", ({ uid }) => environment.ledger.revoke({ kind: "user", uid }), "session_revoked", "login"],
    ["everybody was signed out", () => environment.ledger.revoke({ kind: "gateway" }), "session_revoked", "login"],
    [
      "its user signed out",
      (session) => changed(session, { endedAt: environment.clock.now() }),
      "session_ended",
      undefined,
    ],
    [
      "the ledger's end of it has come, whatever the token says",
      (session) => changed(session, { endsAt: environment.clock.now() }),
      "session_ended",
      undefined,
    ],
    [
      "the ledger saw no renewal for too long",
      (session) => changed(session, { renewedAt: environment.clock.now() - HOUR }),
      "session_idle",
      undefined,
    ],
    ["the ledger was lost", () => environment.ledger.wipe(), "session_unknown", undefined],
  ];
  const changed = async ({ uid, sid }: Session, changes: object) =>
    environment.ledger.open({ ...(await environment.ledger.session({ uid, sid })), ...changes });

  test.each(ENDINGS)("because %s", async (_name, end, detail, prompt) => {
    for (const tokenEnded of [true, false]) {
      const browser = await signedIn();
      environment.clock.advance(tokenEnded ? 901 : 5);
      await end(sessionOf(browser));
      const asked = environment.idp.count("token");
      const other = browser.copy();
      const refused = await post(other);
      expectProblem(refused, 401);
      expectNoSession(refused);
      expect(await environment.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "not_renewed", detail }),
      ]);
      if (prompt === undefined) expectCleared(refused);
      // A page's script asks first: the sign-in that follows must still know why the session ended.
      else expect(new URL(expectAtProvider(await other.navigate(LOGIN))).searchParams.get("prompt")).toBe(prompt);
      const login = await browser.navigate(LOGIN);
      expect(new URL(expectAtProvider(login)).searchParams.get("prompt") ?? undefined).toBe(prompt);
      expectCleared(login);
      expect(await environment.logLines(login)).toEqual([
        expect.objectContaining({ outcome: "sign_in_started", detail }),
      ]);
      expect(environment.idp.count("token")).toBe(asked);
      await environment.ledger.wipe();
    }
  });

  test.each(ENDINGS)(
    "and, but for the time since its renewal, is none for /me because %s",
    async (_name, end, detail) => {
      const browser = await signedIn();
      environment.clock.advance(5);
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
      await end(sessionOf(browser));
      const response = await browser.fetch("/_gate/me");
      expect(response.status).toBe(detail === "session_idle" ? 200 : 401);
      if (response.status === 401) expect(response.body).not.toContain(environment.uid("alice"));
    },
  );

  test("nor one that ends while the provider answers", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    const { uid, sid } = sessionOf(browser);
    // The user signs out in another window.
    environment.idp.outages.set("token", "slow");
    const renewal = post(browser);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await environment.ledger.open({
      ...(await environment.ledger.session({ uid, sid })),
      endedAt: environment.clock.now(),
    });
    const response = await renewal;
    environment.idp.outages.clear();
    expectProblem(response, 401);
    expectNoSession(response);
  });

  test("nor one that the ledger never saw, however genuine its cookies are", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    environment.clock.advance(901);
    browser.jar.plant(SESSION_COOKIE, environment.mint({ ...session, uid: environment.uid("bob") }));
    expectProblem(await post(browser), 401);
  });

  test("whatever the provider says: another user's and another session's revocation change nothing", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    await environment.ledger.revoke({ kind: "user", uid: environment.uid("bob") });
    await environment.ledger.revoke({ kind: "session", sid: "x".repeat(16) });
    expect((await post(browser)).status).toBe(200);
  });

  test("its token ends with it where the settings have become longer", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    const endsAt = environment.clock.now() + 60;
    await changed(sessionOf(browser), { endsAt });
    expect((await post(browser)).status).toBe(200);
    expect(sessionOf(browser).expiresAt).toBe(endsAt);
  });
});

describe("after a user was revoked", () => {
  const revoke = () => environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });

  test("signing in ends at the provider's form, although the provider still knows the user", async () => {
    const browser = await signedIn();
    environment.clock.advance(30);
    await revoke();
    const location = expectAtProvider(await browser.navigate(LOGIN));
    expect(new URL(location).searchParams.get("prompt")).toBe("login");
    environment.clock.advance(1);
    expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
    environment.clock.advance(901);
    expect((await post(browser)).status).toBe(200);
  });

  test("it does so too for one who comes without the gateway's cookies: the flow starts over once", async () => {
    await signedIn();
    environment.clock.advance(300);
    await revoke();
    environment.clock.advance(1);
    const browser = environment.browser();
    const back = await browser.signIn("/page");
    const location = expectAtProvider(back);
    expect(new URL(location).searchParams.get("prompt")).toBe("login");
    expect(await environment.logLines(back)).toEqual([
      expect.objectContaining({ endpoint: "callback", outcome: "sign_in_started", detail: "user_revoked" }),
    ]);
    expect(await environment.ledger.sessions()).toHaveLength(1);
    const done = await browser.navigate(browser.approve(location));
    expect(done.headers["location"]).toEqual(["/page"]);
    expect(environment.readToken(setCookie(done, SESSION_COOKIE)?.value).uid).toBe(environment.uid("alice"));
  });

  test("a provider that does not ask lets nobody in, and nobody goes in circles", async () => {
    await signedIn();
    environment.clock.advance(300);
    await revoke();
    environment.idp.obeysPrompt = false;
    const browser = environment.browser();
    const location = expectAtProvider(await browser.signIn());
    const refused = await browser.navigate(browser.approve(location));
    expectPage(refused, 403);
    expectNoSession(refused);
    expect(refused.body).toMatch(/<a class="b" href="\/_gate\/login\?return_to=%2F">Start again<\/a>/);
    expect(await environment.logLines(refused)).toEqual([
      expect.objectContaining({ outcome: "authentication_too_old", detail: "user_revoked" }),
    ]);
    expect((await environment.ledger.sessions()).filter(({ endedAt }) => endedAt === undefined)).toHaveLength(1);
  });

  test("a user who removes prompt and max_age from the request to the provider, which then reports no time, does not get in", async () => {
    await signedIn();
    environment.clock.advance(300);
    await revoke();
    environment.clock.advance(1);
    environment.idp.tampering = { claims: (claims) => delete claims["auth_time"] };
    const browser = environment.browser();
    const location = new URL(expectAtProvider(await browser.signIn("/page")));
    for (const name of ["prompt", "max_age"]) location.searchParams.delete(name);
    const refused = await browser.navigate(browser.approve(location.href));
    expectPage(refused, 403);
    expectNoSession(refused);
    expect(await environment.logLines(refused)).toEqual([
      expect.objectContaining({ outcome: "authentication_too_old", detail: "user_revoked" }),
    ]);
  });

  test.each([
    ["that tells when the user authenticated", {}],
    ["that does not", { claims: (claims: Record<string, unknown>) => delete claims["auth_time"] }],
  ])(
    "a sign-in that was faster than the revocation on its way to the ledger is good for one token, at a provider %s",
    async (_, tampering) => {
      environment.idp.tampering = tampering;
      await signedIn();
      environment.clock.advance(300);
      const cutoff = environment.clock.now();
      environment.clock.advance(2);
      const browser = environment.browser();
      expect((await browser.signIn("/page")).headers["location"]).toEqual(["/page"]);
      environment.clock.advance(5);
      await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice"), cutoff });
      expectProblem(await browser.fetch("/_gate/me"), 401);
      expectProblem(await post(browser.copy()), 401);
      expect(new URL(expectAtProvider(await browser.navigate(LOGIN))).searchParams.get("prompt")).toBe("login");
    },
  );

  test("a command that came long after it was given ends no sign-in that began meanwhile", async () => {
    const cutoff = environment.clock.now();
    environment.clock.advance(302);
    const browser = await signedIn();
    await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice"), cutoff });
    expect((await browser.fetch("/_gate/me")).status).toBe(200);
  });

  test("a second signal while the user types the password asks once more, and refuses nobody", async () => {
    const browser = await signedIn();
    environment.clock.advance(300);
    await revoke();
    const first = expectAtProvider(await browser.navigate(LOGIN));
    environment.clock.advance(20);
    const callback = browser.approve(first);
    environment.clock.advance(5);
    await revoke();
    const response = await browser.navigate(callback);
    const second = expectAtProvider(response);
    expect(new URL(second).searchParams.get("prompt")).toBe("login");
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ endpoint: "callback", outcome: "sign_in_started", detail: "user_revoked" }),
    ]);
    environment.clock.advance(20);
    expect((await browser.navigate(browser.approve(second))).headers["location"]).toEqual(["/page"]);
    expect((await browser.fetch("/_gate/me")).status).toBe(200);
  });

  test("who authenticated a minute later is not asked again", async () => {
    await revoke();
    environment.clock.advance(61);
    environment.idp.authenticatedAt = environment.clock.now();
    const browser = environment.browser();
    expect((await browser.signIn("/page")).headers["location"]).toEqual(["/page"]);
    expect(lastPrompt()).toBeUndefined();
  });

  test("others sign in as ever", async () => {
    environment.idp.authenticatedAt = environment.clock.now();
    environment.clock.advance(300);
    await revoke();
    environment.idp.user = { sub: "bob" };
    expect((await environment.browser().signIn("/page")).headers["location"]).toEqual(["/page"]);
  });

  test("after its end the revocation asks nothing of anybody", async () => {
    environment.idp.authenticatedAt = environment.clock.now();
    environment.clock.advance(300);
    await environment.ledger.revoke({
      kind: "user",
      uid: environment.uid("alice"),
      until: environment.clock.now() + 8 * HOUR,
    });
    environment.clock.advance(8 * HOUR + 241);
    expect((await environment.browser().signIn("/page")).headers["location"]).toEqual(["/page"]);
  });
});

test("after everybody was signed out, everybody must re-authenticate", async () => {
  await signedIn();
  environment.clock.advance(300);
  await environment.ledger.revoke({ kind: "gateway" });
  // Cut-offs are whole seconds, and so is the time of an authentication.
  environment.clock.advance(1);
  for (const sub of ["alice", "bob"]) {
    environment.idp.user = { sub };
    environment.idp.authenticatedAt = environment.clock.now() - 300;
    const browser = environment.browser();
    const location = expectAtProvider(await browser.signIn("/page"));
    expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
  }
});

test("after everybody was signed out a provider that tells no time of authentication is believed where it was asked to ask", async () => {
  environment.idp.tampering = { claims: (claims) => delete claims["auth_time"] };
  await environment.ledger.revoke({ kind: "gateway" });
  environment.clock.advance(300);
  const browser = environment.browser();
  const location = expectAtProvider(await browser.signIn("/page"));
  expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
});

test("a revoked session asks its own browser for credentials and no other, also by way of a choice", async () => {
  await withAuth({ withOtherIdp: true }, async (own) => {
    const [browser, other] = [own.browser(), own.browser()];
    const signIn = async (who: Browser) =>
      who.navigate(who.approve((await who.navigate(`${LOGIN}&idp=main`)).headers["location"]![0]!));
    await signIn(browser);
    await signIn(other);
    const { uid, sid } = own.readToken(browser.jar.get(SESSION_COOKIE));
    await own.ledger.revoke({ kind: "session", uid, sid });
    expectPage(await browser.navigate(`${LOGIN}&choose`), 200);
    await browser.navigate(`${LOGIN}&idp=main`);
    expect(own.idp.prompts).toHaveLength(2);
    expect((await other.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    const chosen = await browser.navigate(`${LOGIN}&idp=main`);
    expect(new URL(chosen.headers["location"]![0]!).searchParams.get("prompt")).toBeNull();
  });
});

describe.each([
  ["ahead of", 120],
  ["behind", -120],
])("at a handler whose clock is %s everybody else's", (_name, seconds) => {
  beforeEach(() => environment.shiftHandler(seconds));
  afterEach(() => environment.shiftHandler(0));

  test("a session of a user who has just been revoked stays out, and who signs in again gets in", async () => {
    const browser = await signedIn();
    const stolen = browser.copy();
    await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });
    environment.clock.advance(1);
    expectProblem(await stolen.fetch("/_gate/me"), 401);
    expectProblem(await post(stolen.copy()), 401);
    const location = expectAtProvider(await browser.navigate(LOGIN));
    expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
    expect((await browser.fetch("/_gate/me")).status).toBe(200);
    environment.clock.advance(901);
    expect((await post(browser)).status).toBe(200);
    expectProblem(await post(stolen), 401);
  });

  test("who signs in just before a revocation stays out", async () => {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn("/page"));
    await browser.navigate(callback);
    await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });
    expectProblem(await browser.fetch("/_gate/me"), 401);
  });

  test("everybody who was signed out stays out until the next sign-in", async () => {
    const browser = await signedIn();
    await environment.ledger.revoke({ kind: "gateway" });
    environment.clock.advance(1);
    expectProblem(await browser.fetch("/_gate/me"), 401);
    const location = expectAtProvider(await browser.navigate(LOGIN));
    expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
    expect((await browser.fetch("/_gate/me")).status).toBe(200);
  });
});

test("a session keeps the marks that its sign-in found, in the ledger and in every token", async () => {
  const user = await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });
  const gateway = await environment.ledger.revoke({ kind: "gateway" });
  environment.clock.advance(61);
  environment.idp.authenticatedAt = environment.clock.now();
  const browser = environment.browser();
  await browser.signIn();
  expect(sessionOf(browser).mark).toBe(user.mark);
  expect(await environment.ledger.session(sessionOf(browser))).toMatchObject({
    mark: user.mark,
    gatewayMark: gateway.mark,
  });
  environment.clock.advance(901);
  expect((await post(browser)).status).toBe(200);
  expect(sessionOf(browser).mark).toBe(user.mark);
});

describe("a sign-out", () => {
  test("ends the session in the ledger, and tells the revoker", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    const sent = environment.aws.messages.length;
    const response = await browser.navigate("/_gate/logout?local");
    const { uid, sid } = session;
    expect(environment.aws.messages.slice(sent)).toEqual([
      {
        queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/example-sign-outs",
        command: { version: 1, target: { type: "session", uid, sid }, by: "sign-out", reason: "The user signed out." },
      },
    ]);
    expect(await environment.ledger.session(session)).toMatchObject({
      endedAt: expect.closeTo(environment.clock.now(), -1) as unknown,
    });
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "signed_out", uid, sid }),
    ]);
  });

  test("leaves nothing of use to a copy of its cookies, at a provider that revokes nothing", async () => {
    environment.idp.tampering = { discovery: (document) => ({ ...document, revocation_endpoint: undefined }) };
    const browser = await signedIn();
    const copy = browser.copy();
    await browser.navigate("/_gate/logout");
    expectProblem(await copy.copy().fetch("/_gate/me"), 401);
    expectProblem(await post(copy.copy()), 401);
    expectAtProvider(await copy.navigate(LOGIN));
  });

  test("with the cookie of a session that is long over tells the revoker nothing: old cookies would fill the records", async () => {
    const browser = environment.browser();
    browser.jar.plant(
      SESSION_COOKIE,
      environment.mint({ issuedAt: environment.clock.now() - 8 * HOUR, expiresAt: environment.clock.now() - 7 * HOUR }),
    );
    const sent = environment.aws.messages.length;
    const response = await browser.navigate("/_gate/logout?local");
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "signed_out" })]);
    expect(environment.aws.messages).toHaveLength(sent);
  });

  test("of a session whose token ended still ends it", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    environment.clock.advance(901);
    await browser.navigate("/_gate/logout?local");
    expect(await environment.ledger.session(session)).toHaveProperty("endedAt");
  });
});

describe("an active token that the gate refused", () => {
  const rotate = (drop: boolean) => {
    const k2 = Buffer.alloc(32, environment.clock.now()).toString("base64url");
    const keys = { current: "k2", keys: { ...(drop ? {} : environment.keys.keys), k2 } };
    environment.publishKeys(keys);
    return keys;
  };
  afterEach(() => {
    environment.publishKeys(environment.keys);
    environment.clock.advance(61);
  });

  test("makes the handler look for newer keys, and is signed with one", async () => {
    const browser = await signedIn();
    environment.clock.advance(11);
    rotate(false);
    const response = await browser.navigate(LOGIN);
    expect(response.headers["location"]).toEqual(["/page"]);
    expect(setCookie(response, SESSION_COOKIE)?.value).toMatch(/^2\.k2\./);
  });

  test("is none any more when its key is gone", async () => {
    const browser = await signedIn();
    environment.clock.advance(11);
    rotate(true);
    expectAtProvider(await browser.navigate(LOGIN));
  });

  test("is no reason to look when it has expired", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    // The keys in hand are fresh again.
    await browser.navigate("/_gate/me");
    const asked = environment.aws.requests.length;
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    expect(environment.aws.requests.slice(asked)).not.toContain("secretsmanager.GetSecretValue");
  });
});
