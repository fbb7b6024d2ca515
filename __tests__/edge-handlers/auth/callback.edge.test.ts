/** What may not be brought back to the callback. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());

const flowCookies = ({ jar }: Browser) => jar.names().filter((name) => name.startsWith(FLOW_COOKIE_PREFIX));

describe("a callback is refused", () => {
  async function expectRefused(browser: Browser, callback: string): Promise<void> {
    const tokens = environment.idp.count("token");
    const response = await browser.navigate(callback);
    expectPage(response, 400);
    expectNoSession(response);
    // The code is not spent on behalf of someone else.
    expect(environment.idp.count("token")).toBe(tokens);
  }

  // The mix-up attack (RFC 9700 section 4.4), where neither provider says who it is.
  test("at another identity provider's path, which then never sees the code", async () => {
    await withAuth({ withOtherIdp: true }, async (own) => {
      for (const idp of [own.idp, own.otherIdp!]) {
        idp.tampering = {
          discovery: (document) => ({ ...document, authorization_response_iss_parameter_supported: undefined }),
          authorizationResponse: (answer) => answer.delete("iss"),
        };
      }
      const browser = own.browser();
      const login = await browser.navigate("/_gate/login?idp=main");
      const callback = browser.approve(login.headers["location"]![0]!);
      const response = await browser.navigate(callback.replace("/callback/main", "/callback/other"));
      expectPage(response, 400);
      expectNoSession(response);
      expect(own.otherIdp!.count("token")).toBe(0);
    });
  });

  test("in a browser that began nothing", async () => {
    const callback = environment.browser().approve(await environment.browser().startSignIn());
    await expectRefused(environment.browser(), callback);
  });

  test("a second time", async () => {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn());
    expect((await browser.navigate(callback)).status).toBe(302);
    browser.jar.delete(SESSION_COOKIE);
    await expectRefused(browser, callback);
  });

  test("with the flow cookie of another state", async () => {
    const [browser, attacker] = [environment.browser(), environment.browser()];
    const mine = new URL(await browser.startSignIn()).searchParams.get("state")!;
    const theirs = attacker.approve(await attacker.startSignIn());
    const theirState = new URL(theirs, "https://x").searchParams.get("state")!;
    browser.jar.plant(
      FLOW_COOKIE_PREFIX + theirState.slice(0, 8),
      browser.jar.get(FLOW_COOKIE_PREFIX + mine.slice(0, 8))!,
    );
    await expectRefused(browser, theirs);
  });

  test("after thirty minutes, even where the browser kept the cookie", async () => {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn());
    const [name] = flowCookies(browser);
    const value = browser.jar.get(name!)!;
    environment.clock.advance(1801);
    browser.jar.plant(name!, value);
    await expectRefused(browser, callback);
  });

  test("with a flow cookie that another gateway encrypted", async () => {
    await withAuth({ emulator: { now: environment.clock.now } }, async (stranger) => {
      const browser = environment.browser();
      const callback = browser.approve(await browser.startSignIn());
      const attacker = stranger.browser();
      const state = new URL(await attacker.startSignIn()).searchParams.get("state")!;
      const foreign = attacker.jar.get(FLOW_COOKIE_PREFIX + state.slice(0, 8))!;
      const [name] = flowCookies(browser);
      browser.jar.plant(name!, foreign);
      await expectRefused(browser, callback);
      browser.jar.plant(FLOW_COOKIE_PREFIX + state.slice(0, 8), foreign);
      await expectRefused(
        browser,
        `/_gate/callback/main?code=x&state=${state}&iss=${encodeURIComponent(environment.idp.issuer)}`,
      );
    });
  });

  const encode = (header: unknown) => Buffer.from(JSON.stringify(header)).toString("base64url");
  const TAMPERED: [string, (jwe: string[]) => string[]][] = [
    ["its tag", (jwe) => [...jwe.slice(0, 4), flip(jwe[4]!)]],
    ["its text", (jwe) => [...jwe.slice(0, 3), flip(jwe[3]!), jwe[4]!]],
    ["its initialization vector", (jwe) => [...jwe.slice(0, 2), flip(jwe[2]!), ...jwe.slice(3)]],
    // Authentic, but not as it was written: one cookie has one spelling.
    [
      "in the unused bits of its tag",
      (jwe) => [...jwe.slice(0, 4), jwe[4]!.slice(0, -1) + { A: "B", Q: "R", g: "h", w: "x" }[jwe[4]!.at(-1)!]!],
    ],
    ["an unknown kid", (jwe) => [encode({ alg: "dir", enc: "A256GCM", kid: "zz" }), ...jwe.slice(1)]],
    [
      "a kid that every object has",
      (jwe) => [encode({ alg: "dir", enc: "A256GCM", kid: "constructor" }), ...jwe.slice(1)],
    ],
    ["no kid", (jwe) => [encode({ alg: "dir", enc: "A256GCM" }), ...jwe.slice(1)]],
    ["another algorithm", (jwe) => [encode({ alg: "A256KW", enc: "A256GCM", kid: "k1" }), ...jwe.slice(1)]],
    ["another cipher", (jwe) => [encode({ alg: "dir", enc: "A128CBC-HS256", kid: "k1" }), ...jwe.slice(1)]],
    ["compression", (jwe) => [encode({ alg: "dir", enc: "A256GCM", kid: "k1", zip: "DEF" }), ...jwe.slice(1)]],
    ["no parts", () => ["x"]],
    ["a great length", () => ["x".repeat(4000)]],
    ["an unsigned token in its place", () => [encode({ alg: "none" }), encode({ state: "x" }), ""]],
  ];
  test.each(TAMPERED)("with a flow cookie whose tampering is %s", async (_name, tamper) => {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn());
    const [name] = flowCookies(browser);
    browser.jar.plant(name!, tamper(browser.jar.get(name!)!.split(".")).join("."));
    await expectRefused(browser, callback);
  });

  test("with a refresh cookie in the flow cookie's place", async () => {
    const [browser, other] = [environment.browser(), environment.browser()];
    await other.signIn();
    const callback = browser.approve(await browser.startSignIn());
    const [name] = flowCookies(browser);
    browser.jar.plant(name!, other.jar.get(REFRESH_COOKIE)!);
    await expectRefused(browser, callback);
  });

  test("with two flow cookies of one name", async () => {
    const browser = environment.browser();
    const callback = browser.approve(await browser.startSignIn());
    const [name] = flowCookies(browser);
    const other = environment.browser();
    await other.startSignIn();
    const headers = {
      Cookie: [`${name}=${other.jar.get(flowCookies(other)[0]!)}`, `${name}=${browser.jar.get(name!)}`],
    };
    const response = await browser.navigate(callback, { headers });
    if (response.status !== 302) expectNoSession(response);
  });
});

/** The same text with its first character changed: the last one may hold unused bits. */
function flip(text: string): string {
  return (text.startsWith("A") ? "B" : "A") + text.slice(1);
}
