import type { Browser, BrowserContext, Page } from "playwright-core";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, replaceToken, sessionOf, signInAs } from "../support/browser";
import { describeWith } from "../support/tools";

describeWith("chromium", "a session in a browser", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let page: Page;
  let context: BrowserContext;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));
  beforeEach(async () => {
    ({ page, context } = await newVisitor(browser));
    await page.goto(`${edge.url}/staff`);
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/staff`);
  });
  afterEach(async () => {
    edge.store.fault = undefined;
    await context.close();
  });

  test("is renewed silently after the token expired", async () => {
    const before = await session();
    await replaceToken(context, edge, expiredToken(edge.store, before.token));
    const atIdentityProvider = visitsToIdentityProvider();
    await page.goto(`${edge.url}/staff?week=7`);
    const after = await session();
    expect(page.url()).toBe(`${edge.url}/staff?week=7`);
    expect(atIdentityProvider).toEqual([]);
    expect(after).toMatchObject({ sid: before.sid, issuedAt: before.issuedAt });
    expect(after.expiresAt).toBeGreaterThan(Date.now() / 1000 + 60);
  });

  test("is renewed silently by a link on another site too", async () => {
    const before = await session();
    await replaceToken(context, edge, expiredToken(edge.store, before.token));
    await page.goto(`${edge.issuer}/.well-known/openid-configuration`);
    const atIdentityProvider = visitsToIdentityProvider();
    await page.evaluate((target) => window.location.assign(target), `${edge.url}/staff?week=8`);
    await page.waitForURL(`${edge.url}/staff?week=8`);
    expect(atIdentityProvider).toEqual([]);
    expect((await session()).sid).toBe(before.sid);
    expect(edge.logs()).toContain('"outcome":"passed_on"');
  });

  test("is renewed by one of two tabs while the other renews too", async () => {
    await replaceToken(context, edge, expiredToken(edge.store, (await session()).token));
    const other = await context.newPage();
    const statuses = await Promise.all(
      [page, other].map(async (tab) => (await tab.goto(`${edge.url}/staff`))?.status()),
    );
    expect(statuses).toEqual([200, 200]);
    expect([page.url(), other.url()]).toEqual([`${edge.url}/staff`, `${edge.url}/staff`]);
  });

  test("ends at the sign-in form when it is revoked, although the identity provider knows the browser", async () => {
    const before = await session();
    await revoke(before);
    await page.goto(`${edge.url}/staff`);
    expect(new URL(page.url()).origin).toBe(edge.issuer);
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/staff`);
    expect((await session()).sid).not.toBe(before.sid);
  });

  test("cannot be used by a fetch once it is revoked", async () => {
    await revoke(await session());
    expect(await page.evaluate(async () => (await fetch("/api/hello")).status)).toBe(401);
  });

  test("does not let anybody pass while the store cannot be read", async () => {
    edge.store.fault = "error";
    const response = await page.goto(`${edge.url}/staff`);
    expect(response?.status()).toBe(503);
    expect(response?.headers()["retry-after"]).toBeDefined();
    edge.store.fault = undefined;
    expect((await page.reload())?.status()).toBe(200);
  });

  const session = () => sessionOf(context, edge);

  async function revoke({ uid, sid }: { uid: string; sid: string }): Promise<void> {
    await edge.askRevoker({
      operation: "revoke",
      command: { version: 1, target: { type: "session", uid, sid }, by: "operator:test", reason: "test" },
    });
  }

  /** The navigations to the identity provider from now on. */
  function visitsToIdentityProvider(): string[] {
    const visits: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).origin === edge.issuer) visits.push(new URL(request.url()).pathname);
    });
    return visits;
  }
});
