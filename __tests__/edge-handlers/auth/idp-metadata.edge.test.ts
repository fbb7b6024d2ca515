/** Discovery document and key set: what is believed, how long it is kept, and what happens while they cannot be had. */
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { HOST, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { createSigningKey, signIdToken, type SigningKey } from "../../support/idp/keys";
import type { Json, Outage } from "../../support/idp/faults";
import type { IdpEmulator } from "../../support/idp/emulator";

const HOUR = 3600;

async function expectNoSignIn(environment: AuthEnvironment, statuses: number[]): Promise<void> {
  const [page, problem] = [
    await environment.browser().navigate("/_gate/login"),
    await environment.browser().fetch("/_gate/login"),
  ];
  expect(statuses).toContain(page.status);
  expectPage(page, page.status);
  expectProblem(problem, page.status);
  [page, problem].forEach(expectNoSession);
}

describe("no sign-in begins with a discovery document", () => {
  const DOCUMENTS: [string, (document: Json) => unknown][] = [
    ["of another issuer", (document) => ({ ...document, issuer: "https://evil.example" })],
    [
      "whose issuer has a trailing slash more",
      (document) => ({ ...document, issuer: `${String(document["issuer"])}/` }),
    ],
    ["without an issuer", (document) => ({ ...document, issuer: undefined })],
    ["without an authorization endpoint", (document) => ({ ...document, authorization_endpoint: undefined })],
    [
      "with an authorization endpoint over http",
      (document) => ({ ...document, authorization_endpoint: "http://localhost/authorize" }),
    ],
    [
      "with an authorization endpoint that is a script",
      (document) => ({ ...document, authorization_endpoint: "javascript:alert(1)//" }),
    ],
    [
      "with an authorization endpoint that is no URL",
      (document) => ({ ...document, authorization_endpoint: "x\r\nset-cookie: a=b" }),
    ],
    ["that is a list", (document) => [document]],
    ["that is null", () => "null"],
    ["that is cut off", () => '{"issuer":'],
  ];
  test.each(DOCUMENTS)("%s", (_name, discovery) =>
    withAuth({ prepare: ({ idp }) => (idp.tampering = { discovery }) }, (environment) =>
      expectNoSignIn(environment, [502, 503]),
    ),
  );

  test.each<Outage>(["error", "unavailable", "garbage", "redirect", "huge", "reset"])(
    "that cannot be had (%s)",
    (outage) =>
      withAuth({ prepare: ({ idp }) => void idp.outages.set("discovery", outage) }, async (environment) => {
        await expectNoSignIn(environment, [502, 503]);
        environment.idp.outages.clear();
        environment.clock.advance(61);
        expect((await environment.browser().signIn()).status).toBe(302);
      }),
  );

  test.each([
    ["realm", (issuer: string) => `${issuer}/realms/mistyped`, "HTTP_404"],
    ["host", () => "https://mistyped.invalid", "ENOTFOUND"],
  ])("of an issuer whose %s is mistyped: nobody is told that it will be over soon", (_name, mistype, detail) =>
    withAuth({}, async (environment) => {
      const { idp, settings } = environment;
      const main = { ...settings.identityProviders["main"]!, issuer: mistype(idp.issuer) };
      environment.publishSettings({ ...settings, identityProviders: { main } });
      const response = await environment.browser().navigate("/_gate/login");
      expectPage(response, 502);
      expect(response.body).toContain("not set up correctly");
      expect(response.body).not.toContain("within a minute");
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({ outcome: "idp_misconfigured", detail }),
      ]);
    }),
  );

  test("while connections are refused", () =>
    withAuth({}, async (environment) => {
      await environment.idp.stop();
      await expectNoSignIn(environment, [503]);
      await environment.idp.restart();
    }));

  test("from a server whose certificate nobody vouches for", () =>
    withAuth({ untrustedCertificate: true }, (environment) => expectNoSignIn(environment, [502, 503])));

  test("of an issuer without TLS, even if it answers", () =>
    withAuth({}, async (environment) => {
      const { idp, settings } = environment;
      const issuer = await idp.listenWithoutTls();
      idp.tampering = { discovery: (document) => ({ ...document, issuer }) };
      environment.publishSettings({
        ...settings,
        identityProviders: { main: { ...settings.identityProviders["main"]!, issuer } },
      });
      await expectNoSignIn(environment, [500, 502, 503]);
      expect(idp.count("discovery")).toBe(0);
    }));
});

