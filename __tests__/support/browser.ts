/** The system's Chromium, driven by playwright-core. */
import { source as axeSource } from "axe-core";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Frame,
  type Page,
} from "playwright-core";
import type { LocalEdge, LocalEdgeOptions } from "../../local/local-edge";
import { SESSION_COOKIE } from "../../session/cookies";
import { decodePayload, splitToken, type Session } from "../../session/token";
import { startTestEdge } from "./local-edge";

/** Milliseconds for what waits for a page; only for one that never comes. */
const PAGE_LIMIT = 120_000;
/** Quiet and without a network of its own: nothing but the pages under test is asked for. */
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Visitor {
  context: BrowserContext;
  page: Page;
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A local edge and a browser for all tests of a `describe`; `use` gets them before the first. */
export function beforeAllStart(
  executablePath: string,
  use: (edge: LocalEdge, browser: Browser) => void,
  options: Partial<LocalEdgeOptions> = {},
): void {
  let edge: LocalEdge;
  let browser: Browser;
  beforeAll(async () => {
    const starting = [
      startTestEdge(options).then((started) => (edge = started)),
      launchBrowser(executablePath).then((started) => (browser = started)),
    ];
    // Both of them, so that what did start is stopped where the other does not.
    await Promise.allSettled(starting);
    await Promise.all(starting);
    use(edge, browser);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
  });
}

/** A fresh profile that accepts the certificate of the local edge. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(PAGE_LIMIT);
  return { context, page: await context.newPage() };
}

/** @returns the session of a browser, with its token */
export async function sessionOf(context: BrowserContext, { url }: LocalEdge): Promise<Session & { token: string }> {
  const token = (await context.cookies(url)).find(({ name }) => name === SESSION_COOKIE)!.value;
  return { token, ...decodePayload(splitToken(token)!.payload) };
}

export async function replaceToken(context: BrowserContext, { url }: LocalEdge, value: string): Promise<void> {
  await context.addCookies([{ name: SESSION_COOKIE, value, url, secure: true, httpOnly: true, sameSite: "Lax" }]);
}

/** Fills in the sign-in page of the local identity provider that `page` shows. */
export async function signInAs(page: Page, user: string, password = `${user}-demo`): Promise<void> {
  await page.locator(`input[name=user][value=${user}]`).check();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/**
 * Serious and critical findings of axe: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
 */
export async function violations(page: Page | Frame): Promise<string[]> {
  // As an expression, because the pages' own security policy lets no script in.
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    `${axeSource}; axe.run().then((results) => results.violations)`,
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}
