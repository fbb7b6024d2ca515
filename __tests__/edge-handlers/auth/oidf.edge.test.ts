/**
 * The OpenID Foundation's relying-party tests, by the IDs that its conformance suite gives them
 * (https://openid.net/certification/connect_rp_testing/): what a relying party must accept, and what it must refuse.
 * Tests of dynamic registration, WebFinger, request objects and implicit flows are left out: the gateway has none.
 */
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, setCookie } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Tampering } from "../../support/idp/faults";
import { createSigningKey, forgeIdToken, signIdToken, type SigningKey } from "../../support/idp/keys";
import type { JWTPayload } from "jose";

const claims = (change: (claims: JWTPayload) => void): Tampering => ({ claims: change });

let environment: AuthEnvironment;
const keys: Record<"RS256" | "ES256" | "stranger", SigningKey> = {} as never;

beforeAll(async () => {
  environment = await startAuth();
  keys.RS256 = await createSigningKey("RS256", "rs");
  keys.ES256 = await createSigningKey("ES256", "es");
  keys.stranger = await createSigningKey("RS256", "rs");
});
afterAll(() => environment.close());
beforeEach(() => {
  const { idp, clock } = environment;
  idp.tampering = {};
  idp.userinfoOnly = [];
  idp.key = keys.RS256;
  idp.publishedKeys = [keys.RS256];
  // The next request fetches metadata and keys anew.
  clock.advance(3_601);
});

type Case = [id: string, prepare: () => Tampering];

const ACCEPTED: Case[] = [
  ["oidcc-client-test", () => ({})],
  ["oidcc-client-test-idtoken-sig-rs256", () => ({})],
  [
    "oidcc-client-test-idtoken-sig-es256",
    () => {
      Object.assign(environment.idp, { key: keys.ES256, publishedKeys: [keys.ES256] });
      return {};
    },
  ],
  [
    "oidcc-client-test-kid-absent-single-jwks",
    () => ({ idToken: (token, key) => signIdToken(token, key, { kid: undefined }) }),
  ],
  [
    "oidcc-client-test-scope-userinfo-claims",
    () => {
      environment.idp.userinfoOnly = ["email", "email_verified", "roles"];
      return {};
    },
  ],
  ["oidcc-client-test-discovery-openid-config", () => ({ discovery: (document) => ({ ...document, more: true }) })],
  ["oidcc-client-test-discovery-jwks-uri-keys", () => ({ jwks: ({ keys: all }) => ({ keys: all, more: true }) })],
];

const REFUSED: Case[] = [
  ["oidcc-client-test-invalid-iss", () => claims((token) => (token.iss = "https://evil.example"))],
  ["oidcc-client-test-missing-sub", () => claims((token) => delete token.sub)],
  ["oidcc-client-test-invalid-aud", () => claims((token) => (token.aud = "another"))],
  ["oidcc-client-test-missing-aud", () => claims((token) => delete token.aud)],
  ["oidcc-client-test-missing-iat", () => claims((token) => delete token.iat)],
  ["oidcc-client-test-nonce-invalid", () => claims((token) => (token["nonce"] += "x"))],
  [
    "oidcc-client-test-idtoken-sig-none",
    () => ({ idToken: (token) => forgeIdToken(token, { alg: "none" }, () => "") }),
  ],
  ["oidcc-client-test-invalid-sig-rs256", () => ({ idToken: (token) => signIdToken(token, keys.stranger) })],
  [
    "oidcc-client-test-invalid-sig-es256",
    () => {
      Object.assign(environment.idp, { key: keys.ES256, publishedKeys: [keys.ES256] });
      return {
        idToken: async (token, key) => `${(await signIdToken(token, key)).slice(0, -86)}${"A".repeat(86)}`,
      };
    },
  ],
  [
    "oidcc-client-test-invalid-sig-hs256",
    () => ({ idToken: (token, key) => forgeIdToken(token, { alg: "HS256", kid: key.kid }, () => "A".repeat(43)) }),
  ],
  [
    "oidcc-client-test-kid-absent-multiple-jwks",
    () => {
      environment.idp.publishedKeys = [keys.RS256, { ...keys.stranger, jwk: { ...keys.stranger.jwk, kid: "other" } }];
      return { idToken: (token, key) => signIdToken(token, key, { kid: undefined }) };
    },
  ],
  [
    "oidcc-client-test-userinfo-invalid-sub",
    () => {
      environment.idp.userinfoOnly = ["roles"];
      return { userinfo: (user) => ({ ...user, sub: "mallory" }) };
    },
  ],
];

const signIn = async () => {
  const browser = environment.browser();
  const begun = await browser.navigate("/_gate/login?return_to=%2Fpage");
  const location = begun.headers["location"]?.[0] ?? "";
  return location.startsWith("https:") ? browser.navigate(browser.approve(location)) : begun;
};

test.each(ACCEPTED)("%s: accepted", async (_id, prepare) => {
  environment.idp.tampering = prepare();
  const response = await signIn();
  expect(environment.readToken(setCookie(response, SESSION_COOKIE)?.value)).toMatchObject({
    uid: environment.uid("alice"),
    email: "alice@example.com",
    roles: ["staff"],
  });
});

test.each(REFUSED)("%s: refused", async (_id, prepare) => {
  environment.idp.tampering = prepare();
  const response = await signIn();
  expect(response.status).toBeGreaterThanOrEqual(400);
  expectNoSession(response);
});

test("oidcc-client-test-signing-key-rotation: accepted", async () => {
  const { idp } = environment;
  expect((await signIn()).headers["location"]).toEqual(["/page"]);
  Object.assign(idp, { key: keys.ES256, publishedKeys: [keys.RS256, keys.ES256] });
  expect((await signIn()).headers["location"]).toEqual(["/page"]);
});

test("oidcc-client-test-discovery-issuer-mismatch: refused", () =>
  withAuth(
    {
      prepare: ({ idp }) =>
        (idp.tampering = { discovery: (document) => ({ ...document, issuer: "https://evil.example" }) }),
    },
    async (own) => {
      const response = await own.browser().navigate("/_gate/login");
      expect(response.status).toBe(502);
      expectNoSession(response);
    },
  ));

test.each<[string, () => unknown, number]>([
  ["oidcc-client-test-refresh-token", () => undefined, 200],
  [
    "oidcc-client-test-refresh-token-invalid-issuer",
    () => (environment.idp.tampering = claims((token) => (token.iss = "https://evil.example"))),
    401,
  ],
  ["oidcc-client-test-refresh-token-invalid-sub", () => (environment.idp.user = { sub: "mallory" }), 401],
])("%s", async (_id, prepare, status) => {
  environment.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
  const browser = environment.browser();
  await browser.signIn();
  environment.clock.advance(901);
  prepare();
  expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(status);
  environment.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
});

test.each([
  ["oidcc-client-test-client-secret-basic", "client_secret_basic"],
  ["oidcc-client-test-client-secret-post", "client_secret_post"],
] as const)("%s: accepted", (_id, clientAuthentication) =>
  withAuth({ emulator: { clientAuthentication } }, async (own) => {
    expect((await own.browser().signIn("/page")).headers["location"]).toEqual(["/page"]);
  }),
);
