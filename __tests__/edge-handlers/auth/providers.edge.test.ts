/** Several identity providers at once: who is asked, what people choose, and what one may not do to the other's users. */
import { PROVIDER_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectPage, expectProblem, setCookie } from "../../support/answers";
import { HOST, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

const FROM_ANOTHER_SITE = { headers: { "Sec-Fetch-Site": "cross-site" } };
const LOGIN = "/_gate/login?return_to=%2Fpage";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({
    withOtherIdp: true,
    prepare: ({ settings }) => {
      const { main, other } = settings.identityProviders;
      Object.assign(main!, { roles: { grant: ["admin"] } });
      Object.assign(other!, {
        roles: { grant: ["staff"] },
        emailDomains: ["partner.example"],
        offeredAt: { hosts: ["www.example.com"], paths: ["/partner/**"] },
        authorizationParameters: { domain_hint: "partner", scope: "not this" },
      });
      // Names no place, like main.
      settings.identityProviders["third"] = { ...main!, label: "Third <b>", emailDomains: ["third.example"] };
    },
  });
  environment.publishSettings(environment.settings);
});
afterAll(() => environment.close());

const leadsTo = (response: EdgeResponse) => new URL(response.headers["location"]![0]!);
const remembered = (id: string) => `${PROVIDER_COOKIE}=${id}; Path=/; Secure`;
const issuers = () => ({ main: environment.idp.issuer, other: environment.otherIdp!.issuer });

async function signIn(browser: Browser, idp: "main" | "other", user: Record<string, unknown>): Promise<EdgeResponse> {
  (idp === "main" ? environment.idp : environment.otherIdp!).user = user;
  return browser.navigate(browser.approve((await browser.navigate(`${LOGIN}&idp=${idp}`)).headers["location"]![0]!));
}

describe("the provider", () => {
  test("is a choice where several are offered", async () => {
    const page = await environment.browser().navigate(LOGIN);
    expectPage(page, 200);
    expect(page.body).toContain('href="/_gate/login?return_to=%2Fpage&amp;idp=main"');
    expect(page.body).toContain("Third &lt;b&gt;");
    expect(page.body).not.toContain("Provider other");
    expect(page.headers["content-security-policy"]!.join()).toContain("form-action 'self'");
  });

  test.each([
    ["by its path", { url: "/_gate/login?return_to=%2Fpartner%2Freport%3Fx" }],
    ["by its host", { url: LOGIN, host: "www.example.com" }],
  ])("is the only one that a place names, %s", async (_name, request) => {
    const response = await environment.invoke({ headers: { Accept: "text/html" }, ...request });
    const target = leadsTo(response);
    expect(target.href.startsWith(issuers().other)).toBe(true);
    expect(target.searchParams.get("domain_hint")).toBe("partner");
    // The gateway's own parameters win.
    expect(target.searchParams.getAll("scope")).toEqual(["openid profile email offline_access"]);
  });

  test("is the one that signed this browser in before, until it signs out", async () => {
    const browser = environment.browser();
    const signedIn = await signIn(browser, "main", { sub: "alice" });
    expect(setCookie(signedIn, PROVIDER_COOKIE)).toMatchObject({ value: "main" });
    const next = environment.browser();
    next.jar.store(remembered("main"));
    expect(leadsTo(await next.navigate(LOGIN)).href.startsWith(issuers().main)).toBe(true);
    expectPage(await next.navigate(`${LOGIN}&choose`), 200);
    const signedOut = await browser.navigate("/_gate/logout");
    expect(setCookie(signedOut, PROVIDER_COOKIE)).toMatchObject({ value: "" });
  });

  test.each(["unknown", "other", "__proto__", ""])("is not remembered as %j", async (value) => {
    const browser = environment.browser();
    browser.jar.store(remembered(value));
    expectPage(await browser.navigate(LOGIN), 200);
  });
});

