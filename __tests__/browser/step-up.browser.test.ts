/** Rules that ask for a recent or a strong authentication, and what people see who cannot have it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { configSchema } from "../../config/schema";
import { changedToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, replaceToken, sessionOf, signInAs, violations } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");
beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

const CONFIG = configSchema.parse({
  ...TEST_CONFIG,
  policy: [
    { path: "/staff/pay/**", allow: { roles: ["staff"], maxAge: "60s" } },
    { path: "/staff/safe/**", allow: { acr: ["urn:mfa"] } },
    ...TEST_CONFIG.policy,
  ],
  accessDenied: {
    tellRoles: ["admin", "staff"],
    requestUrl: "https://tickets.example.com/new?for={user}&role={role}&page={path}",
  },
});

const framed = (page: Page): FrameLocator => page.frameLocator("iframe");

describeWith("chromium", "a rule that asks for more than a session", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started), { config: CONFIG });
  beforeEach(async () => {
    ({ page, context } = await newVisitor(browser));
    await page.goto(`${edge.url}/staff`);
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/staff`);
  });
  afterEach(() => context.close());

  /** Makes the authentication an hour old, for the gateway and for the identity provider, which then knows nobody. */
  async function age(): Promise<void> {
    const { token } = await sessionOf(context, edge);
    const authTime = Math.floor(Date.now() / 1000) - 3600;
    await replaceToken(context, edge, changedToken(edge.store, token, { authTime }));
    await context.clearCookies({ domain: new URL(edge.issuer).hostname });
  }

  /** The path of each page of the gateway that the browser asks for, with the parameters of a step-up. */
  function visits(): string[] {
    const seen: string[] = [];
    page.on("request", (request) => {
      const { origin, pathname, searchParams } = new URL(request.url());
      const asked = ["max_age", "acr_values"].map((name) => searchParams.get(name) ?? "").join("");
      if (request.isNavigationRequest() && origin === edge.url) seen.push(pathname + (asked && ` ${asked}`));
    });
    return seen;
  }

  test("leads to the sign-in and back, once, and gives another session of the same user", async () => {
    await age();
    const before = await sessionOf(context, edge);
    const seen = visits();
    const asked = page.waitForRequest((request) => request.url().startsWith(`${edge.issuer}/auth?`));
    await page.goto(`${edge.url}/staff/pay/7?run=1`);
    expect(new URL((await asked).url()).searchParams.get("max_age")).toBe("60");
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/staff/pay/7?run=1`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("/staff/pay/7");
    expect(seen).toEqual(["/staff/pay/7", "/_gate/login 60", "/_gate/callback/main", "/staff/pay/7"]);
    const after = await sessionOf(context, edge);
    expect(after.uid).toBe(before.uid);
    expect(after.sid).not.toBe(before.sid);
    expect(Date.now() / 1000 - after.authTime).toBeLessThan(60);
    // What asks for no more is unchanged by it.
    expect((await page.goto(`${edge.url}/staff`))!.status()).toBe(200);
  });

  test("tells a script what to ask for (RFC 9470)", async () => {
    await age();
    const answer = await page.evaluate(async () => {
      const response = await fetch("/staff/pay/7");
      const { login } = (await response.json()) as { login: string };
      return [response.status, response.headers.get("www-authenticate"), login];
    });
    expect(answer).toEqual([
      401,
      'Cookie realm="gate", error="insufficient_user_authentication", max_age="60"',
      "/_gate/login?max_age=60",
    ]);
  });

  test("does not lose a form", async () => {
    await age();
    await page.evaluate(() => {
      document.body.innerHTML =
        "<form method=post action='/staff/pay/8'><textarea name=text>An hour of work</textarea><button>Save</button></form>";
    });
    await page.getByRole("button", { name: "Save" }).click();
    await framed(page).getByText("This page needs a more recent or a stronger sign-in.").waitFor();
    expect(await violations(page.frames()[1]!)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "form-step-up.png") });
    const opened = context.waitForEvent("page");
    await framed(page).getByRole("link", { name: "Sign in in a new tab" }).click();
    const tab = await opened;
    await signInAs(tab, "staff");
    await tab.getByRole("heading", { name: "You are signed in" }).waitFor();
    await tab.close();
    const sent = page.waitForRequest((request) => request.method() === "POST");
    await page.reload();
    expect([(await sent).postData(), (await (await sent).response())!.status()]).toEqual(["text=An+hour+of+work", 200]);
  });

  test("ends at a page, and not in a circle, if the identity provider does not confirm it", async () => {
    const before = await sessionOf(context, edge);
    const seen = visits();
    await page.goto(`${edge.url}/staff/safe/1`);
    await page.getByRole("heading", { name: "A stronger sign-in is needed" }).waitFor();
    expect(seen).toEqual(["/staff/safe/1", "/_gate/login urn:mfa", "/_gate/callback/main"]);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, "step-up-unmet.png") });
    expect((await sessionOf(context, edge)).token).toBe(before.token);
    expect((await page.goto(`${edge.url}/staff`))!.status()).toBe(200);
  });

  test.each([
    ["light", "en", "Request access"],
    ["dark", "de", "Zugriff anfragen"],
    ["light", "fr", "Demander l’accès"],
    ["dark", "es", "Solicitar acceso"],
  ] as const)("a missing role is named, and asked for elsewhere: %s, %s", async (colorScheme, locale, label) => {
    const visitor = await newVisitor(browser, { colorScheme, locale, viewport: { width: 320, height: 800 } });
    await visitor.page.goto(`${edge.url}/admin/report?secret=1`);
    await signInAs(visitor.page, "guest");
    const link = framed(visitor.page).getByRole("link", { name: label });
    await link.waitFor();
    expect(await framed(visitor.page).getByRole("listitem").allTextContents()).toEqual([`admin – ${label}`]);
    expect(await link.getAttribute("href")).toBe(
      "https://tickets.example.com/new?for=guest%40example.com&role=admin&page=%2Fadmin%2Freport",
    );
    const frame = visitor.page.frames()[1]!;
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await violations(frame)).toEqual([]);
    await visitor.page.screenshot({ path: join(SCREENSHOTS, `denied-forward-${locale}.png`), fullPage: true });
    await visitor.context.close();
  });
});
