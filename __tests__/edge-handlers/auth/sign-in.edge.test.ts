/** From the first click to the session: what the identity provider is asked, and what a browser keeps. */
import { randomBytes } from "node:crypto";
import type { ClientAuthentication } from "../../../session/client-authentication";
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { clientSecretName } from "../../../session/settings";
import { expectNoSession, expectPage, setCookie, setCookies } from "../../support/answers";
import { HOST, startAuth, withAuth, type AuthEnvironment, type AuthOptions } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ withOtherIdp: true });
});
afterAll(() => environment.close());

const login = (query = "idp=main") => `/_gate/login?${query}`;
const flowCookies = ({ jar }: Browser) => jar.names().filter((name) => name.startsWith(FLOW_COOKIE_PREFIX));

/** The start of a flow with the identity provider `main`. */
async function start(browser: Browser, returnTo = "/", idp = "main"): Promise<string> {
  const response = await browser.navigate(login(`idp=${idp}&return_to=${encodeURIComponent(returnTo)}`));
  expect(response.status).toBe(302);
  return response.headers["location"]![0]!;
}

async function signIn(browser: Browser, returnTo = "/") {
  return browser.navigate(browser.approve(await start(browser, returnTo)));
}

describe("a sign-in", () => {
  test("begins with one flow cookie and the authorization request", async () => {
    const browser = environment.browser();
    const response = await browser.navigate(login("idp=main&return_to=%2Fa"));
    const [flow, ...others] = setCookies(response).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX));
    const location = new URL(response.headers["location"]![0]!);
    expect(others).toEqual([]);
    expect(flow).toMatchObject({
      name: FLOW_COOKIE_PREFIX + location.searchParams.get("state")!.slice(0, 8),
      attributes: { path: "/", secure: "", httponly: "", samesite: "Lax", "max-age": "1800" },
    });
    expect(location.searchParams.get("redirect_uri")).toBe(`https://${HOST}/_gate/callback/main`);
    expect(location.searchParams.get("scope")).toBe("openid profile email offline_access");
    expect(response.headers["referrer-policy"]).toEqual(["no-referrer"]);
    expect(response.body).toBe("");
    expectNoSession(response);
  });

  test("may take half an hour", async () => {
    const browser = environment.browser();
    const begun = await browser.navigate(login("idp=main&return_to=%2Fpage"));
    const callback = browser.approve(begun.headers["location"]![0]!);
    environment.clock.advance(1_790);
    expect((await browser.navigate(callback)).headers["location"]).toEqual(["/page"]);
  });

  test("never uses a state, nonce or challenge twice", async () => {
    const locations = await Promise.all(Array.from({ length: 20 }, () => start(environment.browser())));
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(new Set(locations.map((location) => new URL(location).searchParams.get(name))).size).toBe(20);
    }
  });

  test("comes back to the host where it began", async () => {
    const response = await environment.browser().navigate(login(), { host: "www.example.com" });
    expect(new URL(response.headers["location"]![0]!).searchParams.get("redirect_uri")).toBe(
      "https://www.example.com/_gate/callback/main",
    );
  });

  test("ends with session and refresh cookie, and without the flow cookie", async () => {
    const browser = environment.browser();
    const response = await signIn(browser, "/deep/link?x=1&y=%20");
    expect(response).toMatchObject({
      status: 302,
      headers: { location: ["/deep/link?x=1&y=%20"], "referrer-policy": ["no-referrer"] },
    });
    expect(setCookie(response, SESSION_COOKIE)?.attributes).toEqual({
      path: "/",
      secure: "",
      httponly: "",
      samesite: "Lax",
      "max-age": "28800",
    });
    expect(setCookie(response, REFRESH_COOKIE)?.attributes).toEqual({
      path: "/_gate",
      secure: "",
      httponly: "",
      samesite: "Lax",
      "max-age": "3600",
    });
    expect(flowCookies(browser)).toEqual([]);
    // A compact JWE: direct encryption has an empty second part (RFC 7516 section 7.1).
    expect(setCookie(response, REFRESH_COOKIE)?.value).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(
      JSON.parse(Buffer.from(setCookie(response, REFRESH_COOKIE)!.value.split(".")[0]!, "base64url").toString()),
    ).toMatchObject({ alg: "dir", enc: "A256GCM", kid: "k1" });
  });

  test("gives a token that the gate believes", async () => {
    environment.idp.user = {
      sub: "alice",
      email: "alice@example.com",
      roles: ["staff", "unmentioned", "admin"],
      department: "R&D ~ Zürich",
      other: "x",
      acr: "urn:mfa",
    };
    const response = await signIn(environment.browser());
    const token = setCookie(response, SESSION_COOKIE)?.value;
    const session = environment.readToken(token);
    const now = environment.clock.now();
    expect(session).toMatchObject({
      idp: "main",
      email: "alice@example.com",
      strength: "urn:mfa",
      claims: { department: ["R&D ~ Zürich"] },
    });
    expect([...session.roles].sort()).toEqual(["admin", "staff"]);
    expect(session.sid).toMatch(/^[\w-]{16}$/);
    expect(session.uid).toBe(environment.uid("alice"));
    expect(Math.abs(session.issuedAt - now)).toBeLessThanOrEqual(2);
    expect(session.expiresAt - session.issuedAt).toBe(900);
    expect(session.issuedAt - session.authTime).toBeLessThanOrEqual(7);
    expect(session.issuedAt - session.authTime).toBeGreaterThanOrEqual(4);
    expect(token!.length).toBeLessThanOrEqual(400);
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ uid: session.uid, sid: session.sid, idp: "main" }),
    ]);
  });

  test("gives each user a uid and each session a sid of its own", async () => {
    const sessions = [];
    for (const sub of ["alice", "alice", "bob"]) {
      environment.idp.user = { sub, email: `${sub}@example.com` };
      sessions.push(environment.readToken(setCookie(await signIn(environment.browser()), SESSION_COOKIE)?.value));
    }
    expect(new Set(sessions.map(({ sid }) => sid)).size).toBe(3);
    expect(sessions[0]!.uid).toBe(sessions[1]!.uid);
    expect(sessions[0]!.uid).not.toBe(sessions[2]!.uid);
  });

  test("says of no time that it is the authentication's where the identity provider does not tell", async () => {
    environment.idp.tampering = { claims: (claims) => delete claims["auth_time"] };
    const session = environment.readToken(setCookie(await signIn(environment.browser()), SESSION_COOKIE)?.value);
    environment.idp.tampering = {};
    expect(session.authTime).toBe(0);
  });

  test("without a refresh token gives no refresh cookie", async () => {
    environment.idp.issuesRefreshTokens = false;
    const response = await signIn(environment.browser());
    environment.idp.issuesRefreshTokens = true;
    expect(setCookie(response, SESSION_COOKIE)?.value).toBeTruthy();
    expect(setCookie(response, REFRESH_COOKIE)?.value ?? "").toBe("");
  });

  test("with a refresh token that no cookie can hold gives a page", async () => {
    environment.idp.refreshTokenBytes = 3000;
    const response = await signIn(environment.browser());
    environment.idp.refreshTokenBytes = 48;
    expectPage(response, response.status);
    expect(response.body).toContain("<h1>Session problem</h1>");
    expectNoSession(response);
  });

  test("works with a refresh token of 2,500 characters", async () => {
    environment.idp.refreshTokenBytes = 1875;
    const response = await signIn(environment.browser());
    environment.idp.refreshTokenBytes = 48;
    expect(setCookie(response, REFRESH_COOKIE)?.value).toBeTruthy();
  });

  test("by HEAD is one by GET without a body", async () => {
    const response = await environment.browser().navigate(login(), { method: "HEAD" });
    expect(response).toMatchObject({ status: 302, body: "" });
  });
});

