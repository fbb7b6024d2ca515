/** Renewal: silent while the identity provider agrees, and never a way around it. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { renew, type Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import type { Outage } from "../../support/idp/faults";

const HOUR = 3600;
const ALICE = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
const LOGIN = "/_gate/login?return_to=%2Fpage%3Fa%3D1";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(() => {
  const { idp } = environment;
  Object.assign(idp, {
    user: ALICE,
    tampering: {},
    userinfoOnly: [],
    rotatesRefreshTokens: true,
    renewsIdTokens: true,
  });
  idp.outages.clear();
  environment.clock.advance(61);
});

const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));

/**
 * A browser whose token ended, `seconds` after its sign-in. Cookies are kept whatever their Max-Age says: so would an
 * attacker.
 */
async function signedIn(seconds = 901): Promise<Browser> {
  const browser = environment.browser();
  await browser.signIn();
  hoard(browser);
  environment.clock.advance(seconds);
  return browser;
}

function hoard(browser: Browser): void {
  browser.jar.plant(SESSION_COOKIE, browser.jar.get(SESSION_COOKIE)!);
  const refresh = browser.jar.get(REFRESH_COOKIE);
  if (refresh) browser.jar.plant(REFRESH_COOKIE, refresh, "/_gate");
}

/** The browser is sent to sign in at the identity provider, and has no new session. */
function expectSignIn(response: EdgeResponse): void {
  expect(response).toMatchObject({
    status: 302,
    headers: { location: [expect.stringContaining(`${environment.idp.issuer}/authorize?`)] },
  });
  expectNoSession(response);
}

describe("a session whose token ended", () => {
  test("is renewed without the identity provider's page", async () => {
    const browser = await signedIn();
    const before = sessionOf(browser);
    const response = await browser.navigate(LOGIN);
    expect(response).toMatchObject({ status: 302, headers: { location: ["/page?a=1"] } });
    const after = sessionOf(browser);
    expect(after).toMatchObject({
      uid: before.uid,
      sid: before.sid,
      issuedAt: before.issuedAt,
      idp: "main",
      email: ALICE.email,
    });
    expect(Math.abs(after.expiresAt - (environment.clock.now() + 900))).toBeLessThanOrEqual(2);
    const lifetime = Number(setCookie(response, SESSION_COOKIE)?.attributes["max-age"]);
    expect(Math.abs(before.issuedAt + 8 * HOUR - environment.clock.now() - lifetime)).toBeLessThanOrEqual(2);
    expect(setCookie(response, REFRESH_COOKIE)?.attributes).toEqual({
      path: "/_gate",
      secure: "",
      httponly: "",
      samesite: "Lax",
      "max-age": "3600",
    });
  });

  test("is renewed for a script", async () => {
    const browser = await signedIn();
    const response = await renew(browser);
    expect(response).toMatchObject({ status: 200, headers: { "content-type": ["application/json"] } });
    expect(JSON.parse(response.body)).toEqual({
      expires_at: sessionOf(browser).expiresAt,
      renew_in: expect.any(Number) as unknown,
    });
    expect(sessionOf(browser).expiresAt).toBeGreaterThan(environment.clock.now());
  });

  test("is renewed again and again, up to its absolute end", async () => {
    const browser = await signedIn(0);
    const { issuedAt, sid } = sessionOf(browser);
    for (let hours = 0; hours < 7.5; hours += 0.75) {
      environment.clock.advance(0.75 * HOUR);
      expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page?a=1"]);
      hoard(browser);
    }
    expect(sessionOf(browser)).toMatchObject({ issuedAt, sid });
    environment.clock.advance(0.4 * HOUR);
    expect((await renew(browser)).status).toBe(200);
    expect(sessionOf(browser).expiresAt).toBe(issuedAt + 8 * HOUR);
    hoard(browser);
    environment.clock.advance(0.11 * HOUR);
    expectProblem(await renew(browser), 401);
    expectSignIn(await browser.navigate(LOGIN));
  });

  test("ends when it was idle for too long", async () => {
    const browser = await signedIn(HOUR + 1);
    const tokens = environment.idp.count("token");
    expectProblem(await renew(browser), 401);
    expectSignIn(await browser.navigate(LOGIN));
    expect(environment.idp.count("token")).toBe(tokens);
  });

  test("ends without a refresh cookie", async () => {
    const browser = await signedIn();
    browser.jar.delete(REFRESH_COOKIE);
    expectProblem(await renew(browser), 401);
    expectSignIn(await browser.navigate(LOGIN));
  });

  test("is renewed before its token ends, too: the gate may have refused it", async () => {
    const browser = await signedIn(10);
    const tokens = environment.idp.count("token");
    await browser.navigate(LOGIN);
    expect(environment.idp.count("token")).toBe(tokens + 1);
  });
});

