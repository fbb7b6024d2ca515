import type { Browser, Page } from "playwright-core";
import { SESSION_COOKIE } from "../../session/cookies";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, signInAs } from "../support/browser";
import { describeWith } from "../support/tools";

describeWith("chromium", "signing in with a browser", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));

  test("returns to the deep link, query and all", async () => {
    const { page } = await newVisitor(browser);
    const deepLink = "/admin/reports?month=5&q=a%20b%26c&empty=&q=2";
    await page.goto(edge.url + deepLink);
    expect(new URL(page.url()).origin).toBe(edge.issuer);
    await signInAs(page, "admin");
    expect(page.url()).toBe(edge.url + deepLink);
  });

  test("works with the keyboard alone", async () => {
    const { page } = await newVisitor(browser);
    await page.goto(`${edge.url}/staff`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.type("staff-demo");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${edge.url}/staff`);
    expect(await page.locator("#who b").textContent()).toBe("staff@example.com");
  });

  test("a wrong password is reported and does not sign in", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/`);
    await signInAs(page, "admin", "guess");
    expect(await page.getByRole("alert").textContent()).toContain("not right");
    expect((await context.cookies(edge.url)).map(({ name }) => name)).not.toContain(SESSION_COOKIE);
  });

  test("keeps the session where no script can read it", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/`);
    await signInAs(page, "guest");
    const cookie = (await context.cookies(edge.url)).find(({ name }) => name === SESSION_COOKIE);
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/", domain: "app.localhost" });
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("who lacks the role sees the page that says so", async () => {
    const { page } = await newVisitor(browser);
    await page.goto(`${edge.url}/`);
    await signInAs(page, "staff");
    const response = await page.goto(`${edge.url}/admin`);
    expect(response?.status()).toBe(403);
    const shown = page.frameLocator("iframe");
    expect(await shown.getByRole("heading").textContent()).toBe("Access denied");
    expect(await shown.locator("main").textContent()).toContain("staff@example.com");
    expect(await shown.locator("main").textContent()).toContain(`Request ID ${response?.headers()["x-amz-cf-id"]}`);
  });

  test("two tabs that sign in concurrently both get where they were going", async () => {
    const { page: first, context } = await newVisitor(browser);
    const second = await context.newPage();
    await Promise.all([first.goto(`${edge.url}/admin?tab=1`), second.goto(`${edge.url}/staff?tab=2`)]);
    await signInAs(first, "admin");
    await signInAs(second, "admin");
    expect([first.url(), second.url()]).toEqual([`${edge.url}/admin?tab=1`, `${edge.url}/staff?tab=2`]);
  });

  test("signing out ends the session at the identity provider too", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/`);
    await signInAs(page, "guest");
    await page.getByRole("link", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Signed out" }).waitFor();
    expect((await context.cookies(edge.url)).map(({ name }) => name)).not.toContain(SESSION_COOKIE);
    await page.getByRole("link", { name: "Sign in again" }).click();
    await page.getByLabel("Password").waitFor();
    expect(new URL(page.url()).origin).toBe(edge.issuer);
  });

  test("a fetch without a session gets a status that a program understands, not a redirect", async () => {
    const { page } = await newVisitor(browser);
    await page.goto(`${edge.url}/public`);
    expect(await callApi(page)).toEqual({
      status: 401,
      type: "application/problem+json",
      title: "Sign-in required",
      redirected: false,
    });
  });

  function callApi(page: Page) {
    return page.evaluate(async () => {
      const response = await fetch("/api/hello", { redirect: "manual" });
      const { title } = (await response.json()) as { title: string };
      return {
        status: response.status,
        type: response.headers.get("content-type"),
        title,
        redirected: response.redirected,
      };
    });
  }
});
