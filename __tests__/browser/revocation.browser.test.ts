import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, replaceToken, sessionOf, signInAs, type Visitor } from "../support/browser";
import { edgegate } from "../support/cli";
import { expectSoon } from "../support/soon";
import { describeWith } from "../support/tools";

describeWith("chromium", "sessions end elsewhere, people click in their browsers", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let staff: Visitor;
  let admin: Visitor;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));
  beforeEach(async () => {
    [staff, admin] = [await signedIn("staff"), await signedIn("admin")];
  });
  afterEach(async () => {
    await staff?.context.close();
    await admin?.context.close();
  });

  test("a lockdown ends every session, and everybody can sign in again immediately", async () => {
    await operate("lockdown", "--yes");
    for (const [user, { page }] of [
      ["staff", staff],
      ["admin", admin],
    ] as const) {
      await page.goto(`${edge.url}/staff`);
      await expectSignInForm(page);
      await signInAs(page, user);
      await page.waitForURL(`${edge.url}/staff`);
      expect((await page.reload())?.status()).toBe(200);
    }
  });

  test("a revoked user's next click ends at the identity provider's sign-in form, and another user's does not", async () => {
    const before = await sessionOf(staff.context, edge);
    await operate("revoke", "user", "staff@example.com", "--yes", "--reason", "laptop stolen");
    await click(staff);
    await expectSignInForm(staff.page);
    await click(admin);
    expect(admin.page.url()).toBe(`${edge.url}/staff`);

    await signInAs(staff.page, "staff");
    await staff.page.waitForURL(`${edge.url}/staff`);
    const after = await sessionOf(staff.context, edge);
    expect([after.uid, after.sid === before.sid]).toEqual([before.uid, false]);
  });

  test("renewal does not bring a revoked session back, by no way there is", async () => {
    const { token } = await sessionOf(staff.context, edge);
    await operate("revoke", "user", "staff@example.com", "--yes");
    expect(await staff.page.evaluate(async () => (await fetch("/_gate/refresh", { method: "POST" })).status)).toBe(401);
    expect(await staff.page.evaluate(async () => (await fetch("/api/hello")).status)).toBe(401);
    // The cookies as they were, but with an expired token: the path that renews silently.
    await replaceToken(staff.context, edge, expiredToken(edge.store, token));
    await staff.page.goto(`${edge.url}/_gate/login?return_to=/staff`);
    await expectSignInForm(staff.page);
  });

  test("one revoked session ends, and another of the same user goes on", async () => {
    const other = await signedIn("staff");
    await operate("revoke", "session", (await sessionOf(staff.context, edge)).sid);
    await click(staff);
    await expectSignInForm(staff.page);
    await click(other);
    expect(other.page.url()).toBe(`${edge.url}/staff`);
    await other.context.close();
  });

  test("after a sign-out in one tab, a copy of the cookie is worth nothing", async () => {
    const { token } = await sessionOf(staff.context, edge);
    await staff.page.goto(`${edge.url}/_gate/logout`);
    const thief = await newVisitor(browser);
    await replaceToken(thief.context, edge, token);
    await thief.page.goto(`${edge.url}/public`);
    // The revocation goes through the queue.
    await expectSoon(() => thief.page.evaluate(async () => (await fetch("/api/hello")).status), 401);
    await thief.page.goto(`${edge.url}/staff`);
    await expectSignInForm(thief.page);
    await thief.context.close();
  });

  test("who signs out at the identity provider, in another tab, is signed out here and stays so; another user is not", async () => {
    const { token } = await sessionOf(staff.context, edge);
    const cookies = await staff.context.cookies();
    const tab = await staff.context.newPage();
    await tab.goto(`${edge.issuer}/session/end`);
    await tab.getByRole("heading", { name: "Signed out", exact: true }).waitFor();
    await expectSoon(() => staff.page.evaluate(async () => (await fetch("/api/hello")).status), 401);
    await click(staff);
    await expectSignInForm(staff.page);

    // The cookies as they were: the refresh token among them is one that the provider still takes.
    await staff.context.addCookies(cookies);
    await tab.goto(`${edge.url}/public`);
    expect(await tab.evaluate(async () => (await fetch("/_gate/refresh", { method: "POST" })).status)).toBe(401);
    await staff.context.addCookies(cookies);
    await replaceToken(staff.context, edge, expiredToken(edge.store, token));
    await staff.page.goto(`${edge.url}/_gate/login?return_to=/staff`);
    await expectSignInForm(staff.page);

    await click(admin);
    expect(admin.page.url()).toBe(`${edge.url}/staff`);
  });

  test("keys that rotate are noticed by nobody", async () => {
    const before = await sessionOf(staff.context, edge);
    await operate("rotate-keys", "--yes");
    await click(staff);
    expect(staff.page.url()).toBe(`${edge.url}/staff`);
    expect(await sessionOf(staff.context, edge)).toEqual(before);
  });

  /**
   * A new browser. Within a minute of a revocation the user is asked twice: the provider's clock may be wrong by so
   * much.
   */
  async function signedIn(user: string): Promise<Visitor> {
    const visitor = await newVisitor(browser);
    const { page } = visitor;
    const target = `${edge.url}/staff`;
    await page.goto(target);
    for (let times = 0; times < 2 && page.url() !== target; times++) {
      const form = page.url();
      await signInAs(page, user);
      await page.waitForURL(
        ({ href, pathname }) => href === target || (href !== form && pathname.startsWith("/interaction/")),
      );
    }
    expect(page.url()).toBe(target);
    return visitor;
  }

  async function operate(...args: string[]): Promise<void> {
    const { code, stderr } = await edgegate([...args, `--local=${new URL(edge.url).port}`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // `auth_time` has whole seconds, and only a later one than the cut-off's is proof. Scripts type faster than people.
    await setTimeout(1000);
  }

  /** On a link of the site, to the page that is shown. */
  async function click({ page }: Visitor): Promise<void> {
    await page.getByRole("link", { name: "Staff", exact: true }).click();
    await page.waitForLoadState();
  }

  async function expectSignInForm(page: Page): Promise<void> {
    expect(new URL(page.url()).origin).toBe(edge.issuer);
    expect(await page.getByLabel("Password").isVisible()).toBe(true);
  }
});
