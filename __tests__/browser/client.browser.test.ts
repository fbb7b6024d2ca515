/** The browser client, as the gateway serves it, on a page of a site behind the local edge. */
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import type { BrowserSession } from "../../browser/client";
import { configSchema } from "../../config/schema";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { launchBrowser, newVisitor, replaceToken, sessionOf, signInAs } from "../support/browser";
import { startClientApp, type ClientApp } from "../support/client-app";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

/** Seconds for which a token is valid, and after which it is renewed. */
const TOKEN = 60;
const RENEWAL = 30;

/** What the page has. */
declare global {
  interface Window {
    session: BrowserSession;
    signedOut: number;
    signIn(): void;
  }
}

describeWith("chromium", "a page with the browser client", (chromium) => {
  let app: ClientApp;
  let edge: LocalEdge;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Requests for the gateway's endpoints, without the way to sign-in. */
  let asked: string[];

  beforeAll(async () => {
    app = await startClientApp();
    edge = await startTestEdge({
      config: configSchema.parse({ ...TEST_CONFIG, session: { token: `${TOKEN}s` } }),
      origins: { "*": app.url },
    });
    browser = await launchBrowser(chromium);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
    await app?.close();
  });
  beforeEach(async () => {
    asked = [];
    app.saved.length = 0;
    ({ context, page } = await newVisitor(browser));
    context.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (/^\/_gate\/(me|refresh)$/.test(pathname)) asked.push(pathname.slice("/_gate/".length));
    });
  });
  afterEach(async () => {
    await context.close();
    // Nothing that the client does looks like theft.
    expect(edge.logs()).not.toContain("reused");
  });

  async function open(query = "", { user = "staff", of = page } = {}): Promise<void> {
    await of.goto(`${edge.url}/notes${query}`);
    if (of.url().startsWith(edge.issuer)) await signInAs(of, user);
    await of.waitForURL(`${edge.url}/notes${query}`);
    await of.waitForFunction(() => Number(localStorage["gate"]) > Date.now());
  }

  /** Ends the session, at the identity provider too. */
  async function revoke(): Promise<void> {
    const { uid, sid } = await sessionOf(context, edge);
    await edge.askRevoker({
      operation: "revoke",
      command: { version: 1, target: { type: "session", uid, sid }, by: "operator:test", reason: "test" },
    });
    await context.clearCookies({ domain: new URL(edge.issuer).hostname });
  }

  const expire = async () =>
    replaceToken(context, edge, expiredToken(edge.store, (await sessionOf(context, edge)).token));
  const save = (body: string) =>
    page.evaluate(async (text) => (await window.session.fetch("/save", { method: "POST", body: text })).status, body);
  const renewals = () => asked.filter((name) => name === "refresh").length;
  /** What the browser does when a tab comes to the front or goes to the back. */
  const show = (isShown: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, !isShown);
  const quiet = () => page.waitForTimeout(500);

  describe("renews the session", () => {
    test("before its token ends, without a request of the page", async () => {
      await open();
      const before = await sessionOf(context, edge);
      const response = await page.waitForResponse(`${edge.url}/_gate/refresh`);
      expect(response.status()).toBe(200);
      expect(Date.now() / 1000).toBeLessThan(before.expiresAt);
      const after = await sessionOf(context, edge);
      expect(after.sid).toBe(before.sid);
      expect(after.expiresAt).toBeGreaterThan(before.expiresAt);
      expect(await page.evaluate(() => document.cookie)).toBe("");
    });

    test("once, although two tabs show the site", async () => {
      await context.clock.install();
      await open();
      const other = await context.newPage();
      await open("", { of: other });
      expect(renewals()).toBe(0);
      await context.clock.fastForward((RENEWAL + 1) * 1000);
      await other.waitForFunction((now) => Number(localStorage["gate"]) > now, await page.evaluate(() => Date.now()));
      await quiet();
      expect(renewals()).toBe(1);
    });

    test("in each tab if there are no locks, and the gateway renews it once", async () => {
      await context.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
      await context.clock.install();
      await open();
      const other = await context.newPage();
      await open("", { of: other });
      const { sid } = await sessionOf(context, edge);
      await context.clock.fastForward((RENEWAL + 1) * 1000);
      await quiet();
      expect(asked).toContain("refresh");
      expect((await sessionOf(context, edge)).sid).toBe(sid);
      expect(await save("after that")).toBe(200);
    });

    test("not while nobody looks, and immediately when somebody does", async () => {
      await context.clock.install();
      await open();
      await show(false);
      await context.clock.fastForward("20:00");
      await quiet();
      expect(renewals()).toBe(0);
      await expire();
      const answer = page.waitForResponse(`${edge.url}/_gate/refresh`);
      await show(true);
      expect((await answer).status()).toBe(200);
      await show(true);
      await quiet();
      expect(renewals()).toBe(1);
    });

    test("less and less often while that fails, and as before when it works again", async () => {
      await context.clock.install();
      await open();
      await context.route("**/_gate/refresh", (route) => route.fulfill({ status: 503 }));
      await context.clock.runFor(RENEWAL * 1000);
      for (let steps = 0; steps < 120; steps++) await context.clock.runFor(5_000);
      // In ten minutes; the pauses double at least.
      expect(renewals()).toBeGreaterThanOrEqual(4);
      expect(renewals()).toBeLessThanOrEqual(8);
      await context.unroute("**/_gate/refresh");
      await context.clock.fastForward("05:00");
      await page.waitForFunction(() => Number(localStorage["gate"]) > Date.now());
      expect(await page.evaluate(() => window.signedOut)).toBe(0);
    });

    test("and tells the page when it cannot", async () => {
      await context.clock.install();
      await open("?asking");
      await revoke();
      await context.clock.fastForward((RENEWAL + 1) * 1000);
      await page.waitForFunction(() => window.signedOut === 1);
      expect(page.url()).toBe(`${edge.url}/notes?asking`);
      await page.evaluate(() => window.signIn());
      await page.waitForURL((url) => url.origin === edge.issuer);
    });
  });

  describe("sends a request that was refused", () => {
    test("once more after a renewal, with its body, and the site gets it once", async () => {
      await open();
      await expire();
      expect(await save("what was written")).toBe(200);
      expect(app.saved).toEqual(["what was written"]);
      expect(renewals()).toBe(1);
    });

    test("after one renewal for several requests", async () => {
      await open();
      await expire();
      const statuses = await page.evaluate(() =>
        Promise.all([1, 2, 3].map(async (n) => (await window.session.fetch(`/file-${n}`)).status)),
      );
      expect(statuses).toEqual([200, 200, 200]);
      expect(renewals()).toBe(1);
    });

    test("not where the gateway is out of reach: the page stays and gets the refusal", async () => {
      await open();
      await expire();
      await context.route("**/_gate/refresh", (route) => route.fulfill({ status: 503 }));
      const left: string[] = [];
      page.on("request", (request) => void (request.isNavigationRequest() && left.push(request.url())));
      expect(await save("later")).toBe(401);
      await quiet();
      expect(left).toEqual([]);
    });

    test("with the page's consent to the sign-in, if it asks for that", async () => {
      await open("?asking");
      await revoke();
      expect(await save("x")).toBe(401);
      expect(await page.evaluate(() => window.signedOut)).toBe(1);
      expect(page.url()).toBe(`${edge.url}/notes?asking`);
    });

    test("to a sign-in that is stronger, if the gateway asks for one", async () => {
      await open();
      await context.route("**/transfer", (route) =>
        route.fulfill({
          status: 401,
          headers: { "www-authenticate": 'Cookie realm="gate", error="insufficient_user_authentication"' },
          contentType: "application/problem+json",
          body: JSON.stringify({
            status: 401,
            login: "/_gate/login?return_to=%2Ftransfer&max_age=900&acr_values=a%20b",
          }),
        }),
      );
      const login = page.waitForRequest((request) => request.url().includes("/_gate/login"));
      await page.evaluate(() => void window.session.fetch("/transfer"));
      const { searchParams } = new URL((await login).url());
      expect(Object.fromEntries(searchParams)).toEqual({ return_to: "/notes", max_age: "900", acr_values: "a b" });
    });

    test.each<[string, Record<string, string>]>([
      ["by the site itself", { "www-authenticate": "Basic" }],
      ["by the site itself, with a sign-in of its own", { "content-type": "application/problem+json" }],
    ])("never if it was refused %s", async (_name, headers) => {
      await open();
      await context.route("**/own", (route) => route.fulfill({ status: 401, headers, body: '{"login":"/elsewhere"}' }));
      expect(await page.evaluate(async () => (await window.session.fetch("/own")).status)).toBe(401);
      await quiet();
      expect(renewals()).toBe(0);
      expect(page.url()).toBe(`${edge.url}/notes`);
    });

    test("never for a refusal by another origin, whatever that says", async () => {
      await open();
      await context.route("https://elsewhere.example/**", (route) =>
        route.fulfill({
          status: 401,
          headers: {
            "www-authenticate": 'Cookie realm="gate"',
            "access-control-allow-origin": edge.url,
            "access-control-expose-headers": "www-authenticate",
          },
          body: '{"login":"/_gate/login?idp=main"}',
        }),
      );
      expect(
        await page.evaluate(async () => {
          const response = await window.session.fetch("https://elsewhere.example/api");
          return [response.status, response.headers.get("www-authenticate")];
        }),
      ).toEqual([401, 'Cookie realm="gate"']);
      await quiet();
      expect(renewals()).toBe(0);
      expect(page.url()).toBe(`${edge.url}/notes`);
    });
  });

  describe("keeps what was typed", () => {
    const fill = async () => {
      await page.getByLabel("Title").fill("Plan");
      await page.getByLabel("Text").fill("Line 1\nLine 2");
      await page.getByLabel("Urgent").check();
      await page.getByLabel("Folder").selectOption("archive");
      await page.getByLabel("PIN").fill("2468");
      await page.getByLabel("Card").fill("4111111111111111");
      await page.getByLabel("Unkept").fill("elsewhere");
      await page.getByLabel("Answer").fill("first-pet");
      await page.evaluate(() => (document.querySelector<HTMLInputElement>("[name=csrf]")!.value = "of-another-page"));
    };
    const content = () =>
      page.evaluate(() =>
        Object.fromEntries(
          [...document.querySelectorAll<HTMLInputElement>("[name]")].map(({ name, type, checked, value }) => [
            name,
            type === "checkbox" ? checked : value,
          ]),
        ),
      );
    const EMPTY = {
      title: "",
      text: "",
      urgent: false,
      folder: "inbox",
      pin: "",
      card: "",
      unkept: "",
      answer: "",
    };
    const stored = () => page.evaluate(() => sessionStorage["gate"] as string | undefined);

    /** A request of the page is refused, and the page goes to sign-in. */
    async function loseSession(user: string): Promise<void> {
      await revoke();
      await page.evaluate(() => void window.session.fetch("/save", { method: "POST", body: "x" }));
      await page.waitForURL((url) => url.origin === edge.issuer);
      await signInAs(page, user);
      await page.waitForURL(`${edge.url}/notes`);
      await page.waitForFunction(() => Number(localStorage["gate"]) > Date.now());
    }

    test("over a sign-in, but no password, no card and nothing of the page's own; and forgets it when it is sent", async () => {
      await open();
      await fill();
      await loseSession("staff");
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[name=title]")!.value !== "");
      expect(await content()).toEqual({
        ...EMPTY,
        csrf: "of-this-page",
        title: "Plan",
        text: "Line 1\nLine 2",
        urgent: true,
        folder: "archive",
      });
      expect(await stored()).not.toMatch(/2468|4111|csrf|elsewhere|first-pet/);
      await page.getByRole("button", { name: "Send" }).click();
      await page.waitForURL(`${edge.url}/sent`);
      expect(app.saved).toHaveLength(1);
      expect(await stored()).toBeUndefined();
    });

    test("for nobody else", async () => {
      await open();
      await fill();
      await loseSession("admin");
      await quiet();
      expect(await content()).toEqual({ ...EMPTY, csrf: "of-this-page" });
    });
  });
});