describe("renewal takes what the identity provider says now", () => {
  test("a new role and a new address", async () => {
    const browser = await signedIn();
    environment.idp.user = { ...ALICE, email: "new@example.com", roles: ["admin"] };
    await browser.navigate(LOGIN);
    expect(sessionOf(browser)).toMatchObject({ roles: ["admin"], email: "new@example.com" });
  });

  test.each<[string, unknown]>([
    ["an empty list", []],
    ["no such claim", undefined],
  ])("a lost role (%s)", async (_name, roles) => {
    const browser = await signedIn();
    expect(sessionOf(browser).roles).toEqual(["staff"]);
    environment.idp.user = { ...ALICE, roles };
    await browser.navigate(LOGIN);
    expect(sessionOf(browser).roles).toEqual([]);
  });

  test("from userinfo where no ID token comes back", async () => {
    const browser = await signedIn();
    environment.idp.renewsIdTokens = false;
    environment.idp.user = { ...ALICE, roles: ["admin"] };
    await browser.navigate(LOGIN);
    expect(sessionOf(browser)).toMatchObject({ roles: ["admin"], uid: environment.uid("alice") });
  });

  test.each([true, false])(
    "the refresh token that comes back replaces the old one, which is kept otherwise (rotation: %s)",
    async (rotates) => {
      environment.idp.rotatesRefreshTokens = rotates;
      const browser = await signedIn();
      for (let i = 0; i < 2; i++) {
        expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page?a=1"]);
        environment.clock.advance(901);
      }
    },
  );

  test("an ID token that repeats the first nonce is taken", async () => {
    const browser = environment.browser();
    const authorization = await browser.startSignIn();
    await browser.navigate(browser.approve(authorization));
    environment.clock.advance(901);
    environment.idp.tampering = {
      claims: (claims) => (claims["nonce"] = new URL(authorization).searchParams.get("nonce")!),
    };
    expect((await renew(browser)).status).toBe(200);
  });
});

test("renewal ends when the identity provider leaves the config", async () => {
  await withAuth({ withOtherIdp: true }, async (own) => {
    const browser = own.browser();
    const login = await browser.navigate("/_gate/login?idp=other");
    await browser.navigate(browser.approve(login.headers["location"]![0]!));
    expect(own.readToken(browser.jar.get(SESSION_COOKIE)).idp).toBe("other");
    own.publishSettings({ ...own.settings, identityProviders: { main: own.settings.identityProviders["main"]! } });
    own.clock.advance(901);
    const asked = own.otherIdp!.count("token");
    expectProblem(await browser.fetch("/_gate/refresh", { method: "POST" }), 401);
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual([
      expect.stringContaining(`${own.idp.issuer}/authorize?`),
    ]);
    expect(own.otherIdp!.count("token")).toBe(asked);
  });
});