test("an authorization endpoint keeps the query that it has", () =>
  withAuth(
    {
      prepare: ({ idp }) =>
        (idp.tampering = {
          discovery: (document) => ({
            ...document,
            authorization_endpoint: `${String(document["authorization_endpoint"])}?policy=a%26b&state=x`,
          }),
        }),
    },
    async (environment) => {
      const authorization = new URL(await environment.browser().startSignIn());
      expect(authorization.searchParams.get("policy")).toBe("a&b");
      expect(authorization.searchParams.getAll("state")).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    },
  ));

describe("no session through an endpoint", () => {
  test.each(["token_endpoint", "jwks_uri"])("without TLS, even if it answers (%s)", (endpoint) =>
    withAuth({}, async (environment) => {
      const { idp } = environment;
      const origin = await idp.listenWithoutTls();
      idp.tampering = {
        discovery: (document) => ({
          ...document,
          [endpoint]: String(document[endpoint]).replace(new URL(idp.issuer).origin, origin),
        }),
      };
      await expectCallbackRefused(environment);
      expect(idp.count(endpoint === "jwks_uri" ? "jwks" : "token")).toBe(0);
    }),
  );

  test.each(["token_endpoint", "jwks_uri"])("that is missing (%s)", (endpoint) =>
    withAuth(
      { prepare: ({ idp }) => (idp.tampering = { discovery: (document) => ({ ...document, [endpoint]: undefined }) }) },
      expectCallbackRefused,
    ),
  );

  test.each(["token_endpoint", "jwks_uri"])("that refuses connections (%s)", (endpoint) =>
    withAuth(
      {
        prepare: ({ idp }) =>
          (idp.tampering = { discovery: (document) => ({ ...document, [endpoint]: "https://localhost:1/" }) }),
      },
      expectCallbackRefused,
    ),
  );

  async function expectCallbackRefused(environment: AuthEnvironment): Promise<void> {
    const browser = environment.browser();
    const login = await browser.navigate("/_gate/login");
    const response =
      login.status === 302 ? await browser.navigate(browser.approve(login.headers["location"]![0]!)) : login;
    expect([502, 503]).toContain(response.status);
    expectPage(response, response.status);
    expectNoSession(response);
  }
});

