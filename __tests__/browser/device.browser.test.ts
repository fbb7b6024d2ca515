/**
 * Device-bound sessions in Chromium itself. Its keys are in software, because the machine has no TPM that it knows; all
 * else is what Chrome on Windows does.
 */
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as playwright, type BrowserContext, type Page } from "playwright-core";
import { configSchema } from "../../config/schema";
import { expiredToken } from "../../local/expired-session";
import type { LocalEdge } from "../../local/local-edge";
import { DEVICE_COOKIE } from "../../session/cookies";
import { FLAGS, launchBrowser, newVisitor, replaceToken, sessionOf, signInAs } from "../support/browser";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import { soon } from "../support/soon";
import { describeWith } from "../support/tools";

const FEATURES = ["DeviceBoundSessions", "EnableBoundSessionCredentialsSoftwareKeysForManualTesting"];

describeWith("chromium", "a device-bound session in a browser", (chromium) => {
  let edge: LocalEdge;
  let profile: string;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    edge = await startTestEdge({
      config: configSchema.parse({ ...TEST_CONFIG, session: { deviceBound: "if-supported" } }),
    });
    // Such sessions need a certificate that the browser trusts, and a profile that is not private.
    const { publicKey } = new X509Certificate(readFileSync(edge.caFile));
    const trusted = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64");
    profile = mkdtempSync(join(tmpdir(), "edgegate-profile-"));
    context = await playwright.launchPersistentContext(profile, {
      executablePath: chromium,
      args: [...FLAGS, `--ignore-certificate-errors-spki-list=${trusted}`, `--enable-features=${FEATURES.join(",")}`],
    });
    page = await context.newPage();
    await page.goto(`${edge.url}/staff`);
    await signInAs(page, "staff");
    await page.waitForURL(`${edge.url}/staff`);
    await soon(() => expect(outcomes()).toContain("device_bound"));
  });
  afterAll(async () => {
    await context?.close();
    await edge?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  const outcomes = () => [...edge.logs().matchAll(/"outcome":"(\w+)"/g)].map(([, outcome]) => outcome);

  /** The token and the proof have ended. @returns the outcomes since then */
  async function expire(): Promise<() => (string | undefined)[]> {
    const { token } = await sessionOf(context, edge);
    await replaceToken(context, edge, expiredToken(edge.store, token));
    await context.clearCookies({ name: DEVICE_COOKIE });
    const before = outcomes().length;
    return () => outcomes().slice(before);
  }

  test("is renewed with a proof, on the way to a page", async () => {
    const { sid } = await sessionOf(context, edge);
    const since = await expire();
    await page.goto(`${edge.url}/staff?week=7`);
    expect(page.url()).toBe(`${edge.url}/staff?week=7`);
    expect((await sessionOf(context, edge)).sid).toBe(sid);
    // The browser may ask for the next proof at the same time.
    expect(since()).toEqual(expect.arrayContaining(["device_challenged", "device_proved", "renewed"]));
    expect(since()).not.toContain("sign_in_started");
  });

  test("is renewed with a proof, by a script", async () => {
    const since = await expire();
    expect(await page.evaluate(async () => (await fetch("/_gate/refresh", { method: "POST" })).status)).toBe(200);
    expect(since()).toEqual(expect.arrayContaining(["device_challenged", "device_proved"]));
  });

  test("is renewed with a proof, by a link on another site", async () => {
    const { sid } = await sessionOf(context, edge);
    await page.goto(`${edge.issuer}/.well-known/openid-configuration`);
    const since = await expire();
    await page.evaluate((target) => window.location.assign(target), `${edge.url}/staff?week=8`);
    await page.waitForURL(`${edge.url}/staff?week=8`);
    expect(since()).toEqual(expect.arrayContaining(["passed_on", "device_challenged", "device_proved"]));
    expect(since()).not.toContain("sign_in_started");
    expect((await sessionOf(context, edge)).sid).toBe(sid);
  });

  test("is worth nothing in another browser, to which its cookies were copied", async () => {
    const since = await expire();
    const other = await launchBrowser(chromium);
    const thief = await newVisitor(other);
    const stolen = await context.cookies([edge.url, `${edge.url}/_gate/login`]);
    await thief.context.addCookies(stolen);
    await thief.page.goto(`${edge.url}/staff`);
    expect(new URL(thief.page.url()).origin).toBe(edge.issuer);
    expect(since()).toEqual(["sign_in_started"]);
    expect(edge.logs()).toContain("device_unproven");
    await other.close();
    await page.goto(`${edge.url}/staff`);
    expect(page.url()).toBe(`${edge.url}/staff`);
  });
});
