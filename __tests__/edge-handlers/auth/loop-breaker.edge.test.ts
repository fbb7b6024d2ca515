/** A browser that is sent in circles is stopped, told why, and let in again. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SIGN_INS_COOKIE } from "../../../session/cookies";
import { expectPage, setCookies } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";

const LOGIN = "/_gate/login?return_to=%2Floop";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());

describe("sign-ins that get nowhere", () => {
  test("are stopped after three within a minute", async () => {
    const browser = environment.browser();
    for (let i = 0; i < 3; i++) {
      await browser.signIn("/loop");
      browser.jar.delete(REFRESH_COOKIE);
    }
    const stopped = await browser.navigate(LOGIN);
    expectPage(stopped, 429);
    expect(stopped.headers["location"]).toBeUndefined();
    expect(setCookies(stopped).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
    expect(stopped.body).toMatch(/href="\/_gate\/login/);
    environment.clock.advance(61);
    expect((await browser.navigate(LOGIN)).status).toBe(302);
  });

  test("are stopped when sessions are renewed but refused by the gate", async () => {
    const browser = environment.browser();
    await browser.signIn("/loop");
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await browser.navigate(LOGIN)).status);
    expect(statuses).toContain(429);
  });

  test.each(["", "x", "9999999999999999999999", "-1", "NaN", "1.1.1", "%00", "a".repeat(100), "99999999999-99999999999-99999999999", "0-0-0"])("a sign-ins cookie of %j stops nobody for good", async (value) => {
    const browser = environment.browser();
    browser.jar.plant(SIGN_INS_COOKIE, value);
    const first = await browser.navigate(LOGIN);
    if (first.status === 302) return;
    environment.clock.advance(61);
    expect((await browser.navigate(LOGIN)).status).toBe(302);
  });
});
