/** Renewal is refused to anyone but the user of that session, and to other sites. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectProblem, setCookie } from "../../support/answers";
import { HOST, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import { createSigningKey, signIdToken } from "../../support/idp/keys";
import type { Tampering } from "../../support/idp/faults";

const ALICE = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
const LOGIN = "/_gate/login?return_to=%2Fpage%3Fa%3D1";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(() => {
  Object.assign(environment.idp, { user: ALICE, tampering: {}, renewsIdTokens: true });
  environment.idp.outages.clear();
});

const post = (browser: Browser, headers?: Record<string, string>) =>
  browser.fetch("/_gate/refresh", { method: "POST", ...(headers && { headers }) });

/** A browser whose token has ended. */
async function signedIn(): Promise<Browser> {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(901);
  return browser;
}

describe("renewal is refused", () => {
  /** No new session by either way, and the browser is never sent to the site with the old one. */
  async function expectRefused(browser: Browser): Promise<void> {
    const script = browser.copy();
    const login = await browser.navigate(LOGIN);
    expectNoSession(login);
    expect(login.headers["location"]?.[0] ?? "https:").toMatch(/^https:/);
    const refresh = await post(script);
    expect([401, 403, 502, 503]).toContain(refresh.status);
    expectProblem(refresh, refresh.status);
    expectNoSession(refresh);
  }

  const TAMPERED: [string, Tampering][] = [
    ["of another issuer", { claims: (token) => (token.iss = "https://evil.example") }],
    ["for another audience", { claims: (token) => (token.aud = "other") }],
    ["that expired", { claims: (token) => (token.exp = environment.clock.now() - 190) }],
    ["without an issue time", { claims: (token) => delete token.iat }],
    ["without a subject", { claims: (token) => delete token.sub }],
    ["of another subject", { claims: (token) => (token.sub = "mallory") }],
    [
      "with more roles than fit",
      { claims: (token) => Object.assign(token, { roles: undefined, _claim_names: { roles: "src1" } }) },
    ],
    [
      "signed by a stranger",
      { idToken: async (token, key) => signIdToken(token, await createSigningKey(key.alg, key.kid)) },
    ],
    ["that is no token", { idToken: () => "x" }],
  ];
  test.each(TAMPERED)("with an ID token %s", async (_name, tampering) => {
    const browser = await signedIn();
    environment.idp.tampering = tampering;
    await expectRefused(browser);
  });

  test("for another user", async () => {
    const browser = await signedIn();
    environment.idp.user = { ...ALICE, sub: "mallory" };
    await expectRefused(browser);
  });

  test("for another user whom userinfo tells", async () => {
    const browser = await signedIn();
    environment.idp.renewsIdTokens = false;
    environment.idp.user = { ...ALICE, sub: "mallory" };
    await expectRefused(browser);
  });

  test("without an ID token and without userinfo: nothing is copied from the old session, and what renews it is not lost", async () => {
    const browser = await signedIn();
    environment.idp.renewsIdTokens = false;
    environment.idp.outages.set("userinfo", "error");
    for (const response of [await browser.navigate(LOGIN), await post(browser)]) {
      expect(response.status).toBe(503);
      expect(setCookie(response, SESSION_COOKIE)).toBeUndefined();
    }
    environment.idp.outages.clear();
    // The provider has replaced its refresh token twice, and takes only the last.
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page?a=1"]);
  });

  test("with another user's refresh cookie", async () => {
    const mallory = await signedIn();
    environment.idp.user = { sub: "bob", email: "bob@example.com" };
    const bob = await signedIn();
    bob.jar.plant(REFRESH_COOKIE, mallory.jar.get(REFRESH_COOKIE)!, "/_gate");
    const tokens = environment.idp.count("token");
    await expectRefused(bob);
    expect(environment.idp.count("token")).toBe(tokens);
  });

  test("with the refresh cookie of the same user's other session", async () => {
    const [phone, laptop] = [await signedIn(), await signedIn()];
    phone.jar.plant(REFRESH_COOKIE, laptop.jar.get(REFRESH_COOKIE)!, "/_gate");
    await expectRefused(phone);
  });

  const SESSIONS: [string, (token: string, browser: Browser) => string | undefined][] = [
    ["without the session cookie", () => undefined],
    [
      "with a session cookie whose MAC is changed",
      (token) => token.slice(0, -43) + (token.at(-43) === "A" ? "B" : "A") + token.slice(-42),
    ],
    [
      "with a session cookie whose MAC has its unused bits set",
      (token) => token.slice(0, -1) + nextLetter(token.at(-1)!),
    ],
    ["with a session cookie whose roles are changed", (token) => token.replace("~staff~", "~admin~")],
    ["with a session cookie of an unknown key", (token) => token.replace(".k1.", ".zz.")],
    ["with an unsigned session cookie", (token) => token.split(".").slice(0, 3).join(".")],
    ["with a session cookie that is the refresh cookie", (_token, browser) => browser.jar.get(REFRESH_COOKIE)],
  ];
  test.each(SESSIONS)("%s", async (_name, change) => {
    const browser = await signedIn();
    const token = change(browser.jar.get(SESSION_COOKIE)!, browser);
    expect(token).not.toBe(browser.jar.get(SESSION_COOKIE));
    if (token === undefined) browser.jar.delete(SESSION_COOKIE);
    else browser.jar.plant(SESSION_COOKIE, token);
    const tokens = environment.idp.count("token");
    await expectRefused(browser);
    expect(environment.idp.count("token")).toBe(tokens);
  });

  test.each([
    ["in one header", (cookies: string[]) => cookies.join("; ")],
    ["in two headers", (cookies: string[]) => cookies],
  ])("with two session cookies %s", async (_name, join) => {
    const browser = await signedIn();
    const good = browser.jar.get(SESSION_COOKIE)!;
    for (const pair of [
      [good, good],
      [good, "x"],
      ["x", good],
      [good, ""],
    ]) {
      const cookies = [
        ...pair.map((value) => `${SESSION_COOKIE}=${value}`),
        `${REFRESH_COOKIE}=${browser.jar.get(REFRESH_COOKIE)}`,
      ];
      expectProblem(await post(browser, { Cookie: join(cookies) as string }), 401);
    }
  });

  const encode = (header: unknown) => Buffer.from(JSON.stringify(header)).toString("base64url");
  test.each<[string, (jwe: string[]) => string[]]>([
    ["a changed tag", (jwe) => [...jwe.slice(0, 4), (jwe[4]!.startsWith("A") ? "B" : "A") + jwe[4]!.slice(1)]],
    ["an unknown kid", (jwe) => [encode({ alg: "dir", enc: "A256GCM", kid: "zz" }), ...jwe.slice(1)]],
    ["no kid", (jwe) => [encode({ alg: "dir", enc: "A256GCM" }), ...jwe.slice(1)]],
    ["no parts", () => ["x"]],
  ])("with a refresh cookie that has %s", async (_name, tamper) => {
    const browser = await signedIn();
    browser.jar.plant(REFRESH_COOKIE, tamper(browser.jar.get(REFRESH_COOKIE)!.split(".")).join("."), "/_gate");
    await expectRefused(browser);
  });

  test("with a refresh cookie that is a flow cookie", async () => {
    const browser = await signedIn();
    const other = environment.browser();
    await other.startSignIn();
    browser.jar.plant(
      REFRESH_COOKIE,
      other.jar.get(other.jar.names().find((name) => name.includes("flow"))!)!,
      "/_gate",
    );
    await expectRefused(browser);
  });
});