describe("the key set", () => {
  /** How a sign-in ends whose ID token is signed by a key. */
  async function statusWith(environment: AuthEnvironment, key: SigningKey): Promise<number> {
    environment.idp.tampering = { idToken: (claims) => signIdToken(claims, key) };
    const response = await environment.browser().signIn();
    if (response.status === 302) environment.readToken(setCookie(response, SESSION_COOKIE)?.value);
    else expectNoSession(response);
    return response.status;
  }
  const newKey = (kid: string) => createSigningKey("ES256", kid);
  const publish = (idp: IdpEmulator, ...keys: SigningKey[]) => (idp.publishedKeys = keys);

  test("is fetched once for many sign-ins", () =>
    withAuth({}, async (environment) => {
      for (let i = 0; i < 5; i++) await environment.browser().signIn();
      expect(environment.idp.count("jwks")).toBe(1);
      expect(environment.idp.count("discovery")).toBe(1);
    }));

  test("is fetched once for sign-ins that arrive together", () =>
    withAuth({}, async (environment) => {
      const responses = await Promise.all(Array.from({ length: 6 }, () => environment.browser().signIn()));
      expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(302));
      expect(environment.idp.count("jwks")).toBe(1);
      expect(environment.idp.count("discovery")).toBe(1);
    }));

  test("is fetched again for each of two rotations within seconds", () =>
    withAuth({}, async (environment) => {
      const { idp } = environment;
      expect(await statusWith(environment, idp.key)).toBe(302);
      for (const kid of ["second", "third"]) {
        const next = await newKey(kid);
        publish(idp, next);
        expect(await statusWith(environment, next)).toBe(302);
      }
    }));

  test("is fetched again for a rotation although strangers push tokens with unknown kids", () =>
    withAuth({}, async (environment) => {
      const { idp, invoke } = environment;
      expect(await statusWith(environment, idp.key)).toBe(302);
      const push = async () =>
        invoke({
          url: "/_gate/backchannel-logout/main",
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body: `logout_token=${await signIdToken({ iss: idp.issuer }, await newKey("stranger"))}`,
        });
      const before = idp.count("jwks");
      for (let i = 0; i < 5; i++) expect((await push()).status).toBe(400);
      expect(idp.count("jwks") - before).toBe(1);
      const next = await newKey("next");
      publish(idp, next);
      expect(await statusWith(environment, next)).toBe(302);
    }));

  test("is fetched again for an unknown kid, no more than three times in 30 s", () =>
    withAuth({}, async (environment) => {
      const { idp, clock } = environment;
      expect(await statusWith(environment, idp.key)).toBe(302);
      const [next, later] = [await newKey("next"), await newKey("later")];
      clock.advance(31);
      publish(idp, idp.key, next);
      for (let i = 0; i < 6; i++) expect(await statusWith(environment, later)).toBe(502);
      expect(idp.count("jwks")).toBe(4);
      expect(await statusWith(environment, next)).toBe(302);
      publish(idp, idp.key, next, later);
      expect(await statusWith(environment, later)).toBe(502);
      expect(idp.count("jwks")).toBe(4);
      clock.advance(31);
      expect(await statusWith(environment, later)).toBe(302);
      expect(idp.count("jwks")).toBe(5);
    }));

  test("drops a withdrawn key when it is fetched", () =>
    withAuth({}, async (environment) => {
      const { idp, clock } = environment;
      const next = await newKey("next");
      expect(await statusWith(environment, idp.key)).toBe(302);
      clock.advance(31);
      publish(idp, next);
      expect(await statusWith(environment, next)).toBe(302);
      expect(await statusWith(environment, idp.key)).toBe(502);
    }));

  test("drops a withdrawn key within the day, even if nothing else changes", () =>
    withAuth({}, async (environment) => {
      const { idp, clock } = environment;
      expect(await statusWith(environment, idp.key)).toBe(302);
      publish(idp, await newKey("next"));
      clock.advance(23 * HOUR);
      expect(await statusWith(environment, idp.key)).toBe(502);
    }));

  test("takes no key of another key type or use under a known kid", () =>
    withAuth({}, async (environment) => {
      const { idp } = environment;
      const key = await newKey("enc-1");
      idp.tampering = {
        jwks: () => ({
          keys: [
            { ...key.jwk, use: "enc" },
            { kty: "oct", kid: "oct-1", k: "c2VjcmV0", alg: "HS256" },
            null,
            7,
            { kid: 1 },
          ],
        }),
      };
      const browser = environment.browser();
      const authorization = await browser.startSignIn();
      Object.assign(idp.tampering, {
        idToken: (claims: Parameters<typeof signIdToken>[0]) => signIdToken(claims, key),
      });
      const response = await browser.navigate(browser.approve(authorization));
      expect([502, 503]).toContain(response.status);
      expectPage(response, response.status);
      expectNoSession(response);
    }));

  // RFC 7517 section 5: what is not understood is passed over.
  test("may hold keys that nobody here understands", () =>
    withAuth({}, async (environment) => {
      const { idp } = environment;
      const nameless = { ...(await newKey("x")).jwk, kid: undefined };
      idp.tampering = {
        jwks: ({ keys }) => ({
          keys: [{ kty: "ML-DSA", kid: "future" }, { kty: "RSA", kid: "incomplete" }, nameless, ...keys],
        }),
      };
      expect((await environment.browser().signIn()).status).toBe(302);
    }));

  test.each<Outage>(["error", "garbage", "redirect", "huge", "reset"])(
    "is served stale for up to 24 hours while it cannot be had (%s)",
    (outage) =>
      withAuth({}, async (environment) => {
        const { idp, clock } = environment;
        expect((await environment.browser().signIn()).status).toBe(302);
        idp.outages.set("jwks", outage);
        idp.outages.set("discovery", outage);
        clock.advance(23 * HOUR);
        expect((await environment.browser().signIn()).status).toBe(302);
        expect(idp.count("jwks")).toBeGreaterThan(1);
        expect(idp.count("discovery")).toBeGreaterThan(1);
        clock.advance(2 * HOUR);
        await expectNoSignIn(environment, [502, 503]);
        // With the discovery document back, the key set alone decides.
        idp.outages.delete("discovery");
        clock.advance(61);
        const response = await environment.browser().signIn();
        expect([502, 503]).toContain(response.status);
        expectPage(response, response.status);
        expectNoSession(response);
      }),
  );

  test.each<Outage>(["error", "garbage", "huge", "reset"])(
    "that cannot be had from the start lets nobody in (%s)",
    (outage) =>
      withAuth({ prepare: ({ idp }) => void idp.outages.set("jwks", outage) }, async (environment) => {
        const response = await environment.browser().signIn();
        expect([502, 503]).toContain(response.status);
        expectPage(response, response.status);
        expectNoSession(response);
      }),
  );
});

