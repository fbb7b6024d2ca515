/**
 * Step-up: rules that ask for a recent or a strong authentication. What the identity provider's ID token says of the
 * authentication decides, and nothing else.
 */
import { SESSION_COOKIE } from "../../../session/cookies";
import type { AuthParameter } from "../../../session/settings";
import { expectNoSession, expectPage } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const SETTINGS: Partial<AuthParameter> = { stepUp: { maxAges: [300, 900], acr: ["urn:mfa", "urn:key"] } };
const FROM_ANOTHER_SITE = { headers: { "Sec-Fetch-Site": "cross-site" } };

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ settings: SETTINGS });
});
afterAll(() => environment.close());

beforeEach(() => {
  environment.clock.advance(120);
  const { idp, clock } = environment;
  Object.assign(idp, { tampering: {}, obeysPrompt: true, obeysAcrValues: true, authenticatedAt: clock.now() });
  idp.user = { sub: "alice", email: "alice@example.com" };
});

/** Signs in, as the gate asks for it. */
async function stepUp(browser: Browser, query: string, { idp } = environment): Promise<EdgeResponse> {
  const login = await browser.navigate(`/_gate/login?return_to=%2Fadmin%3Fa%3D1&${query}`);
  expect(login.status).toBe(302);
  expect(login.headers["location"]![0]!.startsWith(`${idp.issuer}/`)).toBe(true);
  return browser.navigate(browser.approve(login.headers["location"]![0]!), FROM_ANOTHER_SITE);
}

function sessionOf(browser: Browser, { readToken } = environment) {
  return readToken(browser.jar.get(SESSION_COOKIE));
}

const askedLast = ({ idp } = environment) => Object.fromEntries(idp.authorizations.at(-1)!);

describe("a session that is not enough", () => {
  test("is not renewed: the identity provider is asked for a recent authentication, and gives a new session", async () => {
    const browser = environment.browser();
    await browser.signIn();
    const before = sessionOf(browser);
    environment.clock.advance(600);
    const response = await stepUp(browser, "max_age=300");
    expect([response.status, response.headers["location"]]).toEqual([302, ["/admin?a=1"]]);
    expect(askedLast()).toMatchObject({ max_age: "300" });
    expect(askedLast()).not.toHaveProperty("prompt");
    const after = sessionOf(browser);
    expect(after).toMatchObject({ uid: before.uid, authTime: environment.idp.authenticatedAt });
    expect(after.authTime - before.authTime).toBeGreaterThanOrEqual(600);
    expect(after.sid).not.toBe(before.sid);
  });

  test("gets the strength that the identity provider asserts", async () => {
    const browser = environment.browser();
    await browser.signIn();
    expect(sessionOf(browser).strength).toBe("");
    await stepUp(browser, "max_age=900&acr_values=urn%3Akey%20urn%3Amfa");
    expect(askedLast()).toMatchObject({ max_age: "900", acr_values: "urn:key urn:mfa" });
    expect(sessionOf(browser).strength).toBe("urn:key");
  });

  test("of somebody else ends where that somebody signs in", async () => {
    const browser = environment.browser();
    await browser.signIn();
    environment.idp.user = { sub: "bob", email: "bob@example.com" };
    const response = await stepUp(browser, "max_age=300");
    expect(response.status).toBe(302);
    expect(sessionOf(browser)).toMatchObject({ uid: environment.uid("bob"), email: "bob@example.com" });
  });
});

describe("a sign-in is not enough", () => {
  test.each<[string, string, string, () => void]>([
    [
      "where the identity provider asked for nothing although the authentication is too old",
      "max_age=300",
      "auth_time",
      () => Object.assign(environment.idp, { obeysPrompt: false, authenticatedAt: environment.clock.now() - 400 }),
    ],
    [
      "without a time of authentication",
      "max_age=900",
      "no_auth_time",
      () => (environment.idp.tampering = { claims: (claims) => delete claims["auth_time"] }),
    ],
    [
      "with a time in milliseconds, which would be recent forever",
      "max_age=900",
      "no_auth_time",
      () =>
        (environment.idp.tampering = { claims: (claims) => (claims["auth_time"] = environment.clock.now() * 1000) }),
    ],
    ["without a context", "acr_values=urn%3Amfa", "no_acr", () => (environment.idp.obeysAcrValues = false)],
    [
      "with a context that contains the one asked for",
      "acr_values=urn%3Amfa",
      "acr",
      () => (environment.idp.tampering = { claims: (claims) => (claims["acr"] = "xurn:mfa") }),
    ],
    [
      "with the context, but too old",
      "max_age=300&acr_values=urn%3Amfa",
      "auth_time",
      () => Object.assign(environment.idp, { obeysPrompt: false, authenticatedAt: environment.clock.now() - 400 }),
    ],
  ])("%s: a page says so, and the session stays as it was", async (_name, query, detail, prepare) => {
    const browser = environment.browser();
    await browser.signIn();
    const before = browser.jar.get(SESSION_COOKIE);
    prepare();
    const response = await stepUp(browser, query);
    expectPage(response, 403);
    expectNoSession(response);
    expect(response.body).toContain("A stronger sign-in is needed");
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "step_up_unmet", detail }),
    ]);
    expect(browser.jar.get(SESSION_COOKIE)).toBe(before);
    // The same once more, and not a sign-in with less.
    const again = /href="([^"]*\/login[^"]*)"/.exec(response.body)![1]!.replaceAll("&amp;", "&");
    expect(again).toBe(`/_gate/login?return_to=%2Fadmin%3Fa%3D1&${query}`);
  });

  test("if the identity provider says that it cannot fulfill it", async () => {
    const browser = environment.browser();
    environment.idp.tampering = {
      authorizationResponse: (answer) => {
        answer.delete("code");
        answer.set("error", "unmet_authentication_requirements");
      },
    };
    const response = await stepUp(browser, "acr_values=urn%3Amfa");
    expectPage(response, 403);
    expect(response.body).toContain("A stronger sign-in is needed");
  });

  test("although the parameters were removed on the way to the identity provider", async () => {
    const browser = environment.browser();
    environment.idp.authenticatedAt = environment.clock.now() - 400;
    const login = await browser.navigate("/_gate/login?max_age=300&acr_values=urn%3Amfa");
    const target = new URL(login.headers["location"]![0]!);
    for (const name of ["max_age", "acr_values"]) target.searchParams.delete(name);
    expectPage(await browser.navigate(browser.approve(target.href), FROM_ANOTHER_SITE), 403);
    expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
  });
});

