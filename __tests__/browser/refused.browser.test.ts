/** What people can do on the pages of a refusal: nothing of it needs a script. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { configSchema } from "../../config/schema";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, sessionOf, signInAs, violations } from "../support/browser";
import { LOGO } from "../support/images/images";
import { TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");
beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

const framed = (page: Page): FrameLocator => page.frameLocator("iframe");

describeWith("chromium", "a refusal", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));

  test("without a script, switching accounts leads back to the same place", async () => {
    const { page, context } = await newVisitor(browser, { javaScriptEnabled: false });
    const place = `${edge.url}/admin/reports?month=5&q=a%20b`;
    await page.goto(place);
    await signInAs(page, "guest");
    expect(page.url()).toBe(place);
    await framed(page).getByText("guest@example.com").waitFor();
    await framed(page).getByRole("link", { name: "Switch account" }).click();
    await signInAs(page, "admin");
    // The local provider, not the gateway, asks people without scripts to confirm.
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(place);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("/admin/reports");
    await context.close();
  });

  test("the keyboard alone reaches every action, in their order", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/admin`);
    await signInAs(page, "guest");
    await framed(page).getByRole("heading").waitFor();
    const reached: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press("Tab");
      reached.push(await framed(page).locator(":focus").textContent());
    }
    expect(reached).toEqual(["Switch account", "Check again", "Get help"]);
    await context.close();
  });

  test("a role that was granted meanwhile is found by looking again, without a new sign-in", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/admin`);
    await signInAs(page, "guest");
    const before = await sessionOf(context, edge);
    const login = page.waitForResponse((response) => response.url().includes("/_gate/login"));
    const again = page.waitForResponse(`${edge.url}/admin`);
    await framed(page).getByRole("link", { name: "Check again" }).click();
    expect(await (await login).headerValues("set-cookie")).toContainEqual(
      expect.stringMatching(/^__Host-gate=[^;]{40}/),
    );
    expect((await again).status()).toBe(403);
    await framed(page).getByRole("heading", { name: "Access denied" }).waitFor();
    expect((await sessionOf(context, edge)).sid).toBe(before.sid);
    await context.close();
  });

  test("a form that is sent without a session is there again after signing in, in another tab", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/public/form`);
    await page.evaluate(() => {
      document.body.innerHTML =
        "<form method=post action='/staff/edit?id=1'><textarea name=text>An hour of work</textarea><button>Save</button></form>";
    });
    const answer = page.waitForResponse((response) => response.url().includes("/staff/edit"));
    await page.getByRole("button", { name: "Save" }).click();
    expect((await answer).status()).toBe(401);
    expect(await framed(page).getByRole("heading").textContent()).toBe("Your form was not sent");

    const opened = context.waitForEvent("page");
    await framed(page).getByRole("link", { name: "Sign in in a new tab" }).click();
    const tab = await opened;
    await signInAs(tab, "staff");
    await tab.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect(tab.url()).toBe(`${edge.url}/_gate/signed-in`);
    await tab.close();

    const sent = page.waitForRequest((request) => request.url().includes("/staff/edit"));
    await page.reload();
    expect([(await sent).method(), (await sent).postData()]).toEqual(["POST", "text=An+hour+of+work"]);
    expect((await (await sent).response())!.status()).toBe(200);
    await page.getByRole("heading", { name: "/staff/edit" }).waitFor();
    await context.close();
  });

  test("a script without a session still gets problem details", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/public`);
    const answer = await page.evaluate(async () => {
      const response = await fetch("/staff/edit", { method: "POST", body: "x" });
      return [response.status, response.headers.get("content-type")];
    });
    expect(answer).toEqual([401, "application/problem+json"]);
    await context.close();
  });
});

describeWith("chromium", "a name that is long", (chromium) => {
  const LONG = "x".repeat(60);
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started), {
    config: configSchema.parse({
      ...TEST_CONFIG,
      identityProviders: {
        zebra: {
          ...TEST_CONFIG.identityProviders.main,
          clientId: "zebra",
          label: `Zebra ${LONG.slice(6)}`,
          roles: { grant: ["staff"] },
        },
        ape: {
          ...TEST_CONFIG.identityProviders.main,
          label: "Ape",
          emailDomains: ["example.com"],
          roles: { grant: [] },
        },
      },
      theme: {
        productName: LONG,
        accentColor: "#ffd600",
        support: "help@example.com",
        logo: LOGO,
        favicon: LOGO,
        texts: { en: { deniedTitle: `Donaudampfschifffahrtsgesellschaft${LONG}` } },
      },
    }),
  });

  test.each(["light", "dark"] as const)("fits a window of 320 pixels: %s", async (colorScheme) => {
    const { page, context } = await newVisitor(browser, { viewport: { width: 320, height: 900 }, colorScheme });
    await page.goto(`${edge.url}/admin`);
    // In the config's order, which is not that of the alphabet.
    const names = await page.getByRole("listitem").allTextContents();
    expect(names.map((name) => name.slice(0, 3))).toEqual(["Zeb", "Ape"]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await page.evaluate(() => document.querySelector("img")!.naturalWidth)).toBe(32);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `long-choice-${colorScheme}.png`) });
    await page.getByRole("link", { name: "Zebra" }).click();
    await signInAs(page, "guest");
    await framed(page).getByText("guest@example.com").waitFor();
    const frame = page.frames()[1]!;
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await violations(frame)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `long-denied-${colorScheme}.png`) });
    await context.close();
  });
});

describeWith("chromium", "a site that is closed", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started), {
    config: configSchema.parse({
      ...TEST_CONFIG,
      maintenance: { until: "2026-12-01T09:00:00+01:00", allow: { roles: ["staff"] } },
    }),
  });

  test("says so to everybody, and lets the people in who work on it", async () => {
    const { page, context } = await newVisitor(browser, { viewport: { width: 320, height: 640 }, locale: "de" });
    const response = await page.goto(`${edge.url}/public/x`);
    expect([response!.status(), response!.headers()["retry-after"]]).toEqual([503, "Tue, 01 Dec 2026 08:00:00 GMT"]);
    await framed(page).getByText("1. Dezember 2026 um 08:00 UTC").waitFor();
    expect(await violations(page.frames()[1]!)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "closed-de.png") });
    await framed(page).getByRole("link", { name: "Anmelden" }).click();
    await signInAs(page, "guest");
    // Whoever does not get in sees the same page, and who they are.
    await framed(page).getByText("guest@example.com").waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "closed-signed-in-de.png") });
    await framed(page).getByRole("link", { name: "Konto wechseln" }).click();
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/public/x`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("/public/x");
    await context.close();
  });
});
