/** A gateway for an existing distribution, on this machine: one behavior for every path stands in for it. */
import type { Browser } from "playwright-core";
import { parseConfig } from "../../config/load";
import type { LocalEdge } from "../../local/local-edge";
import { ATTACHED } from "../support/small-config";
import { beforeAllStart, newVisitor, signInAs, type Visitor } from "../support/browser";
import { startOwnApp, type OwnApp } from "../support/own-app";
import { describeWith } from "../support/tools";

const CONFIG = parseConfig({
  ...ATTACHED,
  viewerRequest: {
    before: "(r) => (r.uri === '/moved' ? { statusCode: 302, headers: { location: { value: '/wiki/' } } } : r)",
    after: [
      "function handler(event) {",
      "  var request = event.request;",
      "  if (request.uri === '/broken') throw new Error('no table');",
      "  if (request.uri.endsWith('/')) request.uri += 'index.html';",
      "  return request;",
      "}",
    ].join("\n"),
  },
});

describeWith("chromium", "a gateway for an existing distribution", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let app: OwnApp;
  let visitor: Visitor;
  const origins: Record<string, URL> = {};

  beforeAll(async () => {
    app = await startOwnApp();
    origins["*"] = app.url;
  });
  beforeAllStart(chromium, (startedEdge, startedBrowser) => ((edge = startedEdge), (browser = startedBrowser)), {
    config: CONFIG,
    origins,
  });
  afterAll(() => app?.close());
  beforeEach(async () => void (visitor = await newVisitor(browser)));
  afterEach(() => visitor.context.close());

  test("redirects by a function of its own, signs people in, and serves what its other function names", async () => {
    const { page } = visitor;
    await page.goto(`${edge.url}/moved`);
    await signInAs(page, edge.users[0]!.id);
    await page.waitForURL(`${edge.url}/wiki/`);
    // Browsers ask for an icon by themselves.
    const seen = app.seen.findLast(({ url }) => url !== "/favicon.ico")!;
    expect(seen.url).toBe("/wiki/index.html");
    expect(seen.headers["x-gate-user"]).toMatch(/^\w+$/);
    expect(edge.logs()).toContain("answer before");
  });

  test("shows a page if a function of its own fails", async () => {
    const { page } = visitor;
    await page.goto(`${edge.url}/wiki/`);
    await signInAs(page, edge.users[0]!.id);
    await page.waitForURL(`${edge.url}/wiki/`);
    const response = await page.goto(`${edge.url}/broken`);
    expect(response!.status()).toBe(500);
    await page.frameLocator("iframe").getByText("Something went wrong").waitFor();
    expect(app.seen.some(({ url }) => url?.startsWith("/broken"))).toBe(false);
  });
});
