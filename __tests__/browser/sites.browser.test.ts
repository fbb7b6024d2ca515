/** Sites in a bucket behind the local edge: documents in folders, and an application of one page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { parseConfig } from "../../config/load";
import type { LocalEdge } from "../../local/local-edge";
import { beforeAllStart, newVisitor, signInAs } from "../support/browser";
import { TEST_CONFIG } from "../support/local-edge";
import { describeWith } from "../support/tools";

const FILES = {
  "index.html": '<!doctype html><title>Home</title><a href="guide/">Guide</a>',
  "guide/index.html":
    '<!doctype html><title>Guide</title><link rel=stylesheet href="style.css"><h1>Guide</h1><a href="first.html">First</a><a href="../">Up</a>',
  "guide/style.css": "h1{color:rgb(1,2,3)}",
  "guide/first.html": "<!doctype html><title>First</title>",
  "404.html": "<!doctype html><title>Nothing here</title>",
  // What a router of React does, without React.
  "app/index.html":
    '<!doctype html><title>App</title><div id=root></div><script src="/app/assets/app.3f9a.js"></script>',
  "app/assets/app.3f9a.js": `
const render = () => (document.querySelector("#root").innerHTML = "<h1>" + location.pathname + "</h1><a href=/app/orders/17>Order</a>");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link) event.preventDefault(), history.pushState({}, "", link.href), render();
});
addEventListener("popstate", render);
render();`,
};

const CONFIG = parseConfig({
  ...TEST_CONFIG,
  origin: { type: "s3", notFound: "/404.html" },
  behaviors: [{ path: "/app/*", origin: { type: "s3", spa: true } }],
  policy: [
    { path: "/app/admin/**", allow: { roles: ["admin"] } },
    { path: "/404.html", allow: "public" },
    { path: "/public/**", allow: "public" },
    { path: "/**", allow: "signed-in" },
  ],
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
});

function written(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-site-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describeWith("chromium", "a site in a bucket", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let page: Page;
  const site = written(FILES);
  afterAll(() => rmSync(site, { recursive: true }));
  beforeAllStart(chromium, (...started) => ([edge, browser] = started), { config: CONFIG, site });

  /** Opens a path, signs in on the way, and is there. */
  async function signedInAt(path: string, user = "guest"): Promise<void> {
    ({ page } = await newVisitor(browser));
    await page.goto(edge.url + path);
    expect(new URL(page.url()).origin).toBe(edge.issuer);
    await signInAs(page, user);
    expect(page.url()).toBe(edge.url + path);
  }

  test("a deep link of the application comes back after the sign-in, and survives a reload", async () => {
    await signedInAt("/app/orders/42?tab=items");
    expect(await page.locator("h1").textContent()).toBe("/app/orders/42");
    await page.getByRole("link", { name: "Order" }).click();
    expect(page.url()).toBe(`${edge.url}/app/orders/17`);
    const answer = await page.reload();
    expect(answer!.status()).toBe(200);
    expect(await page.locator("h1").textContent()).toBe("/app/orders/17");
    await page.goBack();
    expect(await page.locator("h1").textContent()).toBe("/app/orders/42");
  });

  test("a missing script of the application is a 404 and no page of it", async () => {
    await signedInAt("/app/");
    const answer = await page.goto(`${edge.url}/app/assets/app.old.js`);
    expect(answer!.status()).toBe(404);
    expect(await page.title()).toBe("Page not found - Example Intranet");
    expect(answer!.headers()["cache-control"]).toBe("max-age=0, s-maxage=10, must-revalidate");
    expect(await answer!.text()).not.toContain("AccessDenied");
  });

  test("a deep link for a role is denied without the role, although its file is the same", async () => {
    await signedInAt("/app/orders/1");
    const answer = await page.goto(`${edge.url}/app/admin/users`);
    expect(answer!.status()).toBe(403);
    await page.frameLocator("iframe").getByRole("heading", { name: "Access denied" }).waitFor();
  });

  test("links and styles in a folder are relative to it, with and without the slash", async () => {
    await signedInAt("/");
    await page.getByText("Guide").click();
    for (const path of ["/guide/", "/guide"]) {
      await page.goto(edge.url + path);
      expect(page.url()).toBe(`${edge.url}/guide/`);
      expect(await page.locator("h1").evaluate((heading) => getComputedStyle(heading).color)).toBe("rgb(1, 2, 3)");
      await page.getByText("First").click();
      expect(page.url()).toBe(`${edge.url}/guide/first.html`);
      expect(await page.title()).toBe("First");
    }
  });

  test("what is missing is the site's own page, with the address that was asked for", async () => {
    await signedInAt("/guide/");
    for (const path of ["/guide/none.html", "/none", "/none/"]) {
      const answer = await page.goto(edge.url + path);
      expect(answer!.status()).toBe(404);
      expect(await page.title()).toBe("Nothing here");
      expect(page.url()).toBe(edge.url + path);
    }
    const stranger = await newVisitor(browser);
    expect((await stranger.page.goto(`${edge.url}/public/none`))!.status()).toBe(404);
    expect(await stranger.page.title()).toBe("Nothing here");
  });
});
