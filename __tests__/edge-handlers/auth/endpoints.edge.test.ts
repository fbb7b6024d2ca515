/** The closed list of endpoints below the base path, and who may ask for what. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, RETURN_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, expectProblem, setCookie, setCookies } from "../../support/answers";
import { HOST, startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());

describe("client.js", () => {
  const get = (place: AuthEnvironment, method = "GET", path = "/_gate/client.js") =>
    place.invoke({ url: path, method, headers: { Accept: "*/*" } });

  test("is an ES module that anybody may keep for a day", async () => {
    const response = await get(environment);
    expect(response).toMatchObject({
      status: 200,
      headers: {
        "content-type": ["text/javascript; charset=utf-8"],
        "cache-control": ["public, max-age=86400"],
        "x-content-type-options": ["nosniff"],
      },
    });
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(response.body).toContain("basePath:");
    expect(response.body.match(/"\/_gate"/g)).toHaveLength(1);
    expect((await get(environment, "HEAD")).body).toBe("");
    expect((await get(environment, "POST")).status).toBe(405);
  });

  test("knows the base path", () =>
    withAuth({ settings: { basePath: "/account" } }, async (place) => {
      const { status, body } = await get(place, "GET", "/account/client.js");
      expect(status).toBe(200);
      expect(body).toContain('"/account"');
      expect(body).not.toContain("/_gate");
    }));
});

describe("me", () => {
  test("tells a script who is signed in", async () => {
    environment.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"], department: "R&D" };
    const browser = environment.browser();
    await browser.signIn();
    const session = environment.readToken(browser.jar.get(SESSION_COOKIE));
    const response = await browser.fetch("/_gate/me");
    expect(response).toMatchObject({ status: 200, headers: { "content-type": ["application/json"] } });
    expect(JSON.parse(response.body)).toEqual({
      user: session.uid,
      email: "alice@example.com",
      roles: ["staff"],
      claims: { department: ["R&D"] },
      session: session.sid,
      idp: "main",
      signed_in_at: session.issuedAt,
      expires_at: session.expiresAt,
      renew_in: expect.any(Number) as unknown,
    });
    const { renew_in: renewIn } = JSON.parse(response.body) as { renew_in: number };
    expect(Math.abs(renewIn - 840)).toBeLessThanOrEqual(5);
  });

  const STRANGERS: [string, (token: string) => string | string[]][] = [
    ["without a session", () => ""],
    [
      "after the end of the token",
      () => `${SESSION_COOKIE}=${environment.mint({ expiresAt: environment.clock.now() - 1 })}`,
    ],
    [
      "with a changed MAC",
      (token) => `${SESSION_COOKIE}=${token.slice(0, -43)}${(token.at(-43) === "A" ? "B" : "A") + token.slice(-42)}`,
    ],
    ["with two sessions", (token) => `${SESSION_COOKIE}=${token}; ${SESSION_COOKIE}=${token}`],
    ["with two sessions in two headers", (token) => [`${SESSION_COOKIE}=${token}`, `${SESSION_COOKIE}=${token}`]],
    ["with a session under another name", (token) => `${SESSION_COOKIE}-x=${token}`],
    ["with a session under a name in capitals", (token) => `${SESSION_COOKIE.toUpperCase()}=${token}`],
    ["with a quoted session", (token) => `${SESSION_COOKIE}="${token}"`],
  ];
  test.each(STRANGERS)("is a 401 %s", async (_name, cookie) => {
    const response = await environment.invoke({
      url: "/_gate/me",
      headers: { Accept: "application/json", Cookie: cookie(environment.mint({})) },
    });
    expectProblem(response, 401);
    expect(response.body).not.toContain(environment.uid("alice"));
  });

  test("reads a session among other cookies, in several headers", async () => {
    const Cookie = ["a=b; c", "", `x=${"y".repeat(3000)};${SESSION_COOKIE}=${environment.mint({})};=;z=`, "; ;"];
    expect((await environment.invoke({ url: "/_gate/me", headers: { Accept: "*/*", Cookie } })).status).toBe(200);
  });
});