describe("choosing an identity provider", () => {
  test("is asked of the user where there are several", async () => {
    const response = await environment.browser().navigate("/_gate/login?return_to=%2Fa%3Fb%26c%22%3E%3Cscript");
    expectPage(response, 200);
    expect(response.body).toContain("Provider main");
    const links = [...response.body.matchAll(/href="(\/_gate\/login\?[^"]+)"/g)].map(
      ([, href]) => new URLSearchParams(href!.replaceAll("&amp;", "&").split("?")[1]),
    );
    expect(links.map((link) => [link.get("idp"), link.get("return_to")])).toEqual(
      [
        ["main", '/a?b&c"><script'],
        ["other", '/a?b&c"><script'],
      ].map(([idp]) => [idp, expect.stringMatching(/^\//)]),
    );
  });

  test.each(["unknown", "__proto__", "constructor", "", "main%00", "../main"])("idp=%s starts nothing", async (idp) => {
    const response = await environment.browser().navigate(login(`idp=${idp}`));
    expect(response.status).not.toBe(302);
    expectPage(response, response.status);
    expect(setCookies(response).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
  });
});

describe("several tabs", () => {
  test("finish in any order, each at its own page", async () => {
    const browser = environment.browser();
    const first = browser.approve(await start(browser, "/first"));
    const second = browser.approve(await start(browser, "/second"));
    expect((await browser.navigate(second)).headers["location"]).toEqual(["/second"]);
    expect((await browser.navigate(first)).headers["location"]).toEqual(["/first"]);
  });

  test("five flows are active at a time, the sixth drops the oldest", async () => {
    const browser = environment.browser();
    const callbacks: string[] = [];
    for (let tab = 0; tab < 6; tab++) {
      callbacks.push(browser.approve(await start(browser, `/tab-${tab}`)));
      environment.clock.advance(31);
    }
    expect(flowCookies(browser)).toHaveLength(5);
    const oldest = await browser.navigate(callbacks[0]!);
    expectPage(oldest, 400);
    expectNoSession(oldest);
    for (const [tab, callback] of [...callbacks.entries()].slice(1)) {
      expect((await browser.navigate(callback)).headers["location"]).toEqual([`/tab-${tab}`]);
    }
  });
});

describe("the cookies of sign-ins under way leave room for others within the 10,240 bytes that the web ACL accepts", () => {
  const sizeOf = (browser: Browser) =>
    flowCookies(browser)
      .map((name) => name.length + browser.jar.get(name)!.length)
      .reduce((sum, size) => sum + size, 0);
  /** As long as may be, and nothing makes it shorter. */
  const longPath = (name: string) => `/${name}${randomBytes(1_536).toString("base64url").slice(0, 2_000)}`;
  /** Characters: with a session and its refresh cookie, which can have 3,900, still less than 10,240. */
  const ROOM = 4_000;

  test("an ordinary one has less than 480 characters", async () => {
    const browser = environment.browser();
    await start(browser, "/handbook/chapter-1?section=2");
    expect(sizeOf(browser)).toBeLessThan(480);
  });

  test("with return paths as long as may be, the oldest sign-ins are dropped earlier", async () => {
    const browser = environment.browser();
    const paths = Array.from({ length: 3 }, (_, tab) => longPath(String(tab)));
    const callbacks: string[] = [];
    for (const path of paths) {
      callbacks.push(browser.approve(await start(browser, path)));
      expect(sizeOf(browser)).toBeLessThanOrEqual(ROOM);
      environment.clock.advance(1);
    }
    expectPage(await browser.navigate(callbacks[0]!), 400);
    expect((await browser.navigate(callbacks[2]!)).headers["location"]).toEqual([paths[2]]);
  });

  test("what repeats itself in a return path takes no room", async () => {
    const browser = environment.browser();
    const path = `/dashboard?${Array.from({ length: 60 }, (_, i) => `panel[${i}].visible=true`).join("&")}`;
    const callback = browser.approve(await start(browser, path));
    expect(sizeOf(browser)).toBeLessThan(1_000);
    expect((await browser.navigate(callback)).headers["location"]).toEqual([path]);
  });

  test("those that began at the same time, unaware of each other, are dropped when the first one ends", async () => {
    const browser = environment.browser();
    const locations = await Promise.all(Array.from({ length: 4 }, (_, tab) => start(browser, longPath(String(tab)))));
    expect(flowCookies(browser)).toHaveLength(4);
    const response = await browser.navigate(browser.approve(locations[0]!));
    expect(setCookie(response, SESSION_COOKIE)).toBeDefined();
    expect(sizeOf(browser)).toBeLessThanOrEqual(ROOM);
    expect(flowCookies(browser)).toHaveLength(1);
  });

  test("with ordinary ones five live", async () => {
    const browser = environment.browser();
    for (let tab = 0; tab < 5; tab++) await start(browser, `/handbook/chapter-${tab}?${"q".repeat(300)}`);
    expect(flowCookies(browser)).toHaveLength(5);
  });
});

test("concurrent sign-ins never get each other's cookies or pages", async () => {
  const users = Array.from({ length: 12 }, (_, number) => `user-${number}`);
  const callbacks = [];
  for (const sub of users) {
    const browser = environment.browser();
    environment.idp.user = { sub, email: `${sub}@example.com` };
    callbacks.push({ browser, callback: browser.approve(await start(browser, `/of/${sub}`)) });
  }
  const responses = await Promise.all(callbacks.map(({ browser, callback }) => browser.navigate(callback)));
  expect(responses.map(({ headers }) => headers["location"]?.[0])).toEqual(users.map((sub) => `/of/${sub}`));
  const sessions = responses.map((response) => environment.readToken(setCookie(response, SESSION_COOKIE)?.value));
  expect(sessions.map(({ uid, email }) => [uid, email])).toEqual(
    users.map((sub) => [environment.uid(sub), `${sub}@example.com`]),
  );
});

test.each<ClientAuthentication>(["client_secret_basic", "client_secret_post"])(
  "the client authenticates by %s",
  async (clientAuthentication) => {
    await withAuth({ emulator: { clientAuthentication } }, async (own) => {
      const browser = own.browser();
      expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
      own.clock.advance(901);
      expect((await browser.navigate("/_gate/login?return_to=%2Fb")).headers["location"]).toEqual(["/b"]);
    });
  },
);

test.each(["\n", "\r\n"])(
  "a client secret that was put from a file ends before the file's last line break (%j)",
  async (lineBreak) => {
    const prepare: AuthOptions["prepare"] = ({ aws, settings }) => {
      const name = clientSecretName(settings.aws, "main");
      aws.secrets.set(name, aws.secrets.get(name)! + lineBreak);
    };
    await withAuth({ emulator: { clientAuthentication: "client_secret_basic" }, prepare }, async (own) => {
      expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
    });
  },
);

test.each(["/tenant/v2.0", "/", "/tenant/"])("an issuer may have the path %s", async (path) => {
  await withAuth({ emulator: { path } }, async (own) => {
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
  });
});

test("requests share connections", async () => {
  await withAuth({}, async (own) => {
    own.idp.userinfoOnly = ["roles"];
    for (const path of ["/a", "/b", "/c"])
      expect((await own.browser().signIn(path)).headers["location"]).toEqual([path]);
    // Two of each: that is how many are asked at a time.
    expect(await own.idp.connections()).toBeLessThanOrEqual(2);
    expect(await own.aws.connections()).toBeLessThanOrEqual(3);
  });
});

test("a replica in another region finds its settings", async () => {
  await withAuth({ functionNamePrefix: "us-east-1." }, async (own) => {
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
  });
});