test.each([
  "max_age=301",
  "max_age=0",
  "max_age=0300",
  "max_age=",
  "max_age=300&max_age=900",
  "acr_values=urn%3Aother",
  "acr_values=urn%3Amfa%20urn%3Aother",
  "acr_values=urn%3Amfa%20%20urn%3Akey",
  "acr_values=",
  "acr_values=urn%3Amfa&acr_values=urn%3Akey",
])("what no rule asks for is refused, and the identity provider is not asked: %s", async (query) => {
  const asked = environment.idp.authorizations.length;
  expectPage(await environment.browser().navigate(`/_gate/login?return_to=%2Fadmin&${query}`), 400);
  expect(environment.idp.authorizations.length).toBe(asked);
});

test("a renewal makes a session neither fresher nor stronger, whatever its ID token says", async () => {
  const browser = environment.browser();
  await stepUp(browser, "acr_values=urn%3Amfa");
  const before = sessionOf(browser);
  environment.clock.advance(900);
  environment.idp.tampering = {
    claims: (claims) => Object.assign(claims, { acr: "urn:key", auth_time: environment.clock.now() }),
  };
  const response = await browser.navigate("/_gate/login?return_to=%2F");
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
  expect(sessionOf(browser)).toMatchObject({ strength: "urn:mfa", authTime: before.authTime, sid: before.sid });
  expect(sessionOf(browser).expiresAt).toBeGreaterThan(before.expiresAt);
});

test("a user who was revoked has to authenticate again, and still as strongly", async () => {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(10);
  await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });
  const restarted = await stepUp(browser, "max_age=900&acr_values=urn%3Amfa");
  expect(restarted.status).toBe(302);
  const asked = new URL(restarted.headers["location"]![0]!).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ prompt: "login", max_age: "0", acr_values: "urn:mfa" });
  environment.idp.obeysAcrValues = false;
  environment.clock.advance(70);
  const response = await browser.navigate(browser.approve(restarted.headers["location"]![0]!), FROM_ANOTHER_SITE);
  expectPage(response, 403);
});

test("with several providers, the one of the session is asked, and choosing keeps what was asked for", async () => {
  await withAuth({ settings: SETTINGS, withOtherIdp: true }, async (own) => {
    const browser = own.browser();
    const login = await browser.navigate("/_gate/login?idp=other");
    await browser.navigate(browser.approve(login.headers["location"]![0]!), FROM_ANOTHER_SITE);
    browser.jar.delete("__Host-gate-idp");
    const again = await browser.navigate("/_gate/login?return_to=%2Fadmin&max_age=300");
    expect(again.headers["location"]![0]!.startsWith(`${own.otherIdp!.issuer}/`)).toBe(true);
    const chooser = await browser.navigate("/_gate/login?return_to=%2Fadmin&max_age=300&choose");
    expect(chooser.body).toContain("idp=main&amp;max_age=300");
  });
});

describe("where contexts are not those of the standard", () => {
  test("Entra is asked for the first one in a claims request, and tells a list", async () => {
    const user = { sub: "x", oid: "alice", ver: "2.0", acrs: ["c1", "c3"], acr: "1" };
    await withAuth({ settings: { stepUp: { acr: ["c2", "c3", "1"] } }, idp: { profile: "entra" } }, async (own) => {
      own.idp.user = user;
      const browser = own.browser();
      const response = await stepUp(browser, "acr_values=c3%20c2", own);
      expect(JSON.parse(askedLast(own)["claims"]!)).toEqual({ id_token: { acrs: { essential: true, value: "c3" } } });
      expect(askedLast(own)).not.toHaveProperty("acr_values");
      expect(response.status).toBe(302);
      expect(sessionOf(browser, own).strength).toBe("c1 c3");
      // Another claim of the same tokens.
      expectPage(await stepUp(browser, "acr_values=1", own), 403);
    });
  });

  test("Auth0 tells the methods of the authentication", async () => {
    const multiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
    await withAuth({ settings: { stepUp: { acr: [multiFactor] } }, idp: { profile: "auth0" } }, async (own) => {
      own.idp.obeysAcrValues = false;
      const query = `acr_values=${encodeURIComponent(multiFactor)}`;
      const browser = own.browser();
      own.idp.user = { sub: "alice", amr: ["pwd"] };
      expectPage(await stepUp(browser, query, own), 403);
      own.idp.user = { sub: "alice", amr: ["mfa"] };
      expect((await stepUp(browser, query, own)).status).toBe(302);
      expect(sessionOf(browser, own).strength).toBe(multiFactor);
    });
  });
});
