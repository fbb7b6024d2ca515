/** The demo site of `npm start`: its page plays a program that calls the API, and shows what comes of it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { loadConfig } from "../../config/load";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, signInAs, violations } from "../support/browser";
import { describeWith } from "../support/tools";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");
beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

describeWith("chromium", "the demo site", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started), {
    config: loadConfig(join(__dirname, "../../examples/api.ts")),
  });

  test.each([
    ["light", 1200],
    ["dark", 320],
  ] as const)("shows a 401, a 200 and a 403 of a program: %s, %d px", async (colorScheme, width) => {
    const { page, context } = await newVisitor(browser, { colorScheme, viewport: { width, height: 900 } });
    await page.goto(`${edge.url}/admin`);
    // The program does not need the session of whoever looks at the page.
    await signInAs(page, "admin");
    await page.getByRole("button", { name: "Call it as demo-program" }).click();
    const steps = page.locator("#steps");
    await steps.getByText("insufficient_scope").waitFor();
    expect((await steps.textContent())!.split("\n").filter(Boolean)).toEqual([
      "GET /api/hello, without a token",
      '  401 Bearer realm="gate"',
      `POST ${edge.issuer}/token, as demo-program`,
      "  200 a token",
      "GET /api/hello, with that access token",
      expect.stringMatching(/^ {2}200 \{"path":"\/api\/hello","user":"[\w-]{16}","roles":\[\]\}$/),
      "POST /_gate/token, to exchange it",
      "  200 a token",
      "GET /api/hello, with the edge token",
      expect.stringMatching(/^ {2}200 \{"path":"\/api\/hello","user":"[\w-]{16}","roles":\[\]\}$/),
      "POST /api/hello, with the edge token",
      '  403 Bearer realm="gate", error="insufficient_scope"',
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `demo-api-${width}.png`), fullPage: true });
    await context.close();
  });
});
