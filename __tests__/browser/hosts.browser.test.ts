/** Two hosts of one gateway in a browser, with a developer's own app behind them. */
import type { Browser, Page } from "playwright-core";
import { configSchema } from "../../config/schema";
import type { LocalEdge } from "../../local/local-edge";
import { SESSION_COOKIE } from "../../session/cookies";
import { decodePayload, splitToken } from "../../session/token";
import { beforeAllStart, newVisitor, signInAs, type Visitor } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { startOwnApp, type OwnApp } from "../support/own-app";
import { describeWith } from "../support/tools";

const CONFIG = configSchema.parse({
  ...TEST_CONFIG,
  alternateDomains: ["docs.example.com", "app.example.org"],
  policy: [{ host: "app.example.org", path: "/**", allow: "public" }, ...TEST_CONFIG.policy],
});

/** The first message of a WebSocket to an address of the page's host, or how it ended without one. */
const firstMessage = (page: Page, path: string) =>
  page.evaluate<string>(
    `new Promise((resolve) => {
      const websocket = new WebSocket("wss://" + location.host + ${JSON.stringify(path)});
      websocket.onmessage = ({ data }) => resolve(data);
      websocket.onclose = ({ code }) => resolve("closed " + code);
    })`,
  );

describeWith("chromium", "several hosts", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let app: OwnApp;
  let visitor: Visitor;
  const origins: Record<string, URL> = {};

  beforeAll(async () => {
    app = await startOwnApp();
    origins["/api/*"] = app.url;
  });
  beforeAllStart(chromium, (startedEdge, startedBrowser) => ((edge = startedEdge), (browser = startedBrowser)), {
    config: CONFIG,
    origins,
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    visitor = await newVisitor(browser);
  });
  afterEach(() => visitor.context.close());

  const sessionAt = async (url: string) => {
    const cookie = (await visitor.context.cookies(url)).find(({ name }) => name === SESSION_COOKIE);
    return cookie && decodePayload(splitToken(cookie.value)!.payload);
  };

  test("are named after the first label, and after the whole domain if that is taken", () => {
    const { port } = new URL(edge.url);
    expect(edge.urls).toEqual(["app", "docs", "app-example-org"].map((name) => `https://${name}.localhost:${port}`));
  });

  test("have a session each: the provider knows the person already, and each returns to where it was opened", async () => {
    const [app, docs] = edge.urls as [string, string];
    const { page } = visitor;
    await page.goto(`${docs}/staff/a?b=1`);
    await signInAs(page, "staff");
    await page.waitForURL(`${docs}/staff/a?b=1`);
    const first = await sessionAt(docs);
    expect([first?.email, await sessionAt(app)]).toEqual(["staff@example.com", undefined]);

    await page.goto(`${app}/staff/c`);
    expect(page.url()).toBe(`${app}/staff/c`);
    const second = await sessionAt(app);
    expect([second?.uid, second?.sid === first?.sid]).toEqual([first?.uid, false]);
  });

  test("have rules of their own", async () => {
    const [app, docs, open] = edge.urls as [string, string, string];
    const ends: string[] = [];
    for (const url of [app, docs, open]) {
      await visitor.page.goto(`${url}/api/show`);
      ends.push(new URL(visitor.page.url()).origin);
    }
    expect(ends).toEqual([edge.issuer, edge.issuer, open]);
  });

  test("have WebSockets for whoever may open their address", async () => {
    const [app, , open] = edge.urls as [string, string, string];
    const { page } = visitor;
    await page.goto(`${open}/api/show`);
    expect(await firstMessage(page, "/api/ws")).toBe("hello anybody");
    await page.goto(`${app}/public/x`);
    expect(await firstMessage(page, "/api/ws")).toBe("closed 1006");
    await page.goto(`${app}/api/show`);
    await signInAs(page, "staff");
    await page.waitForURL(`${app}/api/show`);
    expect(await firstMessage(page, "/api/ws")).toBe("hello staff@example.com");
  });
});
