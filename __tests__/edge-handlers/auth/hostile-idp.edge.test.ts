/** An identity provider that lies at the callback never gets anyone in. */
import type { JWTPayload } from "jose";
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import {
  createSigningKey,
  forgeIdToken,
  forgeWithPublicKey,
  signIdToken,
  withTrailingBits,
  type SigningKey,
} from "../../support/idp/keys";
import type { Outage, Tampering } from "../../support/idp/faults";

let environment: AuthEnvironment;
/** Published keys: one for each algorithm, under the algorithm's name. */
const keys: Record<string, SigningKey> = {};
/** Never published. */
let strangerKey: SigningKey;

beforeAll(async () => {
  environment = await startAuth({ idp: { roles: { claim: "groups", grant: ["admin", "staff"] } } });
  for (const alg of ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS512", "ES384", "ES512"])
    keys[alg] = await createSigningKey(alg, `key-${alg}`);
  strangerKey = await createSigningKey("ES256", environment.idp.key.kid);
  environment.idp.publishedKeys = [environment.idp.key, ...Object.values(keys)];
  environment.idp.user = { sub: "alice", email: "alice@example.com", groups: ["staff"] };
});
afterAll(() => environment.close());
afterEach(() => {
  environment.idp.tampering = {};
  environment.idp.outages.clear();
  // Past the pause between two fetches of the JWKS.
  environment.clock.advance(61);
});

const claims = (change: (claims: JWTPayload) => void): Tampering => ({ claims: change });
const now = () => environment.clock.now();

describe("a sign-in succeeds", () => {
  const HONEST: [string, Tampering][] = [
    ["without tampering", {}],
    ["with a token that expired within the allowed skew", claims((token) => (token.exp = now() - 170))],
    [
      "with a token from a clock that is ahead within the allowed skew",
      claims((token) => Object.assign(token, { iat: now() + 170, nbf: now() + 170 })),
    ],
    ["that names this client as the authorized party", claims((token) => (token["azp"] = environment.idp.clientId))],
    ["with the audience as a list of one", claims((token) => (token.aud = [environment.idp.clientId]))],
    [
      "without a kid, where only one key fits",
      { idToken: (token) => signIdToken(token, keys["EdDSA"]!, { kid: undefined }) },
    ],
    ...["RS256", "PS256", "ES256", "EdDSA"].map((alg): [string, Tampering] => [
      `signed by ${alg}`,
      { idToken: (token) => signIdToken(token, keys[alg]!) },
    ]),
  ];
  test.each(HONEST)("%s", async (_name, tampering) => {
    environment.idp.tampering = tampering;
    const response = await environment.browser().signIn("/deep?x=1");
    expect(response).toMatchObject({ status: 302, headers: { location: ["/deep?x=1"] } });
    expect(environment.readToken(setCookie(response, SESSION_COOKIE)?.value)).toMatchObject({
      roles: ["staff"],
      email: "alice@example.com",
    });
  });
});

describe("no session from an ID token", () => {
  const header = (change: Record<string, unknown>): Tampering => ({
    idToken: (token, key) => signIdToken(token, key, change),
  });
  const HOSTILE: [string, Tampering][] = [
    ["of another issuer", claims((token) => (token.iss = "https://evil.example"))],
    ["of the same issuer with a trailing slash", claims((token) => (token.iss += "/"))],
    ["without an issuer", claims((token) => delete token.iss)],
    ["for another audience", claims((token) => (token.aud = "other-client"))],
    ["for an audience that begins with this one", claims((token) => (token.aud = `${environment.idp.clientId}x`))],
    ["without an audience", claims((token) => delete token.aud)],
    ["with an empty list of audiences", claims((token) => (token.aud = []))],
    [
      "for several audiences without an authorized party",
      claims((token) => (token.aud = [environment.idp.clientId, "other"])),
    ],
    [
      "with another authorized party",
      claims((token) => Object.assign(token, { aud: [environment.idp.clientId, "other"], azp: "other" })),
    ],
    ["with another nonce", claims((token) => (token["nonce"] = "x".repeat(43)))],
    ["without a nonce", claims((token) => delete token["nonce"])],
    ["with a list of nonces", claims((token) => (token["nonce"] = [token["nonce"]]))],
    ["that expired", claims((token) => (token.exp = now() - 190))],
    ["without an expiry", claims((token) => delete token.exp)],
    ["with an expiry that is a text", claims((token) => Object.assign(token, { exp: String(now() + 300) }))],
    ["without an issue time", claims((token) => delete token.iat)],
    ["issued a day ago", claims((token) => (token.iat = now() - 86_400))],
    ["issued in the future", claims((token) => (token.iat = now() + 3600))],
    ["issued just beyond the allowed skew", claims((token) => (token.iat = now() + 190))],
    ["not valid yet", claims((token) => (token.nbf = now() + 190))],
    ["without a subject", claims((token) => delete token.sub)],
    ["with an empty subject", claims((token) => (token.sub = ""))],
    ["with a subject that is a number", claims((token) => Object.assign(token, { sub: 7 }))],
    ["with a subject that is a list", claims((token) => Object.assign(token, { sub: ["alice"] }))],
    ["that is oversized", claims((token) => (token["padding"] = "x".repeat(100_000)))],
    ["signed by nobody (alg none)", { idToken: (token) => forgeIdToken(token, { alg: "none" }, () => "") }],
    [
      "signed by nobody (alg NoNe, with kid)",
      { idToken: (token, key) => forgeIdToken(token, { alg: "NoNe", kid: key.kid }, () => "") },
    ],
    [
      "signed by nobody in the right algorithm's name",
      { idToken: (token, key) => forgeIdToken(token, { alg: "ES256", kid: key.kid }, () => "") },
    ],
    ["signed by HS256 with the public key as PEM", { idToken: (token, key) => forgeWithPublicKey(token, key, "pem") }],
    ["signed by HS256 with the public key as JWK", { idToken: (token, key) => forgeWithPublicKey(token, key, "jwk") }],
    [
      "signed by HS256 with the public RSA key as PEM",
      { idToken: (token) => forgeWithPublicKey(token, keys["RS256"]!, "pem") },
    ],
    ...["RS384", "RS512", "PS512", "ES384", "ES512"].map((alg): [string, Tampering] => [
      `signed by ${alg}, which is not on the list`,
      { idToken: (token) => signIdToken(token, keys[alg]!) },
    ]),
    [
      "signed by RS256 in PS256's name",
      {
        idToken: (token) =>
          signIdToken(token, keys["RS256"]!).then((text) =>
            text.replace(
              /^[^.]+/,
              Buffer.from(JSON.stringify({ alg: "PS256", kid: "key-PS256" })).toString("base64url"),
            ),
          ),
      },
    ],
    ["without a kid, where several keys fit", header({ kid: undefined })],
    ["for the authorized party of another client", claims((token) => (token["azp"] = "other"))],
    [
      "for another audience beside this client, although this client is the authorized party",
      claims((token) =>
        Object.assign(token, { aud: [environment.idp.clientId, "other"], azp: environment.idp.clientId }),
      ),
    ],
    ["with an unknown kid", header({ kid: "unknown" })],
    ["with the kid of another key", header({ kid: "key-RS256" })],
    ["with a kid that every object has", header({ kid: "__proto__" })],
    ["signed by a stranger's key under the right kid", { idToken: (token) => signIdToken(token, strangerKey) }],
    [
      "that brings its own key (jwk)",
      { idToken: (token) => signIdToken(token, strangerKey, { jwk: strangerKey.jwk }) },
    ],
    [
      "that says where its key is (jku)",
      { idToken: (token) => signIdToken(token, strangerKey, { kid: "elsewhere", jku: "https://evil.example/jwks" }) },
    ],
    [
      "with a critical header that nobody understands",
      { idToken: (token, key) => forgeIdToken(token, { alg: "ES256", kid: key.kid, crit: ["x"], x: 1 }, () => "AAAA") },
    ],
    [
      "with trailing bits in its signature",
      { idToken: async (token, key) => withTrailingBits(await signIdToken(token, key)) },
    ],
    ["with padding", { idToken: async (token, key) => `${await signIdToken(token, key)}==` }],
    [
      "with a space in its signature",
      { idToken: async (token, key) => (await signIdToken(token, key)).replace(/.{5}$/, " $&") },
    ],
    [
      "with a line break in its payload",
      { idToken: async (token, key) => (await signIdToken(token, key)).replace(".", ".\n") },
    ],
    [
      "with a changed payload",
      {
        idToken: async (token, key) =>
          (await signIdToken(token, key)).replace(
            /\.[^.]+\./,
            `.${Buffer.from(JSON.stringify({ ...token, sub: "admin" })).toString("base64url")}.`,
          ),
      },
    ],
    [
      "of two parts",
      { idToken: async (token, key) => (await signIdToken(token, key)).split(".").slice(0, 2).join(".") },
    ],
    ["of five parts", { idToken: async (token, key) => `${await signIdToken(token, key)}.x.y` }],
    ["that is empty", { idToken: () => "" }],
  ];
  test.each(HOSTILE)("%s", async (_name, tampering) => void (await expectRefused(tampering, [502])));

  const OVERAGE: [string, Tampering][] = [
    [
      "_claim_names",
      claims((token) =>
        Object.assign(token, {
          groups: undefined,
          _claim_names: { groups: "src1" },
          _claim_sources: { src1: { endpoint: "https://graph.example/groups" } },
        }),
      ),
    ],
    ["hasgroups", claims((token) => Object.assign(token, { groups: undefined, hasgroups: true }))],
    ["hasgroups as a text", claims((token) => Object.assign(token, { groups: undefined, hasgroups: "true" }))],
  ];
  test.each(OVERAGE)("that says that there are more groups than fit (%s)", async (_name, tampering) => {
    const asked = environment.idp.count("userinfo");
    const page = await expectRefused(tampering, [403]);
    expect(page.body).toMatch(/more groups than/);
    // Groups of another endpoint are not taken in their place.
    expect(environment.idp.count("userinfo")).toBe(asked);
  });
});

describe("no session from a token response", () => {
  const RESPONSES: [string, Tampering][] = [
    ["without an ID token", { tokenResponse: (body) => void delete body["id_token"] }],
    ["whose ID token is a number", { tokenResponse: (body) => void (body["id_token"] = 7) }],
    ["without an access token", { tokenResponse: (body) => void delete body["access_token"] }],
    ["that is a list", { tokenResponse: (body) => [body] }],
    ["that is not JSON", { tokenResponse: () => "{" }],
    ["that is null", { tokenResponse: () => "null" }],
    [
      "whose ID token has a payload that is not JSON",
      {
        idToken: (_token, key) =>
          `${Buffer.from(JSON.stringify({ alg: "ES256", kid: key.kid })).toString("base64url")}.eA.eA`,
      },
    ],
    [
      "with an error and the tokens",
      { tokenResponse: (body) => ({ error: "invalid_grant", ...body, id_token: undefined }) },
    ],
  ];
  test.each(RESPONSES)("%s", async (_name, tampering) => void (await expectRefused(tampering, [502, 503])));

  test.each<Outage>(["error", "unavailable", "garbage", "redirect", "huge", "reset"])(
    "of a token endpoint in trouble (%s)",
    async (outage) => {
      const { browser, callback } = await approved({});
      environment.idp.outages.set("token", outage);
      await expectRefusedAt(browser, callback, ["error", "unavailable", "reset"].includes(outage) ? [503] : [502, 503]);
    },
  );
});

describe("no session from an authorization response", () => {
  const RESPONSES: [string, (answer: URLSearchParams) => void][] = [
    ["of another issuer (RFC 9207)", (answer) => answer.set("iss", "https://evil.example")],
    ["without the issuer that was promised (RFC 9207)", (answer) => answer.delete("iss")],
    ["with two issuers", (answer) => answer.append("iss", "https://evil.example")],
    ["without a code", (answer) => answer.delete("code")],
    ["with two codes", (answer) => answer.append("code", "other")],
    ["with a made-up code", (answer) => answer.set("code", "made-up-code-of-an-attacker")],
    ["without a state", (answer) => answer.delete("state")],
    ["with two states", (answer) => answer.append("state", answer.get("state")!)],
    [
      "with a state that only begins like the flow's",
      (answer) => answer.set("state", answer.get("state")!.slice(0, 8) + "x".repeat(35)),
    ],
    ["with the first characters of the state only", (answer) => answer.set("state", answer.get("state")!.slice(0, 8))],
    ["with a longer state", (answer) => answer.set("state", `${answer.get("state")!}x`)],
    ["with an unknown state", (answer) => answer.set("state", "y".repeat(43))],
    ["with a state that is a header", (answer) => answer.set("state", "\r\nset-cookie: __Host-gate=1")],
    ["with an ID token in the query", (answer) => answer.set("id_token", "a.b.c")],
  ];
  test.each(RESPONSES)(
    "%s",
    async (_name, authorizationResponse) => void (await expectRefused({ authorizationResponse }, [400, 502])),
  );

  const ERRORS: [string, string, number[]][] = [
    ["access_denied", "<script>alert(1)</script>", [403]],
    ["login_required", "line\nbreak", [400, 401, 403]],
    ["interaction_required", "<b>bold</b>", [400, 401, 403]],
    ["temporarily_unavailable", "secret database is down", [503]],
    ["server_error", "at Object.<anonymous> (/srv/idp.js:1:1)", [502, 503]],
    ["invalid_request", "x".repeat(5000), [400, 502]],
    ["<script>alert(1)</script>", "", [400, 502]],
    ["__proto__", "", [400, 502]],
    ["constructor", "", [400, 502]],
    ["", "", [400, 502]],
  ];
  test.each(ERRORS)("with error=%s", async (error, description, statuses) => {
    const authorizationResponse = (answer: URLSearchParams) => {
      answer.delete("code");
      answer.set("error", error);
      answer.set("error_description", description);
      answer.set("error_uri", "https://evil.example/<b>");
    };
    const page = await expectRefused({ authorizationResponse }, statuses);
    if (description) expect(page.body + environment.logs()).not.toContain(description);
    expect(page.body).not.toContain("evil.example");
  });

  test("with an error beside a good code", async () => {
    await expectRefused({ authorizationResponse: (answer) => answer.set("error", "access_denied") }, [403]);
  });

  test("with an error for a flow that nobody began", async () => {
    const response = await environment
      .browser()
      .navigate(`/_gate/callback/main?error=access_denied&state=${"x".repeat(43)}`);
    expectPage(response, 400);
  });
});

describe("no session from the userinfo endpoint", () => {
  beforeEach(() => (environment.idp.userinfoOnly = ["groups"]));
  afterEach(() => (environment.idp.userinfoOnly = []));

  test("roles are read there when the ID token has none", async () => {
    const response = await environment.browser().signIn();
    expect(environment.readToken(setCookie(response, SESSION_COOKIE)?.value).roles).toEqual(["staff"]);
  });
  const ANSWERS: [string, Tampering["userinfo"]][] = [
    ["for another subject", (user) => ({ ...user, sub: "mallory" })],
    ["without a subject", (user) => ({ ...user, sub: undefined })],
    ["that is a list", (user) => [user]],
  ];
  test.each(ANSWERS)("%s", async (_name, userinfo) => void (await expectRefused({ userinfo: userinfo! }, [502])));

  test("that says that there are more groups than fit", async () => {
    await expectRefused({ userinfo: (user) => ({ ...user, groups: undefined, hasgroups: true }) }, [403]);
  });

  test.each<Outage>(["error", "garbage", "redirect", "huge", "reset"])("in trouble (%s)", async (outage) => {
    const { browser, callback } = await approved({});
    environment.idp.outages.set("userinfo", outage);
    await expectRefusedAt(browser, callback, [502, 503]);
  });
});

test("no text of the identity provider is in the log", () => {
  expect(environment.logs()).not.toMatch(/evil\.example|<script|<b>|secret database|line\\nbreak|idp\.js/);
});

/** A browser on its way back from the identity provider. */
async function approved(tampering: Tampering) {
  environment.idp.tampering = tampering;
  const browser = environment.browser();
  return { browser, callback: browser.approve(await browser.startSignIn("/private?query=of-the-user")) };
}

async function expectRefused(tampering: Tampering, statuses: number[]): Promise<EdgeResponse> {
  const { browser, callback } = await approved(tampering);
  return expectRefusedAt(browser, callback, statuses);
}

/** Both as people and as scripts see it; first of all without a session. */
async function expectRefusedAt(browser: Browser, callback: string, statuses: number[]): Promise<EdgeResponse> {
  const script = browser.copy();
  const page = await browser.navigate(callback);
  expectNoSession(page);
  expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
  expect(statuses).toContain(page.status);
  expectPage(page, page.status);
  const problem = await script.fetch(callback);
  expectNoSession(problem);
  expectProblem(problem, problem.status);
  expect(await environment.logLines(page)).toEqual([expect.objectContaining({ requestId: page.requestId })]);
  expect(environment.logs()).not.toContain("query=of-the-user");
  return page;
}