describe("a refresh token that is no longer good", () => {
  test("leads to the identity provider once, and is forgotten", async () => {
    const browser = await signedIn();
    environment.idp.refusesRenewals = "invalid_grant";
    const tokens = environment.idp.count("token");
    const response = await browser.navigate(LOGIN);
    environment.idp.refusesRenewals = undefined;
    expectSignIn(response);
    expect(setCookie(response, REFRESH_COOKIE)).toMatchObject({
      value: "",
      attributes: { "max-age": "0", path: "/_gate" },
    });
    expectSignIn(await browser.navigate(LOGIN));
    expect(environment.idp.count("token")).toBe(tokens + 1);
    expect((await browser.navigate(browser.approve(response.headers["location"]![0]!))).headers["location"]).toEqual([
      "/page?a=1",
    ]);
  });

  test("is a 401 for a script, and is forgotten", async () => {
    const browser = await signedIn();
    environment.idp.refusesRenewals = "invalid_grant";
    const response = await renew(browser);
    environment.idp.refusesRenewals = undefined;
    expectProblem(response, 401);
    expect(setCookie(response, REFRESH_COOKIE)).toMatchObject({
      value: "",
      attributes: { "max-age": "0", path: "/_gate" },
    });
  });

  test.each([
    "invalid_grant",
    "interaction_required",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "<b>own error</b>",
  ])("is one that the provider refuses with %s: signing in may still work", async (error) => {
    const browser = await signedIn();
    environment.idp.refusesRenewals = error;
    const [refresh, login] = [await renew(browser.copy()), await browser.navigate(LOGIN)];
    environment.idp.refusesRenewals = undefined;
    expectProblem(refresh, 401);
    expectSignIn(login);
    expect(setCookie(login, REFRESH_COOKIE)).toMatchObject({ value: "", attributes: { "max-age": "0" } });
    const reason = /^\w+$/.test(error) && error !== "interaction_required" ? error : "unregistered_error";
    expect(await environment.logLines(login)).toEqual([
      expect.objectContaining({
        outcome: "sign_in_started",
        detail: expect.stringMatching(new RegExp(`^\\w+ ${reason}$`)) as unknown,
      }),
    ]);
  });

  test("is kept where the provider does not know the client: signing in would fail too", async () => {
    const browser = await signedIn();
    environment.idp.refusesRenewals = "invalid_client";
    const login = await browser.navigate(LOGIN);
    environment.idp.refusesRenewals = undefined;
    expectPage(login, 503);
    expect(login.headers["set-cookie"]).toBeUndefined();
  });

  test("two tabs that renew concurrently end at the page or at the identity provider, never at an error", async () => {
    const browser = await signedIn();
    const responses = await Promise.all([browser.navigate(LOGIN), browser.copy().navigate(LOGIN)]);
    const locations = responses.map(({ headers }) => headers["location"]?.[0]);
    expect(responses.map(({ status }) => status)).toEqual([302, 302]);
    expect(locations).toContain("/page?a=1");
  });
});

describe("while the identity provider is in trouble", () => {
  test.each<Outage>(["error", "unavailable", "garbage", "redirect", "huge", "reset"])(
    "sessions are kept and nobody is sent in circles (%s)",
    async (outage) => {
      // What is lost on its way was given all the same.
      environment.idp.rotatesRefreshTokens = false;
      const browser = await signedIn();
      environment.idp.outages.set("token", outage);
      const login = await browser.navigate(LOGIN);
      const refresh = await renew(browser);
      const isDown = ["error", "unavailable", "reset"].includes(outage);
      expect(isDown ? [503] : [502, 503]).toContain(login.status);
      expectPage(login, login.status);
      expectProblem(refresh, login.status);
      for (const { headers } of [login, refresh]) {
        if (isDown) expect(headers["retry-after"]).toEqual([expect.stringMatching(/^[1-9][0-9]*$/)]);
        expect(headers["set-cookie"]).toBeUndefined();
      }
      environment.idp.outages.clear();
      expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page?a=1"]);
    },
  );

  test("refused connections are a 503", async () => {
    const browser = await signedIn();
    await environment.idp.stop();
    const login = await browser.navigate(LOGIN);
    const refresh = await renew(browser);
    await environment.idp.restart();
    expectPage(login, 503);
    expect(login.headers["retry-after"]).toHaveLength(1);
    expectProblem(refresh, 503);
    [login, refresh].forEach(expectNoSession);
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page?a=1"]);
  });
});
