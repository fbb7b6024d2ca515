/** A form that arrives after the token's end: it goes on with its body if the session can be renewed, and only then. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse, ViewerRequest } from "../../support/cloudfront-event";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
beforeEach(() => {
  // The loop breaker counts what happened in a minute.
  environment.clock.advance(120);
  Object.assign(environment.idp, { refusesRenewals: undefined, issuesRefreshTokens: true });
  environment.idp.outages.clear();
});

const TARGET = "/notes/7?draft=a%0Ab&x=1";
const SAME_ORIGIN = { "Sec-Fetch-Site": "same-origin" };

/** What the browser sends after the gate's 307. */
function post(browser: Browser, target = TARGET, options: Partial<ViewerRequest> = {}): Promise<EdgeResponse> {
  return browser.navigate(`/_gate/login?return_to=${encodeURIComponent(target)}`, {
    method: "POST",
    body: "text=An+hour+of+work",
    headers: SAME_ORIGIN,
    ...options,
  });
}

async function withExpiredSession(): Promise<Browser> {
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(1000);
  return browser;
}

const answerOf = ({ status, headers }: EdgeResponse) => [status, headers["location"]?.[0]];

async function expectUnsent(response: EdgeResponse): Promise<void> {
  expectPage(response, 401);
  expectNoSession(response);
  expect(response.body).toContain("Your form was not sent");
  expect(response.headers["www-authenticate"]?.[0]).toMatch(/^Cookie /);
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "form_unsent" })]);
}

test("a session that can be renewed sends the form on, with method and body, to exactly where it was going", async () => {
  const browser = await withExpiredSession();
  const before = environment.readToken(browser.jar.get(SESSION_COOKIE));
  const response = await post(browser);
  expect(answerOf(response)).toEqual([307, TARGET]);
  const after = environment.readToken(browser.jar.get(SESSION_COOKIE));
  expect(after.sid).toBe(before.sid);
  expect(after.expiresAt).toBeGreaterThan(environment.clock.now());
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
});

test("an upload that is larger than what the handler may read goes on, too", async () => {
  const browser = await withExpiredSession();
  const upload = { body: "x".repeat(40_000), bodyTruncated: true };
  expect(answerOf(await post(browser, TARGET, upload))).toEqual([307, TARGET]);
});

test.each<[string, Record<string, string>]>([
  ["another site", { "Sec-Fetch-Site": "cross-site" }],
  ["another host of the site", { "Sec-Fetch-Site": "same-site" }],
  ["nobody", { "Sec-Fetch-Site": "none" }],
  ["another origin, in a browser without metadata", { "Sec-Fetch-Site": "", Origin: "https://evil.example" }],
])("a form of %s is refused, and uses nothing up", async (_name, headers) => {
  const browser = await withExpiredSession();
  const tokens = environment.idp.count("token");
  expectPage(await post(browser, TARGET, { headers }), 403);
  expect(environment.idp.count("token")).toBe(tokens);
});

test.each([
  "//evil.example/x",
  "https://evil.example/",
  "/\\evil.example",
  "/a/../b",
  "/_gate/logout",
  "/a#b",
  "/a b",
  "/a\r\nset-cookie: x=y",
  "",
])("a form is never sent to another place than the gate would have, as %j", async (target) => {
  const browser = await withExpiredSession();
  const tokens = environment.idp.count("token");
  const response = await post(browser, target);
  expectPage(response, 400);
  expect(response.body).not.toContain("/_gate/login");
  expect(environment.idp.count("token")).toBe(tokens);
});

test("two places are none", async () => {
  const browser = await withExpiredSession();
  const url = "/_gate/login?return_to=%2Fa&return_to=%2Fb";
  expectPage(await browser.navigate(url, { method: "POST", headers: SAME_ORIGIN, body: "" }), 400);
});

describe("the answer says how to send the form again", () => {
  test("without a session", async () => expectUnsent(await post(environment.browser())));

  test("without a refresh token", async () => {
    environment.idp.issuesRefreshTokens = false;
    await expectUnsent(await post(await withExpiredSession()));
  });

  test("if the identity provider refuses to renew the session", async () => {
    const browser = await withExpiredSession();
    environment.idp.refusesRenewals = "invalid_grant";
    await expectUnsent(await post(browser));
  });

  test("if the session was revoked", async () => {
    const browser = await withExpiredSession();
    const { uid, sid } = environment.readToken(browser.jar.get(SESSION_COOKIE));
    await environment.ledger.revoke({ kind: "session", uid, sid });
    await expectUnsent(await post(browser));
  });

  test("if the identity provider is down, and the session can be renewed later", async () => {
    const browser = await withExpiredSession();
    environment.idp.outages.set("token", "unavailable");
    const response = await post(browser);
    await expectUnsent(response);
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ detail: "idp_unavailable HTTP_503" }),
    ]);
    environment.idp.outages.clear();
    environment.clock.advance(15);
    expect(answerOf(await post(browser))).toEqual([307, TARGET]);
  });

  test("if renewing does not help, so that no browser goes in circles", async () => {
    const browser = await withExpiredSession();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await post(browser)).status);
    expect(statuses).toEqual([307, 307, 307, 401]);
  });
});

test("reloading the answer after a sign-in in another tab sends the form, also without a refresh token", async () => {
  environment.idp.issuesRefreshTokens = false;
  const browser = await withExpiredSession();
  await expectUnsent(await post(browser));
  await browser.signIn("/_gate/signed-in");
  expect(browser.jar.get(REFRESH_COOKIE)).toBeUndefined();
  const response = await post(browser);
  expect(answerOf(response)).toEqual([307, TARGET]);
  expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "form_passed_on" })]);
});

test("a fresh session that was revoked does not send the form", async () => {
  environment.idp.issuesRefreshTokens = false;
  const browser = environment.browser();
  await browser.signIn();
  const { uid, sid } = environment.readToken(browser.jar.get(SESSION_COOKIE));
  await environment.ledger.revoke({ kind: "session", uid, sid });
  await expectUnsent(await post(browser));
});
