import { setTimeout } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { HttpClient, type Answer } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { SESSION_COOKIE, SIGN_INS_COOKIE } from "../../session/cookies";
import { decodePayload, splitToken } from "../../session/token";
import { startAgeing, type Ageing } from "../support/aged-session";
import { launchBrowser, newVisitor } from "../support/browser";
import { edgegate } from "../support/cli";
import { startKeycloakEdge, type KeycloakEdge } from "../support/keycloak-edge";
import { asksForPassword, signInByScript, signInWith } from "../support/keycloak-pages";
import type { KeycloakUser } from "../support/keycloak-realm";
import { expectSoon } from "../support/soon";
import { describeWith, describeWithKeycloak } from "../support/tools";

/** For a test that hangs: Keycloak's start and fifty renewals by four tabs take minutes on a busy machine. */
jest.setTimeout(900_000);

/** One a test, so that none sees what another did. */
const [ADA, BEN, CLEO, DAN, EVE, FAY] = ["ada", "ben", "cleo", "dan", "eve", "fay"].map((name) => ({
  name,
  password: `${name}-secret`,
  email: `${name}@example.com`,
})) as [KeycloakUser, KeycloakUser, KeycloakUser, KeycloakUser, KeycloakUser, KeycloakUser];

describeWithKeycloak("people who sign in at Keycloak, where a refresh token is good once", (folder) => {
  let gateway: KeycloakEdge;
  let edge: LocalEdge;
  let ageing: Ageing;

  beforeAll(async () => {
    gateway = await startKeycloakEdge(folder, [ADA, BEN, CLEO, DAN, EVE, FAY]);
    edge = gateway.edge;
    ageing = startAgeing(edge);
  });
  afterAll(async () => {
    ageing?.close();
    await gateway?.close();
  });

  describe("four tabs of one browser whose token has expired", () => {
    const ROUNDS = 50;

    test(`renew ${ROUNDS} times: nobody is refused or asked to sign in, and Keycloak sees one refresh a time`, async () => {
      const before = await gateway.refreshGrants();
      const outcomes: Record<string, number> = {};
      let client = await signedIn();
      for (let round = 1; round <= ROUNDS; round++) {
        await ageAll(client);
        const seen = await Promise.all([visit(client, 1), visit(client, 2), renew(client), renew(client)]);
        for (const outcome of seen) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        // Each round counts, whatever became of the one before.
        if (seen.some((outcome) => outcome !== "renewed")) client = await signedIn();
      }
      const after = await gateway.refreshGrants();
      expect({ outcomes, granted: after.granted - before.granted, refused: after.refused - before.refused }).toEqual({
        outcomes: { renewed: 4 * ROUNDS },
        granted: ROUNDS,
        refused: 0,
      });
    });

    async function signedIn(): Promise<HttpClient> {
      const client = new HttpClient(gateway.ca);
      const { status, url } = await signInByScript(client, `${edge.url}/staff`, ADA);
      expect([status, url.href]).toEqual([200, `${edge.url}/staff`]);
      return client;
    }

    async function ageAll(client: HttpClient): Promise<void> {
      client.setCookie(SESSION_COOKIE, await ageing.age(client.cookie(SESSION_COOKIE)!));
      // It is kept for a minute.
      if (client.cookie(SIGN_INS_COOKIE) !== undefined) client.setCookie(SIGN_INS_COOKIE, "");
    }

    /** A tab that opens a page. */
    async function visit(client: HttpClient, tab: number): Promise<string> {
      const target = `${edge.url}/staff?tab=${tab}`;
      return describeAnswer(await client.open(target), target);
    }

    /** A tab whose script renews the session and goes on. */
    async function renew(client: HttpClient): Promise<string> {
      const { status } = await client.fetch("POST", `${edge.url}/_gate/refresh`);
      if (status !== 200) return `refresh: ${status}`;
      const target = `${edge.url}/api/hello`;
      return describeAnswer(await client.fetch("GET", target), target);
    }

    function describeAnswer({ status, url, body }: Answer, target: string): string {
      if (status === 200 && url.href === target) return "renewed";
      return url.origin === edge.url
        ? `${url.pathname}: ${status}`
        : body.includes("kc-form-login")
          ? "sign-in form"
          : `Keycloak: ${status}`;
    }
  });

  describeWith("chromium", "in Chromium", (chromium) => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      browser = await launchBrowser(chromium);
    });
    afterAll(async () => {
      await browser?.close();
    });
    beforeEach(async () => {
      ({ context, page } = await newVisitor(browser));
    });
    afterEach(async () => {
      await context?.close();
    });

    test("use its sign-in form, are who they are there, and sign out there and here", async () => {
      await signIn(BEN, "/staff?week=7");
      expect(await me()).toMatchObject({ email: BEN.email, roles: ["staff"] });

      const there = page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/logout?`),
      );
      await page.goto(`${edge.url}/_gate/logout`);
      await there;
      await page.waitForURL(`${edge.url}/_gate/signed-out`);
      await page.goto(`${edge.url}/staff`);
      expect([new URL(page.url()).origin, await asksForPassword(page)]).toEqual([new URL(edge.issuer).origin, true]);
    });

    test("are out within seconds when an administrator ends their session there", async () => {
      await signIn(BEN, "/staff");
      expect(await callApi()).toBe(200);
      await gateway.endSessionsOf(BEN);
      await expectSoon(callApi, 401);
      await page.goto(`${edge.url}/staff`);
      expect(await asksForPassword(page)).toBe(true);
    });

    test("lose a role with the next renewal after it was taken from them", async () => {
      await signIn(EVE, "/staff");
      expect(await me()).toMatchObject({ roles: ["staff"] });
      await gateway.takeRoleFrom(EVE);
      await age();
      await page.goto(`${edge.url}/reports`);
      expect(page.url()).toBe(`${edge.url}/reports`);
      expect(await me()).toMatchObject({ email: EVE.email, roles: [] });
      expect((await page.goto(`${edge.url}/staff`))?.status()).toBe(403);
    });

    test("are not renewed once their account is disabled, and cannot sign in", async () => {
      await signIn(FAY, "/staff");
      await gateway.disable(FAY);
      await age();
      await page.goto(`${edge.url}/staff`);
      expect([new URL(page.url()).origin, await asksForPassword(page)]).toEqual([new URL(edge.issuer).origin, true]);
      await signInWith(page, FAY);
      await page.getByText("Account is disabled").waitFor();
    });

    test("are not asked whether they really want to sign out", async () => {
      await signIn(BEN, "/staff");
      const there = page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/logout?`),
      );
      const seen: string[] = [];
      page.on("domcontentloaded", (shown) => seen.push(new URL(shown.url()).pathname));
      await page.goto(`${edge.url}/_gate/logout`);
      expect(new URL((await there).url()).searchParams.get("id_token_hint")).toMatch(/^eyJ/);
      expect(seen).toEqual(["/_gate/signed-out"]);
    });

    test("restore their tabs after a long break, and each shows its page", async () => {
      await signIn(CLEO, "/staff");
      for (let morning = 1; morning <= 5; morning++) {
        await age();
        const [first, second] = [await context.newPage(), await context.newPage()];
        const visited: string[] = [];
        for (const tab of [first, second]) tab.on("request", (request) => visited.push(new URL(request.url()).origin));
        const targets = [`${edge.url}/staff?morning=${morning}`, `${edge.url}/reports?morning=${morning}`] as const;
        const answers = await Promise.all([first.goto(targets[0]), second.goto(targets[1])]);
        expect(answers.map((answer) => [answer?.status(), answer?.url()])).toEqual(
          targets.map((target) => [200, target]),
        );
        expect([...new Set(visited)]).toEqual([edge.url]);
        await Promise.all([first.close(), second.close()]);
      }
    });

    test("type their password again once they are revoked, although Keycloak knows the browser, and get in", async () => {
      await page.goto(gateway.otherSite);
      await signInWith(page, DAN);
      await page.waitForURL(`${edge.url}/public/other?*`);
      // Times are whole seconds.
      await setTimeout(1000);
      await page.goto(`${edge.url}/staff`);
      expect(page.url()).toBe(`${edge.url}/staff`);
      const before = session(await token());
      expect(before.authTime).toBeLessThan(before.issuedAt);
      const { code, stderr } = await edgegate([
        "revoke",
        "user",
        DAN.email,
        "--yes",
        `--local=${new URL(edge.url).port}`,
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

      const asked = page.waitForRequest((request) =>
        request.url().startsWith(`${edge.issuer}/protocol/openid-connect/auth?`),
      );
      await page.goto(`${edge.url}/staff`);
      expect(new URL((await asked).url()).searchParams.get("prompt")).toBe("login");
      expect(await asksForPassword(page)).toBe(true);
      await signInWith(page, DAN);
      await page.waitForURL(`${edge.url}/staff`);
      const after = session(await token());
      expect([after.uid, after.sid === before.sid]).toEqual([before.uid, false]);
      expect(after.authTime).toBeGreaterThan(before.issuedAt);
      expect(await callApi()).toBe(200);
    });

    async function signIn(user: KeycloakUser, path: string): Promise<void> {
      await page.goto(edge.url + path);
      expect(new URL(page.url()).origin).toBe(new URL(edge.issuer).origin);
      await signInWith(page, user);
      await page.waitForURL(edge.url + path);
    }

    function me(): Promise<unknown> {
      return page.evaluate(async () => (await fetch("/_gate/me")).json() as Promise<unknown>);
    }

    function callApi(): Promise<number> {
      return page.evaluate(async () => (await fetch("/api/hello")).status);
    }

    async function token(): Promise<string> {
      return (await context.cookies(edge.url)).find(({ name }) => name === SESSION_COOKIE)!.value;
    }

    async function age(): Promise<void> {
      const value = await ageing.age(await token());
      await context.clearCookies({ name: SIGN_INS_COOKIE });
      await context.addCookies([
        { name: SESSION_COOKIE, value, url: edge.url, secure: true, httpOnly: true, sameSite: "Lax" },
      ]);
    }
  });
});

function session(token: string) {
  return decodePayload(splitToken(token)!.payload);
}
