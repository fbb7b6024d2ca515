/** What the handler shows in the frame of a page of the gate. */
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import { expectPage, expectProblem } from "../../support/answers";

const ID = "8Qf3example-request-id_0123456789ABCDEFG==";
const TO = encodeURIComponent("/admin/report?month=5&token=secret-of-a-query");
const IN_FRAME = { "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin" };

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ withOtherIdp: true });
});
afterAll(() => environment.close());

const refused = (browser: Browser, query: string, headers: Record<string, string> = {}) =>
  browser.navigate(`/_gate/refused?${query}`, { headers: { ...IN_FRAME, ...headers } });

/** The links of a page, by label. */
function links({ body }: EdgeResponse): Record<string, string> {
  const found = [...body.matchAll(/<a[^>]* href="([^"]+)"[^>]*>([^<]+)<\/a>/g)];
  return Object.fromEntries(found.map(([, href, label]) => [label!, href!.replaceAll("&amp;", "&")]));
}

async function signedIn(idp: "main" | "other", user: Record<string, unknown>): Promise<Browser> {
  const browser = environment.browser();
  (idp === "main" ? environment.idp : environment.otherIdp!).user = user;
  const login = await browser.navigate(`/_gate/login?idp=${idp}`);
  await browser.navigate(browser.approve(login.headers["location"]![0]!));
  return browser;
}

test.each([
  ["host", "Unknown address"],
  ["path", "Address refused"],
  ["size", "Request too large"],
  ["endpoint", "Page not found"],
  ["rule", "Access denied"],
  ["role", "Access denied"],
  ["store", "Please try again"],
  ["closed", "Under maintenance"],
  ["form", "Your form was not sent"],
])("%s: a page for the frame of this site, about the request that was refused", async (why, title) => {
  const page = await refused(environment.browser(), `why=${why}&id=${ID}&to=${TO}`);
  // Like every page, but for who may frame it, and for the request that it is about.
  const policy = page.headers["content-security-policy"]!.map((value) => {
    expect(value).toContain("frame-ancestors 'self'");
    return value.replace("frame-ancestors 'self'", "frame-ancestors 'none'");
  });
  expectPage({ ...page, requestId: ID, headers: { ...page.headers, "content-security-policy": policy } }, 200);
  expect(page.body).toContain(`<h1>${title}</h1>`);
  expect(page.body).toContain("<base target=_top>");
  expect(page.body).not.toContain("secret-of-a-query</");
  expect(await environment.logLines(page)).toEqual([
    expect.objectContaining({ endpoint: "refused", outcome: "shown" }),
  ]);
});

test.each([
  ["an unknown code", `why=x&id=${ID}`],
  ["a name of every object", `why=constructor&id=${ID}`],
  ["no code", `id=${ID}`],
  ["no request", "why=role"],
  ["a request ID that is none", `why=role&id=${encodeURIComponent("<b>x</b>")}`],
  ["a request ID that is long", `why=role&id=${"x".repeat(129)}`],
])("%s is refused, in the frame and alone", async (_name, query) => {
  const page = await refused(environment.browser(), query);
  expect(page.status).toBe(400);
  expect(page.headers["content-type"]).toEqual(["text/html; charset=utf-8"]);
  expect(page.headers["content-security-policy"]!.join()).toContain("frame-ancestors 'self'");
  expectProblem(await environment.browser().fetch(`/_gate/refused?${query}`), 400);
});

test("another site can frame nothing", async () => {
  const page = await refused(environment.browser(), "why=x", { "Sec-Fetch-Site": "cross-site" });
  expectProblem(page, 400);
});

