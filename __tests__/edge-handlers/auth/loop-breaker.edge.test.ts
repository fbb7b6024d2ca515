/** A browser that is sent in circles is stopped, told why, and let in again; one with many tabs is not. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SESSION_COOKIE, SIGN_INS_COOKIE } from "../../../session/cookies";
import { expectPage, setCookie, setCookies } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const LOGIN = "/_gate/login?return_to=%2Floop";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());

/** What the gate's redirect to login leads to, by name; a browser would follow each. */
function outcome({ status, headers }: EdgeResponse): string {
  const location = headers["location"]?.[0] ?? "";
  if (location.startsWith(`${environment.idp.issuer}/authorize?`)) return "identity provider";
  return status === 302 ? location : String(status);
}

/** One round of a loop: the gate refuses what the sign-in gave. */
async function round(browser: Browser): Promise<EdgeResponse> {
  const response = await browser.signIn("/loop");
  browser.jar.delete(REFRESH_COOKIE);
  return response;
}

function expectStopped(response: EdgeResponse): void {
  expectPage(response, 429);
  expect(response.headers["retry-after"]).toEqual(["60"]);
  expect(response.headers["location"]).toBeUndefined();
  expect(setCookies(response).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
  expect(response.body).toMatch(/href="\/_gate\/login\?return_to=%2Floop"/);
}

describe("a loop of sign-ins that the gate refuses", () => {
  test("ends at its fourth round, for a minute", async () => {
    const browser = environment.browser();
    for (let i = 0; i < 3; i++) expect(outcome(await round(browser))).toBe("/loop");
    expectStopped(await browser.navigate(LOGIN));
    environment.clock.advance(30);
    expectStopped(await browser.navigate(LOGIN));
    environment.clock.advance(31);
    expect(outcome(await browser.navigate(LOGIN))).toBe("identity provider");
  });

  test("is none where a round takes longer than half a minute: somebody signs in by hand", async () => {
    const browser = environment.browser();
    for (let i = 0; i < 5; i++) {
      expect(outcome(await round(browser))).toBe("/loop");
      environment.clock.advance(31);
    }
  });

  test("ends in one browser only", async () => {
    const browser = environment.browser();
    for (let i = 0; i < 3; i++) await round(browser);
    expect(outcome(await environment.browser().navigate(LOGIN))).toBe("identity provider");
    expectStopped(await browser.navigate(LOGIN));
  });
});

describe("tabs that a browser restores", () => {
  const TABS = [1, 2, 3, 4, 5];
  const login = (tab: number) => `/_gate/login?return_to=%2Ftab-${tab}`;

  test("all reach the identity provider and then their pages, begun at once", async () => {
    const browser = environment.browser();
    const begun = await Promise.all(TABS.map((tab) => browser.navigate(login(tab))));
    expect(begun.map(outcome)).toEqual(TABS.map(() => "identity provider"));
    const finished = await Promise.all(
      begun.map(({ headers }) => browser.navigate(browser.approve(headers["location"]![0]!))),
    );
    expect(finished.map(outcome)).toEqual(TABS.map((tab) => `/tab-${tab}`));
  });

  test("all reach the identity provider and then their pages, one after the other", async () => {
    const browser = environment.browser();
    const begun: EdgeResponse[] = [];
    for (const tab of TABS) begun.push(await browser.navigate(login(tab)));
    expect(begun.map(outcome)).toEqual(TABS.map(() => "identity provider"));
    for (const [at, { headers }] of begun.entries()) {
      expect(outcome(await browser.navigate(browser.approve(headers["location"]![0]!)))).toBe(`/tab-${TABS[at]}`);
    }
  });
});

test.each(["refused", "without a code"])("sign-ins that gave no session do not count (%s)", async (how) => {
  const browser = environment.browser();
  environment.idp.tampering = {
    authorizationResponse: (answer) => {
      if (how === "without a code") answer.delete("code");
      else answer.set("error", "access_denied");
    },
  };
  for (let i = 0; i < 4; i++) {
    const response = await browser.signIn("/loop");
    expect(setCookie(response, SESSION_COOKIE)).toBeUndefined();
    expect(setCookie(response, SIGN_INS_COOKIE)).toBeUndefined();
  }
  environment.idp.tampering = {};
  expect(outcome(await browser.navigate(LOGIN))).toBe("identity provider");
});

describe("sessions that are renewed but refused by the gate", () => {
  test("are renewed three times, then the user signs in, then the loop ends", async () => {
    const browser = environment.browser();
    await browser.signIn("/loop");
    const outcomes: string[] = [];
    for (let i = 0; i < 7; i++) {
      const response = await browser.navigate(LOGIN);
      outcomes.push(outcome(response));
      if (outcomes.at(-1) === "identity provider")
        await browser.navigate(browser.approve(response.headers["location"]![0]!));
    }
    const IDP = "identity provider";
    expect(outcomes).toEqual(["/loop", "/loop", "/loop", IDP, IDP, "429", "429"]);
  });

  test("are renewed again after a minute", async () => {
    const browser = environment.browser();
    await browser.signIn("/loop");
    for (let i = 0; i < 3; i++) await browser.navigate(LOGIN);
    expect(outcome(await browser.navigate(LOGIN))).toBe("identity provider");
    environment.clock.advance(61);
    expect(outcome(await browser.navigate(LOGIN))).toBe("/loop");
  });

  test("are no reason to forget that renewals were many, however many sign-ins finish", async () => {
    const browser = environment.browser();
    const begun = [];
    for (let i = 0; i < 5; i++) begun.push(await browser.startSignIn("/loop"));
    await browser.navigate(browser.approve(begun.pop()!));
    for (let i = 0; i < 3; i++) expect(outcome(await browser.navigate(LOGIN))).toBe("/loop");
    for (const url of begun) await browser.navigate(browser.approve(url));
    expectStopped(await browser.navigate(LOGIN));
  });
});

describe("a sign-ins cookie that the gateway did not write", () => {
  const nowhere = (kind: string, time: number) => Array.from({ length: 3 }, () => kind + time.toString(36)).join(".");
  const PLANTED: [string, () => string][] = [
    ["empty", () => ""],
    ["of another form", () => "s.s.s"],
    ["with times that are none", () => "s!.s-1.sNaN"],
    ["escaped", () => "%00"],
    ["long", () => `s${"0".repeat(4000)}`],
    [
      "with more entries than are ever kept",
      () =>
        Array(40)
          .fill(`s${environment.clock.now().toString(36)}`)
          .join("."),
    ],
    ["of long ago", () => nowhere("s", 0)],
    ["of the last minute but one", () => nowhere("s", environment.clock.now() - 61)],
    ["of tomorrow", () => nowhere("s", environment.clock.now() + 86_400)],
    ["of the end of time", () => "szzzzzzzz.szzzzzzzz.szzzzzzzz"],
  ];
  test.each(PLANTED)("%s stops nobody", async (_name, value) => {
    const browser = environment.browser();
    browser.jar.plant(SIGN_INS_COOKIE, value());
    expect(outcome(await browser.navigate(LOGIN))).toBe("identity provider");
  });

  test("stops only for the minute that it names, and keeps counting where clocks differ a little", async () => {
    const browser = environment.browser();
    browser.jar.plant(SIGN_INS_COOKIE, nowhere("s", environment.clock.now() + 5));
    expectStopped(await browser.navigate(LOGIN));
    environment.clock.advance(66);
    expect(outcome(await browser.navigate(LOGIN))).toBe("identity provider");
  });
});
