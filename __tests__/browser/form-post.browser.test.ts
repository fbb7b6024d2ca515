/**
 * Forms that are sent after the token's end, in a real browser: what SameSite and Fetch Metadata make of a chain of 307 is
 * the browser's to say.
 */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { REFRESH_COOKIE } from "../../session/cookies";
import { localhostCertificate } from "../support/certificates";
import { beforeAllStart, newVisitor, replaceToken, sessionOf, signInAs } from "../support/browser";
import { startOwnApp, type OwnApp } from "../support/own-app";
import { describeWith } from "../support/tools";

describeWith("chromium", "a form that is sent after the token's end", (chromium) => {
  let app: OwnApp;
  let attacker: Server;
  let edge: LocalEdge;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const origins: Record<string, URL> = {};

  beforeAll(async () => {
    app = await startOwnApp();
    origins["*"] = app.url;
    // Sends every form on to the address in its query, with method and body.
    const { key, cert } = await localhostCertificate();
    attacker = createServer({ key, cert }, ({ url = "" }, response) => {
      const to = new URL(url, "http://x").searchParams.get("to");
      response.writeHead(to === null ? 200 : 307, {
        "content-type": "text/html",
        ...(to !== null && { location: to }),
      });
      response.end("<!doctype html><title>attacker</title>");
    });
    await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
  });
  beforeAllStart(chromium, (...started) => ([edge, browser] = started), { origins });
  beforeEach(async () => {
    ({ page, context } = await newVisitor(browser));
    await page.goto(`${edge.url}/notes`);
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/notes`);
    app.seen.length = 0;
  });
  afterEach(() => context.close());
  afterAll(async () => {
    attacker?.closeAllConnections();
    attacker?.close();
    await app?.close();
  });

  const attackerUrl = (host = "127.0.0.1") => `https://${host}:${(attacker.address() as AddressInfo).port}/`;
  const posts = () => app.seen.filter(({ method }) => method === "POST");

  async function expire(): Promise<string> {
    const token = expiredToken(edge.store, (await sessionOf(context, edge)).token);
    await replaceToken(context, edge, token);
    return token;
  }

  async function show(url: string, form: string): Promise<void> {
    await page.goto(url);
    await page.setContent(`<!doctype html><title>form</title>${form}`);
  }

  const noteForm = (action: string) =>
    `<form method=post action="${action}"><textarea name=text>An hour of work</textarea><button>Save</button></form>`;

  async function send(): Promise<number> {
    const isAnswer = (status: number) => status !== 307;
    const answer = page.waitForResponse(
      (response) =>
        response.request().isNavigationRequest() &&
        response.frame() === page.mainFrame() &&
        isAnswer(response.status()),
    );
    await page.getByRole("button", { name: "Save" }).click();
    const response = await answer;
    await response.finished();
    return response.status();
  }

  test("arrives once, as it was sent, without a visit to the identity provider", async () => {
    await show(`${edge.url}/public/form`, noteForm("/notes/7?draft=a%0Ab"));
    const before = await expire();
    const visited: string[] = [];
    page.on("request", (request) => request.isNavigationRequest() && visited.push(new URL(request.url()).pathname));
    expect(await send()).toBe(200);
    expect(visited).toEqual(["/notes/7", "/_gate/login", "/notes/7"]);
    expect(page.url()).toBe(`${edge.url}/notes/7?draft=a%0Ab`);
    expect(posts()).toMatchObject([
      {
        url: "/notes/7?draft=a%0Ab",
        headers: { "x-gate-email": "staff@example.com", "content-type": "application/x-www-form-urlencoded" },
        body: { bytes: "text=An+hour+of+work".length },
      },
    ]);
    expect((await sessionOf(context, edge)).token).not.toBe(before);
  });

  test("arrives with a file that is larger than what the handler may read", async () => {
    const upload =
      "<form method=post enctype=multipart/form-data action=/notes/upload><input type=file name=file><button>Save</button></form>";
    const file = { name: "scan.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(300_000, "x") };
    for (const isExpired of [false, true]) {
      await show(`${edge.url}/public/form`, upload);
      await page.locator("input").setInputFiles(file);
      if (isExpired) await expire();
      expect(await send()).toBe(200);
    }
    const [valid, renewed] = posts();
    expect(posts()).toHaveLength(2);
    expect(valid!.body.bytes).toBeGreaterThan(300_000);
    // Boundaries differ, but not in length.
    expect(renewed!.body.bytes).toBe(valid!.body.bytes);
    expect(renewed!.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
  });

  test("is there again after a sign-in in another tab, if the session cannot be renewed", async () => {
    await show(`${edge.url}/public/form`, noteForm("/notes/8"));
    await expire();
    await context.clearCookies({ name: REFRESH_COOKIE });
    expect(await send()).toBe(401);
    await page.getByRole("heading", { name: "Your form was not sent" }).waitFor();
    const opened = context.waitForEvent("page");
    await page.getByRole("link", { name: "Sign in in a new tab" }).click();
    const tab = await opened;
    await tab.getByRole("heading", { name: "You are signed in" }).waitFor();
    await tab.close();
    expect(posts()).toEqual([]);
    await page.reload();
    await page.waitForURL(`${edge.url}/notes/8`);
    expect(posts()).toMatchObject([{ url: "/notes/8", body: { bytes: "text=An+hour+of+work".length } }]);
  });

  describe("by a page of somebody else never arrives", () => {
    test.each([
      ["at its target", () => `${edge.url}/notes/7`, 401],
      ["at the sign-in", () => `${edge.url}/_gate/login?return_to=%2Fnotes%2F7`, 403],
      [
        "at its target, through a redirect",
        () => `${attackerUrl()}?to=${encodeURIComponent(`${edge.url}/notes/7`)}`,
        401,
      ],
      [
        "at the sign-in, through a redirect",
        () => `${attackerUrl()}?to=${encodeURIComponent(`${edge.url}/_gate/login?return_to=%2Fnotes%2F7`)}`,
        403,
      ],
    ])("%s: another site", async (_name, action, status) => {
      const before = await expire();
      await show(attackerUrl(), noteForm(action()));
      expect(await send()).toBe(status);
      expect(posts()).toEqual([]);
      expect((await sessionOf(context, edge)).token).toBe(before);
    });

    test.each([
      ["at its target", "/notes/7", 401],
      ["at the sign-in", "/_gate/login?return_to=%2Fnotes%2F7", 403],
    ])("%s: another origin of the site, whose requests have the cookies", async (_name, path, status) => {
      const before = await expire();
      await show(attackerUrl(`evil.${new URL(edge.url).hostname}`), noteForm(edge.url + path));
      const sent = page.waitForRequest((request) => request.method() === "POST");
      expect(await send()).toBe(status);
      expect(await (await sent).headerValue("sec-fetch-site")).toBe("same-site");
      expect(posts()).toEqual([]);
      expect((await sessionOf(context, edge)).token).toBe(before);
    });
  });
});