describe("a missing role", () => {
  test("says who is signed in and where, and offers another account or another look, back to the same place", async () => {
    const browser = await signedIn("other", { sub: "ada", email: "o'neil&co@example.com", email_verified: true });
    const page = await refused(browser, `why=role&id=${ID}&to=${TO}`);
    expect(page.body).toContain("<strong>o&#39;neil&amp;co@example.com</strong><small>Provider other</small>");
    expect(links(page)).toMatchObject({
      "Switch account": `/_gate/login?return_to=${TO}&choose&another`,
      "Check again": `/_gate/login?return_to=${TO}`,
    });
    const choice = await browser.navigate(links(page)["Switch account"]!, {
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    expect(links(choice)["Provider main"]).toBe(`/_gate/login?return_to=${TO}&idp=main&another`);
  });

  test("names an account without an address by its ID", async () => {
    const browser = await signedIn("main", { sub: "no-address" });
    const page = await refused(browser, `why=role&id=${ID}&to=${TO}`);
    expect(page.body).toContain(`<strong>${environment.uid("no-address")}</strong>`);
  });

  test("a role that was granted meanwhile is there after another look", async () => {
    const browser = await signedIn("main", { sub: "alice", email: "alice@example.com" });
    const renewed = await browser.navigate(`/_gate/login?return_to=${TO}`, {
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    expect(renewed.headers["location"]).toEqual([decodeURIComponent(TO)]);
    expect(await environment.logLines(renewed)).toEqual([expect.objectContaining({ outcome: "renewed" })]);
  });

  test.each([
    ["without a session", undefined],
    ["with a forged session", "2k1.xxxx"],
  ])("says nothing about anybody %s", async (_name, cookie) => {
    const headers: Record<string, string> = cookie === undefined ? {} : { Cookie: `__Host-gate=${cookie}` };
    const page = await refused(environment.browser(), `why=role&id=${ID}&to=${TO}`, headers);
    expect(page.body).not.toContain("You are signed in as");
  });

  test.each(["//evil.example", "https://evil.example", "/_gate/logout", "/\\evil.example", "javascript:alert(1)"])(
    "leads nowhere else: %s",
    async (to) => {
      const page = await refused(environment.browser(), `why=role&id=${ID}&to=${encodeURIComponent(to)}`);
      expect(links(page)["Check again"]).toBe("/_gate/login?return_to=%2F");
    },
  );
});

describe("a missing role that people may know", () => {
  const REQUEST_URL = "https://tickets.example.com/new?for={user}&role={role}&page={path}&id={reference}";
  const USER = { sub: "mia", email: "o'neil&co@example.com", roles: ["staff"] };
  let own: AuthEnvironment;
  let browser: Browser;

  async function start(accessDenied: AuthEnvironment["settings"]["accessDenied"]): Promise<void> {
    own = await startAuth({
      settings: { accessDenied },
      idp: { roles: { grant: ["staff", "editor", "Domain Admins"] } },
    });
    own.idp.user = USER;
    browser = own.browser();
    await browser.signIn();
  }
  afterEach(() => own.close());

  const denied = (need: string) => refused(browser, `why=role&id=${ID}&to=${TO}&need=${encodeURIComponent(need)}`);
  /** The choices, as people read them. */
  const choices = ({ body }: EdgeResponse) =>
    [...body.matchAll(/<li><strong>([^<]+)<\/strong>/g)].map(([, name]) => name);

  test("is named, unless it may not be known or the visitor has it", async () => {
    await start({ tellRoles: ["editor", "staff", "Domain Admins"] });
    const cases: [need: string, expected: string[]][] = [
      ["editor", ["editor"]],
      ["secret", []],
      ["editor!secret!Domain%20Admins", ["editor", "Domain Admins"]],
      ["main=editor", ["editor"]],
      ["other=editor", []],
      ["staff", []],
      ["&all=editor!staff!Domain%20Admins", ["editor and Domain Admins"]],
      ["&all=editor!secret", []],
      ["&any=editor!secret&all=Domain%20Admins|&own=2|&any=editor", ["Domain Admins and editor", "editor"]],
      ["+", []],
      ["^", []],
      ["&any", []],
      ["%zz", []],
      ["<b>editor</b>", []],
      ["constructor!__proto__", []],
      ["", []],
    ];
    for (const [need, expected] of cases) expect([need, choices(await denied(need))]).toEqual([need, expected]);
    expect((await denied("secret")).body).not.toContain("secret<");
  });

  test("is asked for where the config says, with the visitor, the role and the path", async () => {
    await start({ tellRoles: ["Domain Admins", "editor"], requestUrl: REQUEST_URL });
    const page = await denied("Domain%20Admins!editor");
    const [first, second] = [
      ...page.body.matchAll(/<li>.*?href="([^"]+)" target=_blank rel=noopener>Request access</g),
    ].map(([, href]) => new URL(href!.replaceAll("&amp;", "&").replaceAll("&#39;", "'")));
    expect(first!.origin + first!.pathname).toBe("https://tickets.example.com/new");
    expect(Object.fromEntries(first!.searchParams)).toEqual({
      for: USER.email,
      role: "Domain Admins",
      page: "/admin/report",
      id: ID,
    });
    expect(second!.searchParams.get("role")).toBe("editor");
    expect(page.body).not.toContain("secret-of-a-query</");
  });

  test("may stay unknown while people ask for access", async () => {
    await start({ requestUrl: "https://tickets.example.com/new?for={user}" });
    const page = await denied("editor");
    expect(choices(page)).toEqual([]);
    expect(links(page)["Request access"]).toBe(
      `https://tickets.example.com/new?for=${encodeURIComponent(USER.email).replace("'", "&#39;")}`,
    );
  });

  test("is told to nobody who is not signed in", async () => {
    await start({ tellRoles: ["editor"], requestUrl: REQUEST_URL });
    browser = own.browser();
    const page = await denied("editor");
    expect(page.body).not.toContain("editor");
    expect(page.body).not.toContain("tickets.example.com");
  });
});

test("a form that needs a stronger sign-in asks for it in the other tab, and for nothing that no rule asks for", async () => {
  const own = await startAuth({ settings: { stepUp: { maxAges: [900] } } });
  const page = await refused(own.browser(), `why=form&id=${ID}&to=${TO}&max_age=900`);
  expect(page.body).toContain("This page needs a more recent or a stronger sign-in.");
  expect(links(page)["Sign in in a new tab"]).toBe("/_gate/login?return_to=%2F_gate%2Fsigned-in&max_age=900");
  expect((await refused(own.browser(), `why=form&id=${ID}&to=${TO}&max_age=60`)).status).toBe(400);
  await own.close();
});

test("a form: signing in happens in another tab, and ends with a page that says to go back", async () => {
  const browser = environment.browser();
  const page = await refused(browser, `why=form&id=${ID}&to=${TO}`);
  expect(page.body).toContain("target=_blank rel=noopener");
  const { "Sign in in a new tab": href } = links(page);
  environment.idp.user = { sub: "alice" };
  const login = await browser.navigate(`${href}&idp=main`);
  const { headers } = await browser.navigate(browser.approve(login.headers["location"]![0]!));
  expect(headers["location"]).toEqual(["/_gate/signed-in"]);
  const end = await browser.navigate("/_gate/signed-in");
  expectPage(end, 200);
  expect(end.body).toContain("<h1>You are signed in</h1>");
});

describe("help", () => {
  test("is a mail that says which request it is about, and keeps the query to itself", async () => {
    const page = await refused(environment.browser(), `why=role&id=${ID}&to=${TO}`);
    const mail = new URL(links(page)["Get help"]!);
    expect(mail.protocol + mail.pathname).toBe("mailto:help@example.com");
    expect(mail.searchParams.get("subject")).toBe("Help with Example");
    expect(mail.searchParams.get("body")).toMatch(
      new RegExp(`\r\nRequest ID: ${ID}\r\nAddress: https://app\\.example\\.com/admin/report$`),
    );
    // A plus sign is no space in a mail (RFC 6068 section 5).
    expect(mail.search).not.toContain("+");
  });

  test("is at a failure of sign-in, too, without the code in its address", async () => {
    const page = await environment.browser().navigate("/_gate/callback/main?code=secret-code&state=abcdefghijkl");
    const mail = new URL(links(page)["Get help"]!);
    expect(mail.searchParams.get("body")).toMatch(
      new RegExp(`\r\nRequest ID: ${page.requestId}\r\nAddress: https://app\\.example\\.com/_gate/callback/main$`),
    );
  });
});

describe("languages", () => {
  test.each([
    ["de-AT,de;q=0.9,en;q=0.5", "de", "Zugriff verweigert"],
    ["fr", "fr", "Accès refusé"],
    ["it,es;q=0.8,en;q=0.7", "es", "Acceso denegado"],
    ["nl", "en", "Access denied"],
  ])("%s gets %s", async (accepted, language, title) => {
    const page = await refused(environment.browser(), `why=role&id=${ID}`, { "Accept-Language": accepted });
    expect(page.body).toContain(`<html lang="${language}">`);
    expect(page.body).toContain(`<h1>${title}</h1>`);
    expect(page.headers["content-language"]).toEqual([language]);
  });

  test("programs get English", async () => {
    const response = await environment.browser().fetch("/_gate/me", { headers: { "Accept-Language": "de" } });
    expect(JSON.parse(response.body)).toMatchObject({ title: "You are not signed in" });
  });
});