describe("logout", () => {
  const signedIn = async () => {
    const browser = environment.browser();
    // A second tab that got no further than the identity provider.
    await browser.startSignIn();
    await browser.signIn();
    return browser;
  };

  test.each(["GET", "POST"])("by %s forgets every cookie and goes on to the identity provider", async (method) => {
    const browser = await signedIn();
    const response = await browser.navigate("/_gate/logout", { method, headers: { "Sec-Fetch-Site": "same-origin" } });
    expect([302, 303]).toContain(response.status);
    const location = new URL(response.headers["location"]![0]!);
    expect(location.origin + location.pathname).toBe(`${environment.idp.issuer}/end-session`);
    // https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
    expect([...location.searchParams]).toEqual([
      ["client_id", environment.idp.clientId],
      ["post_logout_redirect_uri", `https://${HOST}/_gate/signed-out`],
      // So that the provider need not ask.
      ["id_token_hint", expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)],
    ]);
    expect(environment.idp.secretsSeen).toContain(location.searchParams.get("id_token_hint"));
    expect(
      browser.jar
        .names()
        .filter((name) => name === SESSION_COOKIE || name === REFRESH_COOKIE || name.startsWith(FLOW_COOKIE_PREFIX)),
    ).toEqual([]);
  });

  test("with ?local stays on this site", async () => {
    const browser = await signedIn();
    const response = await browser.navigate("/_gate/logout?local");
    expect(response.headers["location"]).toEqual(["/_gate/signed-out"]);
    expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
    expect(browser.jar.get(REFRESH_COOKIE)).toBeUndefined();
    expectPage(await browser.navigate("/_gate/signed-out"), 200);
  });

  test.each(["error", "reset", "garbage"] as const)(
    "gives no hint while the token endpoint is in trouble (%s), and still revokes",
    async (outage) => {
      const browser = await signedIn();
      const before = environment.idp.revoked.length;
      environment.idp.outages.set("token", outage);
      const response = await browser.navigate("/_gate/logout");
      environment.idp.outages.clear();
      expect(new URL(response.headers["location"]![0]!).searchParams.has("id_token_hint")).toBe(false);
      expect(environment.idp.revoked.length).toBe(before + 1);
      expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
    },
  );

  test("with ?local asks the provider for nothing: revoking a refresh token would end the session there", async () => {
    const browser = await signedIn();
    const before = environment.idp.requests.length;
    await browser.navigate("/_gate/logout?local");
    expect(environment.idp.requests.slice(before)).toEqual([]);
  });

  describe("and in again", () => {
    const from = (referer: string) => ({ headers: { Referer: referer, "Sec-Fetch-Site": "same-origin" } });
    const wayBack = async (browser: Browser) => {
      const { body } = await browser.navigate("/_gate/signed-out");
      return /href="([^"]+)">Sign in again/.exec(body)?.[1]?.replaceAll("&amp;", "&");
    };

    test.each(["/_gate/logout", "/_gate/logout?local"])("by %s leads back to the page", async (logout) => {
      const browser = await signedIn();
      await browser.navigate(logout, from(`https://${HOST}/admin/x?y=1&z`));
      const way = await wayBack(browser);
      expect(way).toBe("/_gate/login?return_to=%2Fadmin%2Fx%3Fy%3D1%26z");
      const target = (await browser.navigate(way!)).headers["location"]![0]!;
      expect((await browser.navigate(browser.approve(target))).headers["location"]).toEqual(["/admin/x?y=1&z"]);
    });

    test.each<[string, string]>([
      ["of another site", "https://evil.example/admin"],
      ["of another site that sends the name of this one", `https://${HOST}.evil.example/admin`],
      ["of another port", `https://${HOST}:8443/admin`],
      ["without TLS", `http://${HOST}/admin`],
      ["of the gateway itself", `https://${HOST}/_gate/logout`],
      ["that can be read in two ways", `https://${HOST}//evil.example/`],
      ["that is none", "admin"],
      ["that is long", `https://${HOST}/${"x".repeat(3000)}`],
      ["whose cookie would be long", `https://${HOST}/${"x/".repeat(500)}`],
    ])("does not lead to a page %s", async (_name, referer) => {
      const browser = await signedIn();
      await browser.navigate("/_gate/logout", from(referer));
      expect(await wayBack(browser)).toBe("/_gate/login?return_to=%2F");
    });

    test("leads nowhere that an earlier sign-out came from", async () => {
      const browser = await signedIn();
      await browser.navigate("/_gate/logout", from(`https://${HOST}/secret/plan`));
      await browser.signIn();
      await browser.fetch("/_gate/logout", { method: "POST" });
      expect(await wayBack(browser)).toBe("/_gate/login?return_to=%2F");
    });

    test("leads back for thirty minutes, and nowhere that a forged cookie says", async () => {
      const browser = await signedIn();
      const response = await browser.navigate("/_gate/logout", from(`https://${HOST}/a`));
      expect(setCookie(response, RETURN_COOKIE)?.attributes).toMatchObject({ "max-age": "1800", path: "/" });
      for (const value of ["//evil.example", "%2F%2Fevil.example", "https://evil.example", "%", "/_gate/logout"]) {
        browser.jar.plant(RETURN_COOKIE, value);
        expect(await wayBack(browser)).toBe("/_gate/login?return_to=%2F");
      }
    });
  });

  test("revokes the latest refresh token at the identity provider", async () => {
    const browser = await signedIn();
    const before = environment.idp.revoked.length;
    await browser.navigate("/_gate/logout");
    expect(environment.idp.revoked.slice(before)).toEqual([expect.stringMatching(/^[\w-]{64}$/)]);
    expect(environment.idp.secretsSeen).toContain(environment.idp.revoked.at(-1));
  });

  test.each(["error", "reset", "garbage"] as const)("works while revocation is in trouble (%s)", async (outage) => {
    const browser = await signedIn();
    environment.idp.outages.set("revocation", outage);
    const response = await browser.navigate("/_gate/logout");
    environment.idp.outages.clear();
    expect([302, 303]).toContain(response.status);
    expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
  });

  test.each([
    ["GET", "cross-site"],
    ["POST", "cross-site"],
    ["GET", "same-site"],
    ["POST", "same-site"],
  ])("by %s from another site asks first (%s)", async (method, site) => {
    const browser = await signedIn();
    const before = browser.jar.names();
    const response = await browser.navigate("/_gate/logout", { method, headers: { "Sec-Fetch-Site": site } });
    expect(response.headers["location"]).toBeUndefined();
    expectPage(response, response.status);
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(browser.jar.names()).toEqual(before);
    const way = /<a class="b" href="([^"]+)">Sign out<\/a>/.exec(response.body)?.[1];
    const signedOut = await browser.navigate(way!, { headers: { "Sec-Fetch-Site": "same-origin" } });
    expect(signedOut.headers["location"]).toEqual([expect.stringContaining(`${environment.idp.issuer}/end-session?`)]);
    expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
  });

  const NOT_ASKED_BY_ANYONE: [string, Record<string, string>][] = [
    ["an image in a page", { Accept: "image/*", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }],
    ["a frame in a page", { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" }],
    ["a prefetch", { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Purpose": "prefetch" }],
    ["a navigation that is only prefetched", { "Sec-Purpose": "prefetch" }],
    ["a navigation that is only prerendered", { "Sec-Purpose": "prefetch;prerender" }],
  ];
  test.each(NOT_ASKED_BY_ANYONE)("by %s of the site asks first", async (_name, headers) => {
    const browser = await signedIn();
    const response = await browser.navigate("/_gate/logout", {
      headers: { "Sec-Fetch-Site": "same-origin", ...headers },
    });
    expectPage(response, 200);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("by a script of the site takes a POST", async () => {
    const browser = await signedIn();
    expect((await browser.fetch("/_gate/logout?local", { method: "POST" })).headers["location"]).toEqual([
      "/_gate/signed-out",
    ]);
    expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
  });

  test("without a session ends at the page that says so", async () => {
    const response = await environment.browser().navigate("/_gate/logout");
    expect([302, 303]).toContain(response.status);
    expectNoSession(response);
  });

  test("after it, neither cookie that someone kept renews the session at a provider that revokes", async () => {
    const browser = await signedIn();
    const kept = browser.copy();
    await browser.navigate("/_gate/logout");
    expectProblem(await kept.fetch("/_gate/refresh", { method: "POST" }), 401);
  });

  test("signed-out offers a way back in", async () => {
    const response = await environment.browser().navigate("/_gate/signed-out?state=x");
    expectPage(response, 200);
    expect(response.body).toMatch(/<a class="b" href="\/[^"]*">Sign in again<\/a>/);
  });
});

describe("everything else below the base path", () => {
  const UNKNOWN = [
    "/_gate",
    "/_gate/",
    "/_gate/x",
    "/_gate/login/",
    "/_gate/login/x",
    "/_gate//login",
    "/_gate/LOGIN",
    "/_gate/me/",
    "/_gate/me.json",
    "/_gate/callback",
    "/_gate/callback/",
    "/_gate/callback/unknown",
    "/_gate/callback/main/",
    "/_gate/callback/main/x",
    "/_gate/callback/__proto__",
    "/_gate/callback/constructor",
    "/_gate/constructor",
    "/_gate/__proto__",
    "/_gate/toString",
    "/_gate/hasOwnProperty",
    "/_gate/%6cogin",
    "/_gate/./login",
    "/_gate/../login",
    "/_gate/callback%2fmain",
    "/_gate/<script>alert(1)</script>",
    "/_gatex/login",
    "/login",
    "/",
    "/_GATE/login",
    "/_gate/signed-out/",
    "/_gate/jwks",
    "/_gate/jwks.json/",
  ];
  test.each(UNKNOWN)("%s is a 404", async (url) => {
    const page = await environment.browser().navigate(url);
    expectPage(page, 404);
    expect(page.headers["set-cookie"]).toBeUndefined();
    expectProblem(await environment.browser().fetch(url), 404);
  });

  const METHODS: [string, string, string[]][] = [
    ["PUT", "/_gate/login", ["GET", "HEAD", "POST"]],
    ["POST", "/_gate/callback/main", ["GET", "HEAD"]],
    ["GET", "/_gate/refresh", ["POST"]],
    ["HEAD", "/_gate/refresh", ["POST"]],
    ["DELETE", "/_gate/logout", ["GET", "HEAD", "POST"]],
    ["POST", "/_gate/me", ["GET", "HEAD"]],
    ["OPTIONS", "/_gate/me", ["GET", "HEAD"]],
    ["POST", "/_gate/signed-out", ["GET", "HEAD"]],
    ["constructor", "/_gate/me", ["GET", "HEAD"]],
  ];
  test.each(METHODS)("%s %s is a 405", async (method, url, allowed) => {
    const response = await environment.browser().fetch(url, { method });
    expect(response.status).toBe(405);
    const allow = response.headers["allow"]?.join(", ").split(/, */) ?? [];
    expect(allow).toEqual(expect.arrayContaining(allowed.filter((name) => name !== "HEAD")));
    expect(allow).not.toContain(method);
    if (method !== "HEAD") expectProblem(response, 405);
  });

  test.each(["/_gate/login?idp=main", "/_gate/me", "/_gate/signed-out", "/_gate/unknown"])(
    "HEAD %s is GET without its body",
    async (url) => {
      const [get, head] = await Promise.all(
        ["GET", "HEAD"].map((method) => environment.browser().navigate(url, { method })),
      );
      expect(head!.status).toBe(get!.status);
      expect(head!.body).toBe("");
      expect(head!.headers["content-type"]).toEqual(get!.headers["content-type"]);
    },
  );
});

describe("a request that is not meant for the gateway", () => {
  test.each([
    "evil.example",
    "APP.example.com.evil.example",
    "app.example.com:8443",
    "",
    "d111111abcdef8.cloudfront.net",
  ])("host %j is a 421", async (host) => {
    const response = await environment.browser().navigate("/_gate/login", { host });
    expectPage(response, 421);
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(environment.logs()).not.toContain("redirect_uri");
  });

  test("a body that CloudFront cut is a 413", async () => {
    const request = { url: "/_gate/login", method: "POST", body: "x".repeat(40_000), bodyTruncated: true };
    expectProblem(await environment.invoke({ ...request, headers: { Accept: "*/*" } }), 413);
    expectPage(await environment.invoke({ ...request, headers: { Accept: "text/html" } }), 413);
  });

  test("a body of 40 KB is no trouble", async () => {
    const response = await environment
      .browser()
      .navigate("/_gate/logout", { method: "POST", body: "x".repeat(40_000) });
    expect([302, 303]).toContain(response.status);
  });

  test("headers that no browser sends are no trouble", async () => {
    const headers = {
      "X-Forwarded-Host": "evil.example",
      Forwarded: "host=evil.example",
      "X-Gate-User": "admin",
      Accept: ["text/html", "*/*"],
      Cookie: "\u00e9=\u00ff; a=%; __Host-gate=é",
      "X-Odd": "\ud800",
    };
    const response = await environment.browser().navigate("/_gate/login", { headers });
    expect(response.status).toBe(302);
    expect(new URL(response.headers["location"]![0]!).searchParams.get("redirect_uri")).toBe(
      `https://${HOST}/_gate/callback/main`,
    );
  });
});

describe("a page or problem details", () => {
  const HTML = { Accept: "text/html" };
  const KINDS: [string, Record<string, string>, boolean][] = [
    ["a navigation", { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" }, true],
    ["a navigation in a frame", { ...HTML, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" }, false],
    ["a script that accepts HTML", { ...HTML, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" }, false],
    ["an image", { Accept: "image/*", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }, false],
    ["an old browser", HTML, true],
    ["a tool", { Accept: "*/*" }, false],
    ["nothing said", {}, false],
  ];
  test.each(KINDS)("for %s", async (_name, headers, page) => {
    const response = await environment.invoke({ url: "/_gate/unknown", headers });
    if (page) expectPage(response, 404);
    else expectProblem(response, 404);
  });
});

test("no response sets a cookie of another name", async () => {
  const browser = environment.browser();
  const responses = [
    await browser.navigate("/_gate/login"),
    await browser.signIn(),
    await browser.navigate("/_gate/logout"),
  ];
  const names = responses.flatMap(setCookies).map(({ name }) => name);
  expect(names.filter((name) => !/^__(Host|Secure)-gate/.test(name))).toEqual([]);
  expect(setCookie(responses[1]!, SESSION_COOKIE)).toBeDefined();
});
