/** People of Entra's and Cognito's kind, from sign-in to sign-out, and those who may not get in. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { SESSION_COOKIE, SIGN_INS_COOKIE } from "../../session/cookies";
import { startAgeing, type Ageing } from "../support/aged-session";
import { launchBrowser, newVisitor, replaceToken, sessionOf, signInAs, violations } from "../support/browser";
import { CLAIMS, PROVIDERS } from "../support/shaped-claims";
import { pathOf, startShapedEdge, type ShapedEdge } from "../support/shaped-edge";
import { describeWith } from "../support/tools";

const NOT_ALLOWED = "does not accept accounts of your organization";
const TOO_MANY_GROUPS = "limit the reported groups to those that are assigned";

describeWith("chromium", "people of Entra's and Cognito's kind", (chromium) => {
  let shaped: ShapedEdge;
  let ageing: Ageing;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    shaped = await startShapedEdge(PROVIDERS, CLAIMS);
    ageing = startAgeing(shaped.edge);
    browser = await launchBrowser(chromium);
  });
  afterAll(async () => {
    await browser?.close();
    ageing?.close();
    await shaped?.close();
  });
  beforeEach(async () => {
    ({ context, page } = await newVisitor(browser));
  });
  afterEach(() => context?.close());

  test.each([
    {
      id: "entra",
      user: "ada",
      email: "ada@contoso.example",
      fewer: { roles: ["Wiki.Admin"] },
      logout: "/session/end",
      parameters: ["client_id", "post_logout_redirect_uri", "logout_hint"],
    },
    {
      id: "cognito",
      user: "cat",
      email: "cat@example.com",
      fewer: { "cognito:groups": ["readers"] },
      logout: "/logout",
      parameters: ["client_id", "logout_uri"],
    },
  ])("a user of $id signs in, loses a role with a renewal, and signs out there", async (row) => {
    await signIn(row.id, row.user);
    const first = await sessionOf(context, shaped.edge);
    expect(first).toMatchObject({ idp: row.id, email: row.email, roles: ["admin"] });
    expect((await page.goto(`${shaped.edge.url}/admin`))?.status()).toBe(200);

    await shaped.change(row.id, row.user, row.fewer);
    await age();
    await reopen(row.id);
    const { sid, uid } = first;
    expect(await sessionOf(context, shaped.edge)).toMatchObject({ sid, uid, email: row.email, roles: [] });
    expect((await page.goto(`${shaped.edge.url}/admin`))?.status()).toBe(403);

    const there = page.waitForRequest((request) => request.url().startsWith(`${shaped.edge.issuer}${row.logout}?`));
    await page.goto(`${shaped.edge.url}/_gate/logout`);
    expect([...new URL((await there).url()).searchParams.keys()]).toEqual(row.parameters);
    await page.waitForURL(/signed-out/);
    await page.goto(shaped.edge.url + pathOf(row.id));
    await page.getByLabel("Password").waitFor();
  });

  test.each(["sue", "bob"])("a user of each tenant that is allowed gets in: %s", async (user) => {
    await signIn("partners", user);
    expect(await sessionOf(context, shaped.edge)).toMatchObject({ email: `${user}@contoso.example`, roles: ["staff"] });
  });

  test.each([
    ["of a tenant that is not allowed", "partners", "eve", 403, NOT_ALLOWED, "tenant_not_allowed tid"],
    ["of another tenant than the only one", "entra", "bob", 403, NOT_ALLOWED, "tenant_not_allowed tid"],
    ["whose groups are elsewhere", "partners", "max", 403, TOO_MANY_GROUPS, "roles_left_out groups"],
    ["who has more groups than fit", "partners", "hal", 403, TOO_MANY_GROUPS, "roles_left_out groups"],
    ["with a token of version 1.0", "entra", "old", 502, "could not be accepted", "unexpected_claims ver"],
  ])("a user %s does not get in, and a page says so", async (_name, id, user, status, text, detail) => {
    const earlier = shaped.edge.logs();
    await page.goto(shaped.edge.url + pathOf(id));
    const callback = page.waitForResponse((response) => response.url().includes(`/_gate/callback/${id}`));
    await signInAs(page, user);
    expect((await callback).status()).toBe(status);
    await page.getByText(text).waitFor();
    expect(countIn(shaped.edge.logs(), detail)).toBe(countIn(earlier, detail) + 1);
    expect(await violations(page)).toEqual([]);
    expect((await context.cookies(shaped.edge.url)).map(({ name }) => name)).not.toContain(SESSION_COOKIE);
  });

  test("a user whose oid changes is another user: the session ends, and a new one begins", async () => {
    await signIn("entra", "mel");
    const before = await sessionOf(context, shaped.edge);
    await shaped.change("entra", "mel", { oid: "another-oid", roles: [] });
    await age();
    const copy = await context.cookies(`${shaped.edge.url}/_gate/`);
    await reopen("entra");
    const after = await sessionOf(context, shaped.edge);
    expect(after.email).toBe(before.email);
    expect([after.uid === before.uid, after.sid === before.sid]).toEqual([false, false]);
    expect(shaped.edge.logs()).toContain("user_changed");
    // A copy of the cookies is of no use.
    await context.clearCookies();
    await context.addCookies(copy);
    await page.goto(shaped.edge.url + pathOf("entra"));
    await page.getByLabel("Password").waitFor();
  });

  async function signIn(id: string, user: string): Promise<void> {
    await page.goto(shaped.edge.url + pathOf(id));
    await signInAs(page, user);
    await page.waitForURL(shaped.edge.url + pathOf(id));
  }

  /** A quarter of an hour passes. */
  async function age(): Promise<void> {
    const { token } = await sessionOf(context, shaped.edge);
    await replaceToken(context, shaped.edge, await ageing.age(token));
    await context.clearCookies({ name: SIGN_INS_COOKIE });
  }

  async function reopen(id: string): Promise<void> {
    await page.goto(shaped.edge.url + pathOf(id));
    expect(page.url()).toBe(shaped.edge.url + pathOf(id));
  }
});

function countIn(logs: string, detail: string): number {
  return logs.split(`"detail":"${detail}"`).length - 1;
}