test.each([
  ["a provider that lists it", ["openid", "offline_access"], true],
  ["a provider that does not", ["openid"], false],
])("offline_access is asked for at %s", (_name, offered, isAsked) =>
  withAuth(
    {
      idp: { scopes: undefined },
      prepare: ({ idp }) => (idp.tampering = { discovery: (document) => ({ ...document, scopes_supported: offered }) }),
    },
    async (environment) => {
      const scope = new URL(await environment.browser().startSignIn()).searchParams.get("scope")!;
      expect(scope.split(" ").includes("offline_access")).toBe(isAsked);
    },
  ),
);

describe("RFC 9207", () => {
  const silent = (document: Json) => ({ ...document, authorization_response_iss_parameter_supported: undefined });

  test("the issuer may be missing where it is not promised", () =>
    withAuth(
      {
        prepare: ({ idp }) =>
          (idp.tampering = { discovery: silent, authorizationResponse: (answer) => answer.delete("iss") }),
      },
      async (environment) => {
        expect((await environment.browser().signIn()).status).toBe(302);
      },
    ));

  test("a wrong issuer is refused even where none is promised", () =>
    withAuth(
      {
        prepare: ({ idp }) =>
          (idp.tampering = {
            discovery: silent,
            authorizationResponse: (answer) => answer.set("iss", "https://evil.example"),
          }),
      },
      async (environment) => {
        const response = await environment.browser().signIn();
        expectPage(response, 400);
        expectNoSession(response);
        expect(environment.idp.count("token")).toBe(0);
      },
    ));
});

describe.each([
  ["Cognito's own way, whatever discovery says", "cognito", {}, "/logout", "logout_uri"],
  ["Auth0's own way", "auth0", { end_session_endpoint: undefined }, "/v2/logout", "returnTo"],
] as const)("logout in %s", (_name, profile, document, path, parameter) => {
  test("names the page to return to", () =>
    withAuth(
      {
        idp: { profile },
        prepare: ({ idp }) => {
          idp.user = { sub: "alice", token_use: "id" };
          idp.tampering = { discovery: (found) => ({ ...found, ...document }) };
        },
      },
      async (environment) => {
        const browser = environment.browser();
        await browser.signIn();
        const target = new URL((await browser.navigate("/_gate/logout")).headers["location"]![0]!);
        expect(target.origin + target.pathname).toBe(environment.idp.issuer + path);
        expect([...target.searchParams]).toEqual([
          ["client_id", environment.idp.clientId],
          [parameter, `https://${HOST}/_gate/signed-out`],
        ]);
      },
    ));
});

test("Entra learns from login_hint whom to sign out", () =>
  withAuth(
    {
      idp: { profile: "entra", tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] },
      prepare: ({ idp }) =>
        (idp.user = {
          sub: "pairwise",
          oid: "alice",
          ver: "2.0",
          tid: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490",
          login_hint: "O.CiQ",
        }),
    },
    async (environment) => {
      const browser = environment.browser();
      const signedIn = await browser.signIn();
      expect(environment.readToken(setCookie(signedIn, SESSION_COOKIE)?.value).uid).toBe(environment.uid("alice"));
      const target = new URL((await browser.navigate("/_gate/logout")).headers["location"]![0]!);
      expect(target.searchParams.get("logout_hint")).toBe("O.CiQ");
      expect(target.searchParams.has("id_token_hint")).toBe(false);
    },
  ));

describe("logout without an end-session endpoint", () => {
  test("ends at the page of the gateway", () =>
    withAuth(
      {
        prepare: ({ idp }) =>
          (idp.tampering = {
            discovery: (document) => ({ ...document, end_session_endpoint: undefined, revocation_endpoint: undefined }),
          }),
      },
      async (environment) => {
        const browser = environment.browser();
        await browser.signIn();
        const response = await browser.navigate("/_gate/logout");
        expect(response.headers["location"]).toEqual(["/_gate/signed-out"]);
        expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
      },
    ));
});
