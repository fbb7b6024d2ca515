/** Ten identity providers of several kinds, as people meet them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { parseConfig } from "../../config/load";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, sessionOf, signInAs, violations } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");
const issuer = "https://login.example.com";
const none = { issuer, roles: { grant: [] } };
const CONFIG = parseConfig({
  ...TEST_CONFIG,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: {
    entra: {
      label: "Contoso",
      profile: "entra",
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      clientId: "entra",
      roles: { map: { "Handbook.Admin": "admin" }, grant: ["admin"] },
    },
    cognito: { ...none, label: "Customers", profile: "cognito", clientId: "cognito", emailDomains: ["example.com"] },
    keycloak: {
      label: "Example University",
      profile: "keycloak",
      issuer,
      clientId: "keycloak",
      roles: { claim: 'resource_access."hand.book".roles', prefix: "hb-", grant: ["staff"] },
    },
    okta: { ...none, label: "Fabrikam", profile: "okta", clientId: "okta" },
    auth0: { ...none, label: "Northwind Traders", profile: "auth0", clientId: "auth0" },
    google: { label: "Google", profile: "google", clientId: "google", roles: { grant: [] } },
    ...Object.fromEntries(
      ["Litware", "Proseware", "Woodgrove Bank", "Adventure Works Cycles and Company"].map((label, i) => [
        `generic-${i}`,
        { ...none, label, clientId: `generic-${i}` },
      ]),
    ),
  },
});

describeWith("chromium", "ten providers", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  beforeAllStart(chromium, (...started) => ([edge, browser] = started), { config: CONFIG });
  beforeAll(() => void mkdirSync(SCREENSHOTS, { recursive: true }));

  async function signIn(page: Page, label: string, user: string, path: string): Promise<void> {
    await page.goto(edge.url + path);
    await page.getByRole("link", { name: label }).click();
    await signInAs(page, user);
    await page.waitForURL(edge.url + path);
  }

  test.each([
    ["desktop-light", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
    ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
  ] as const)("the choice is accessible and fits the screen: %s", async (screen, options) => {
    const { page, context } = await newVisitor(browser, options);
    await page.goto(`${edge.url}/staff`);
    expect(await page.getByRole("listitem").count()).toBe(10);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SCREENSHOTS, `choice-${screen}.png`), fullPage: true });
    await context.close();
  });

  test("an e-mail address leads to its provider, by keyboard alone", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/staff`);
    await page.keyboard.press("Tab");
    await page.keyboard.type("guest@elsewhere.example");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("guest@example.com");
    await page.keyboard.press("Enter");
    await signInAs(page, "guest");
    await page.frameLocator("iframe").getByRole("heading", { name: "Access denied" }).waitFor();
    expect(await sessionOf(context, edge)).toMatchObject({ idp: "cognito", roles: [], email: "guest@example.com" });
    // Cognito's own sign-out.
    await page.goto(`${edge.url}/_gate/logout`);
    await page.waitForURL(/signed-out/);
    // The choice is forgotten, and so is the provider's session.
    await page.goto(`${edge.url}/staff`);
    await page.getByRole("link", { name: "Contoso" }).waitFor();
    await context.close();
  });

  test.each([
    ["Contoso", "admin", "/admin", { idp: "entra", roles: ["admin"], email: "admin@example.com" }],
    ["Example University", "staff", "/staff", { idp: "keycloak", roles: ["staff"], email: "staff@example.com" }],
  ] as const)("%s says who has a role, in its own way", async (label, user, path, session) => {
    const { page, context } = await newVisitor(browser);
    await signIn(page, label, user, path);
    expect(await sessionOf(context, edge)).toMatchObject(session);
    // This browser is not asked again.
    await context.clearCookies({ name: /^__Host-gate$/ });
    await page.goto(edge.url + path);
    await page.waitForURL(edge.url + path);
    expect(await sessionOf(context, edge)).toMatchObject(session);
    await context.close();
  });

  test("the same person at another provider is somebody else, without the role", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${edge.url}/admin`);
    await page.getByRole("link", { name: "Fabrikam" }).click();
    await signInAs(page, "admin");
    await page.frameLocator("iframe").getByRole("heading", { name: "Access denied" }).waitFor();
    expect(await sessionOf(context, edge)).toMatchObject({ idp: "okta", roles: [], email: "admin@example.com" });
    await context.close();
  });
});
