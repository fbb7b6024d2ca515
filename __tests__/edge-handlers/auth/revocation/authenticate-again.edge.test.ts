/** A revoked user has to authenticate again, and nobody else. */
import { SESSION_COOKIE } from "../../../../session/cookies";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../../support/answers";
import { withAuth } from "../../../support/auth-fixture";
import { renew, type Browser } from "../../../support/browser-emulator";
import { environment, expectAtProvider, HOUR, lastPrompt, LOGIN, signedIn } from "./signed-in";

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
    expect((await renew(browser)).status).toBe(200);
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

  test.each<[string, (claims: Record<string, unknown>) => unknown]>([
    ["no time", (claims) => delete claims["auth_time"]],
    ["a time in milliseconds", (claims) => (claims["auth_time"] = environment.clock.now() * 1000)],
  ])(
    "a user who removes prompt and max_age from the request to the provider, which then reports %s, does not get in",
    async (_, claims) => {
      await signedIn();
      environment.clock.advance(300);
      await revoke();
      environment.clock.advance(1);
      environment.idp.tampering = { claims };
      const browser = environment.browser();
      const location = new URL(expectAtProvider(await browser.signIn("/page")));
      for (const name of ["prompt", "max_age"]) location.searchParams.delete(name);
      const refused = await browser.navigate(browser.approve(location.href));
      expectPage(refused, 403);
      expectNoSession(refused);
      expect(await environment.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "authentication_too_old", detail: "user_revoked" }),
      ]);
    },
  );

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
      expectProblem(await renew(browser.copy()), 401);
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
    expectProblem(await renew(stolen.copy()), 401);
    const location = expectAtProvider(await browser.navigate(LOGIN));
    expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
    expect((await browser.fetch("/_gate/me")).status).toBe(200);
    environment.clock.advance(901);
    expect((await renew(browser)).status).toBe(200);
    expectProblem(await renew(stolen), 401);
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
