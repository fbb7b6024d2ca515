/** The page for what the web ACL blocks, as it is synthesized, behind a server that answers as CloudFront does then. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { launchBrowser, newVisitor, violations } from "../support/browser";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";
import { emptyArtifacts } from "../support/empty-artifacts";

const SCREENSHOTS = join(__dirname, "../../dist/screenshots");

/** The pages by key, as AWS gets them: Terraform's escapes undone. */
function pages(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-page-"));
  const file = (name: string) => join(folder, name);
  try {
    const artifacts = emptyArtifacts(folder);
    const theme = { productName: "Intranet für alle", support: "help@example.com" };
    const { stackDir } = synthesize(parseConfig({ ...SMALL, theme }), { outdir: file("out"), artifacts });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
      resource: { aws_wafv2_web_acl: { web_acl: { custom_response_body: { key: string; content: string }[] } } };
    };
    const bodies = resource.aws_wafv2_web_acl.web_acl.custom_response_body;
    return Object.fromEntries(bodies.map(({ key, content }) => [key, content.replace(/([$%])\1\{/g, "$1{")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeWith("chromium", "the page for blocked requests", (chromium) => {
  const PAGES = pages();
  let server: Server;
  let url: string;
  let browser: Browser;
  /** IDs of the requests that were blocked, in order. */
  let blocked: string[];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    server = createServer((request, response) => {
      const id = `Request-${Math.random().toString(36).slice(2)}==`;
      const isForm = new URL(request.url!, url).pathname === "/form";
      const key = request.url === "/often" ? "limited" : "blocked";
      if (isForm && request.method === "GET") {
        const html = "<!doctype html><title>App</title><form method=post><button>Send</button></form>";
        response.writeHead(200, { "content-type": "text/html", "x-amz-cf-id": id }).end(html);
        return;
      }
      if (request.url !== "/favicon.ico") blocked.push(id);
      response
        .writeHead(key === "limited" ? 429 : 403, { "content-type": "text/html", "x-amz-cf-id": id })
        .end(PAGES[key]);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchBrowser(chromium);
  });
  beforeEach(() => void (blocked = []));
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  test.each([
    ["/wiki?q=%3Cscript%3E", "Request blocked"],
    ["/often", "Too many requests"],
  ])("at %s says %s, with the ID of a request that was blocked, and loads nothing else", async (path, title) => {
    const { page, context } = await newVisitor(browser, { viewport: { width: 390, height: 844 } });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(url + path);
    await page.getByText("Request ID Request-").waitFor();
    expect(await page.title()).toBe(`${title} - Intranet für alle`);
    expect(await page.locator("[data-blocked]").textContent()).toBe(blocked.at(-1));
    expect(asked.filter((each) => !each.endsWith("/favicon.ico"))).toEqual([url + path, url + path]);
    // The browser reports the status of both requests, and nothing of the page's policy.
    expect(problems.filter((text) => !text.includes("status of 4"))).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await page.screenshot({ path: join(SCREENSHOTS, `blocked-${path === "/often" ? "often" : "attack"}.png`) });
    await context.close();
  });

  test("says the time where only the form was blocked, and never the ID of a request that was not", async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${url}/form`);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(/unknown, at \d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/).waitFor();
    expect(blocked).toHaveLength(1);
    await context.close();
  });

  test.each([
    ["de-AT", "de", "Anfrage blockiert", "Die Firewall der Website", "Anfrage-ID Request-", "Hilfe anfordern"],
    ["fr", "fr", "Requête bloquée", "Le pare-feu du site", "Identifiant de la requête Request-", "Obtenir de l’aide"],
    ["es-MX", "es", "Solicitud bloqueada", "El cortafuegos del sitio", "ID de la solicitud Request-", "Obtener ayuda"],
    ["it", "en", "Request blocked", "The site’s firewall", "Request ID Request-", "Get help"],
  ])("in %s, and in the mail to support is the request ID", async (locale, language, title, text, id, help) => {
    const { page, context } = await newVisitor(browser, { viewport: { width: 320, height: 640 }, locale });
    await page.goto(`${url}/wiki?q=%3Cscript%3E`);
    await page.getByText(id).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(await page.title()).toBe(`${title} - Intranet für alle`);
    expect(await page.getByRole("heading").textContent()).toBe(title);
    expect(await page.locator("main p").textContent()).toContain(text);
    expect(await page.locator("footer a").textContent()).toBe(help);
    const mail = new URL((await page.locator("footer a").getAttribute("href"))!);
    expect(mail.searchParams.get("body")).toBe(`${id.replace(/Request-$/, "")}${blocked.at(-1)}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.screenshot({ path: join(SCREENSHOTS, `blocked-${language}.png`) });
    await context.close();
  });

  test("without a script it still says what happened, and where there is help", async () => {
    const { page, context } = await newVisitor(browser, { javaScriptEnabled: false });
    await page.goto(`${url}/x`);
    expect(await page.locator("main").innerText()).toContain("The site’s firewall took this request for an attack");
    expect(await page.getByRole("link", { name: "Get help" }).getAttribute("href")).toBe("mailto:help@example.com");
    await context.close();
  });
});
