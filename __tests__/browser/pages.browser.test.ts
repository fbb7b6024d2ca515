import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Frame, Page } from "playwright-core";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, signInAs, violations } from "../support/browser";
import { describeWith } from "../support/tools";

/** Pictures of every page, to be looked at; ignored by git. */
const SCREENSHOTS = join(__dirname, "../../dist/screenshots");

const SCREENS: [name: string, options: BrowserContextOptions][] = [
  ["desktop-light", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
  ["narrow-de", { viewport: { width: 320, height: 640 }, locale: "de-AT" }],
  ["narrow-fr", { viewport: { width: 320, height: 640 }, locale: "fr-CA", colorScheme: "dark" }],
  ["narrow-es", { viewport: { width: 320, height: 640 }, locale: "es" }],
  ["forced-colors", { viewport: { width: 640, height: 480 }, forcedColors: "active" }],
];

/** The page of the gateway: what the gate refuses is in a frame. */
async function shown(page: Page): Promise<Frame> {
  const frame = await page.$("iframe");
  const content = (await frame?.contentFrame()) ?? page.mainFrame();
  await content.waitForSelector("h1");
  return content;
}

/** Pixels by which the content is wider than the window; and the width of the card. */
function widths(frame: Frame) {
  return frame.evaluate(() => ({
    over: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
    card: document.querySelector("main")!.getBoundingClientRect().width,
  }));
}

describeWith("chromium", "the pages", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));
  beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

  /** In the order in which one visitor sees them; the title in English. */
  const PAGES: [name: string, title: string, open: (page: Page) => Promise<unknown>][] = [
    ["sign-in", "Sign in", (page) => page.goto(`${edge.url}/`)],
    ["sign-in-wrong-password", "Wrong password", (page) => signInAs(page, "guest", "guess")],
    [
      "home",
      "Home",
      async (page) => {
        await signInAs(page, "guest");
        await page.getByText("guest@example.com").waitFor();
      },
    ],
    ["denied", "Access denied", (page) => page.goto(`${edge.url}/admin/a-long-path/${"x".repeat(80)}?q=1`)],
    ["refused-address", "Address refused", (page) => page.goto(`${edge.url}/a;b`)],
    [
      "sign-in-failed",
      "Sign-in failed",
      (page) => page.goto(`${edge.url}/_gate/callback/main?error=access_denied&state=abcdefghijkl`),
    ],
    ["not-found", "Page not found", (page) => page.goto(`${edge.url}/_gate/nothing`)],
    [
      "signed-out",
      "Signed out",
      async (page) => {
        await page.goto(`${edge.url}/_gate/logout`);
        await page.waitForURL(/signed-out/);
      },
    ],
    ["signed-in", "You are signed in", (page) => page.goto(`${edge.url}/_gate/signed-in`)],
    [
      "form",
      "Your form was not sent",
      async (page) => {
        await page.goto(`${edge.url}/public/x`);
        await page.evaluate(() => {
          document.body.innerHTML = "<form method=post action='/staff/edit?id=1'><input name=text value=Hello></form>";
          document.forms[0]!.submit();
        });
        await page.waitForURL(/edit/);
      },
    ],
  ];
  const OF_THE_DEMO = ["sign-in", "sign-in-wrong-password", "home"];

  test.each(SCREENS)("are accessible and fit the screen: %s", async (screen, options) => {
    const { page, context } = await newVisitor(browser, options);
    const cards = new Set<number>();
    for (const [name, title, open] of PAGES) {
      await open(page);
      const frame = await shown(page);
      const isOurs = !OF_THE_DEMO.includes(name);
      if (!options.locale) expect(await frame.title()).toContain(title);
      else if (isOurs) {
        expect(await frame.title()).not.toContain(title);
        expect(await frame.locator("html").getAttribute("lang")).toBe(options.locale.slice(0, 2));
      }
      for (const each of page.frames())
        expect({ page: name, violations: await violations(each) }).toEqual({ page: name, violations: [] });
      const { over, card } = await widths(frame);
      expect({ page: name, over }).toEqual({ page: name, over: 0 });
      if (isOurs) cards.add(card);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${screen}.png`) });
    }
    expect(cards.size).toBe(1);
    await context.close();
  });

  test("a page loads nothing from anywhere else", async () => {
    const { page, context } = await newVisitor(browser);
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    for (const [, , open] of PAGES) await open(page);
    expect([...hosts].sort()).toEqual([edge.url, edge.issuer].sort());
    await context.close();
  });
});
