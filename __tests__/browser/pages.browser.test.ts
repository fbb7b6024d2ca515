import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
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
];

describeWith("chromium", "the pages", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started));
  beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

  /** In the order in which one visitor sees them. */
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
    ["denied", "Access denied", (page) => page.goto(`${edge.url}/admin`)],
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
  ];

  test.each(SCREENS)("are accessible and fit the screen: %s", async (screen, options) => {
    const { page, context } = await newVisitor(browser, options);
    for (const [name, title, open] of PAGES) {
      await open(page);
      expect(await page.title()).toContain(title);
      expect({ page: name, violations: await violations(page) }).toEqual({ page: name, violations: [] });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${screen}.png`) });
    }
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
