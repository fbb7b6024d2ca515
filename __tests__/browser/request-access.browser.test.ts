/** Asking for access by the button of a refusal, in a browser that runs no script. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { configSchema } from "../../config/schema";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, signInAs, violations } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");
beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

const framed = (page: Page): FrameLocator => page.frameLocator("iframe");

describeWith("chromium", "a refusal with a button", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;

  beforeAllStart(chromium, (...started) => ([edge, browser] = started), {
    config: configSchema.parse({
      ...TEST_CONFIG,
      accessDenied: { tellRoles: ["admin"], requestHook: { url: "https://tickets.example.com/gateway" } },
    }),
  });

  test.each([
    ["light", "en", 1000, "Request access", "Request sent", /“Request access” tells whoever runs this site/],
    ["dark", "de", 320, "Zugriff anfragen", "Anfrage gesendet", /„Zugriff anfragen“ teilt dem Betreiber/],
    ["dark", "fr", 320, "Demander l’accès", "Demande envoyée", /«\sDemander l’accès\s» indique au responsable/],
    ["light", "es", 320, "Solicitar acceso", "Solicitud enviada", /«Solicitar acceso» comunica al responsable/],
  ] as const)(
    "sends a request for the page that was refused: %s, %s, %d px",
    async (colorScheme, locale, width, label, title, advice) => {
      const options = { colorScheme, locale, viewport: { width, height: 800 }, javaScriptEnabled: false };
      const { page, context } = await newVisitor(browser, options);
      const place = `${edge.url}/admin/${locale}/o'neil?secret=1`;
      await page.goto(place);
      await signInAs(page, "guest");
      const button = framed(page).getByRole("button", { name: label });
      await button.waitFor();
      // The paragraph above the button quotes it.
      expect(await framed(page).locator("p", { hasText: label }).first().innerText()).toMatch(advice);
      await page.screenshot({ path: join(SCREENSHOTS, `request-access-${locale}.png`), fullPage: true });
      await button.click();
      await framed(page).getByRole("heading", { name: title }).waitFor();
      expect(page.url()).toBe(place);
      await page.screenshot({ path: join(SCREENSHOTS, `request-sent-${locale}.png`), fullPage: true });
      expect(edge.logs()).toMatch(
        new RegExp(
          `request for access, for https://tickets\\.example\\.com/gateway: .*"path":"/admin/${locale}/o'neil".*"missingRoles":\\[\\["admin"\\]\\].*"email":"guest@example\\.com"`,
        ),
      );
      expect(edge.logs()).not.toContain("secret=1");
      await context.close();
    },
  );

  test("can be read by everybody, before and after", async () => {
    const { page, context } = await newVisitor(browser, { viewport: { width: 320, height: 800 } });
    await page.goto(`${edge.url}/admin/axe`);
    await signInAs(page, "guest");
    const button = framed(page).getByRole("button", { name: "Request access" });
    await button.waitFor();
    const frame = page.frames()[1]!;
    expect(await violations(frame)).toEqual([]);
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await button.click();
    await framed(page).getByRole("heading", { name: "Request sent" }).waitFor();
    expect(await violations(page.frames()[1]!)).toEqual([]);
    await context.close();
  });
});