describe("an e-mail address", () => {
  const post = (email: string, site = "same-origin") =>
    environment.invoke({
      url: "/_gate/login",
      host: HOST,
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Accept: "text/html",
        "Sec-Fetch-Site": site,
      },
      body: new URLSearchParams({ return_to: "/page", email }).toString(),
    });

  test("leads to the provider of its domain, which learns it", async () => {
    const page = await post(" Ada@Third.example ");
    expectPage(page, 200);
    const target = new URL(page.headers["refresh"]![0]!.replace("0;url=", ""));
    expect(target.href.startsWith(issuers().main)).toBe(true);
    expect(target.searchParams.get("login_hint")).toBe("Ada@Third.example");
    expect(new URL(target.searchParams.get("redirect_uri")!).pathname).toBe("/_gate/callback/third");
  });

  test.each(["ada@example.com", "ada@partner.example", "third.example", "a@b@third.example", ""])(
    "%j leads to no provider",
    async (email) => {
      const page = await post(email);
      expectPage(page, 200);
      expect(page.body).toContain("No sign-in service is known");
    },
  );

  test("from a form of another site leads nowhere", async () => {
    const response = await post("ada@third.example", "cross-site");
    expect(response.status).toBe(403);
  });
});

describe("one provider's user", () => {
  test("gets only the roles that this provider may grant", async () => {
    const session = async (idp: "main" | "other") => {
      const response = await signIn(environment.browser(), idp, {
        sub: "alice",
        email: "alice@partner.example",
        roles: ["admin", "staff"],
      });
      return environment.readToken(setCookie(response, SESSION_COOKIE)?.value);
    };
    const [main, other] = [await session("main"), await session("other")];
    expect([main.roles, other.roles]).toEqual([["admin"], ["staff"]]);
    // The same subject and the same address, and yet two users.
    expect(main.uid).not.toBe(other.uid);
    expect([main.idp, other.idp]).toEqual(["main", "other"]);
  });

  test.each([
    ["with an address of another domain", { email: "alice@example.com" }],
    ["with an address that is not verified", { email: "alice@partner.example", email_verified: false }],
    ["without an address", {}],
  ])("does not get in %s, if the config names domains", async (_name, claims) => {
    const response = await signIn(environment.browser(), "other", { sub: "alice", ...claims });
    expectPage(response, 403);
    expect(response.body).toContain("does not accept accounts of your organization");
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "account_not_allowed", detail: "email_domain_not_allowed email" }),
    ]);
    // Whoever fails with one may choose another.
    expect(response.body).toContain("&amp;choose");
  });

  test("and is refused can use another account: the next provider does not sign in the one that it knows", async () => {
    const browser = environment.browser();
    const refused = await signIn(browser, "other", { sub: "alice" });
    const link = (page: EdgeResponse, label: string) =>
      new RegExp(`href="([^"]+)">${label}<`).exec(page.body)![1]!.replaceAll("&amp;", "&");
    const choice = await browser.navigate(link(refused, "Use another account"));
    expectPage(choice, 200);
    const asked = leadsTo(await browser.navigate(link(choice, "Provider main")));
    expect(asked.href).toContain(issuers().main);
    expect([asked.searchParams.get("prompt"), asked.searchParams.get("max_age")]).toEqual(["login", "0"]);
  });

  test("from another site cannot ask for another account in the place of a session", async () => {
    const browser = environment.browser();
    await signIn(browser, "main", { sub: "alice" });
    environment.clock.advance(901);
    const headers = { "sec-fetch-site": "cross-site" };
    const response = await browser.navigate(`${LOGIN}&another`, { headers });
    expectPage(response, 200);
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "passed_on" })]);
  });

  test("loses the session at renewal once the address is no longer allowed", async () => {
    const browser = environment.browser();
    await signIn(browser, "other", { sub: "alice", email: "alice@partner.example" });
    environment.clock.advance(901);
    environment.otherIdp!.user = { sub: "alice", email: "alice@elsewhere.example" };
    expectProblem(await browser.fetch("/_gate/refresh", { method: "POST" }), 401);
  });

  test("is not replaced by a link on another site", async () => {
    const browser = environment.browser();
    await signIn(browser, "main", { sub: "alice" });
    const url = `${LOGIN}&idp=other`;
    const link = await browser.navigate(url, FROM_ANOTHER_SITE);
    expectPage(link, 200);
    expect(link.body).toContain("Switch account?");
    expect(setCookie(link, SESSION_COOKIE)).toBeUndefined();
    // The user agrees.
    expect(
      leadsTo(await browser.navigate(url, { headers: { "Sec-Fetch-Site": "same-origin" } })).href.startsWith(
        issuers().other,
      ),
    ).toBe(true);
    // Without a session there is nothing to replace.
    const stranger = await environment.browser().navigate(url, FROM_ANOTHER_SITE);
    expect(leadsTo(stranger).href.startsWith(issuers().other)).toBe(true);
  });
});