describe("POST refresh comes from the site itself", () => {
  const ORIGINS: [number, Record<string, string>][] = [
    [200, { "Sec-Fetch-Site": "same-origin" }],
    [200, { Origin: `https://${HOST}` }],
    [403, {}],
    [403, { "Sec-Fetch-Site": "cross-site" }],
    [403, { "Sec-Fetch-Site": "same-site" }],
    [403, { "Sec-Fetch-Site": "none" }],
    [403, { "Sec-Fetch-Site": "cross-site", Origin: `https://${HOST}` }],
    [403, { "Sec-Fetch-Site": "" }],
    [403, { Origin: "null" }],
    [403, { Origin: "" }],
    [403, { Origin: `http://${HOST}` }],
    [403, { Origin: `https://${HOST}:8443` }],
    [403, { Origin: `https://${HOST}.evil.example` }],
    [403, { Origin: `https://evil.example/${HOST}` }],
    [403, { Origin: "https://www.example.com" }],
    [403, { Origin: HOST }],
    [403, { Referer: `https://${HOST}/` }],
  ];
  test.each(ORIGINS)("%i for %j", async (status, headers) => {
    const browser = await signedIn();
    const tokens = environment.idp.count("token");
    const response = await environment.invoke({
      url: "/_gate/refresh",
      method: "POST",
      headers: { Accept: "*/*", Cookie: browser.jar.header("/_gate/refresh")!, ...headers },
    });
    expect(response.status).toBe(status);
    if (status === 403) {
      expectProblem(response, 403);
      expectNoSession(response);
      expect(environment.idp.count("token")).toBe(tokens);
    }
  });
});

function nextLetter(letter: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(letter) + 1]!;
}
