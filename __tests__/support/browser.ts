/** The system's Chromium, driven by playwright-core. */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";

/** Quiet and without a network of its own: nothing but the pages under test is asked for. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A fresh profile that accepts the certificate of the local edge. */
export async function newVisitor(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(10_000);
  return { context, page: await context.newPage() };
}

/** Fills in the sign-in page of the local identity provider that `page` shows. */
export async function signInAs(page: Page, user: string, password = `${user}-demo`): Promise<void> {
  await page.locator(`input[name=user][value=${user}]`).check();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
