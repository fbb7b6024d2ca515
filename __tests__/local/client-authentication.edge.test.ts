/**
 * Every way in which the gateway authenticates as a client, against a certified identity provider that nobody here
 * wrote: it verifies the assertions with the keys that it fetches from the gateway, accepts each one once, demands
 * pushed requests, and binds refresh tokens to keys.
 */
import { createECDH } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { compactDecrypt, exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from "jose";
import { configSchema, type ConfigInput } from "../../config/schema";
import { nextSecond, signIn } from "../../local/check";
import { expiredToken } from "../../local/expired-session";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../session/cookies";
import { cookieKey } from "../../session/keys";
import { hmac } from "../../session/node-hash";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

type Provider = ConfigInput["identityProviders"][string];
const kms = (digit: number) => `arn:aws:kms:us-east-1:111122223333:key/${digit}a1b2c3d-0000-1111-2222-333344445555`;
const provider = (id: string, more: Partial<Provider>): [string, Provider] => [
  id,
  { issuer: "https://login.example.com", clientId: `client-${id}`, roles: { grant: ["staff"] }, ...more },
];
const byKey = (id: string, more: object): [string, Provider] =>
  provider(id, { clientAuthentication: { method: "private_key_jwt", ...more } });

const PROVIDERS = Object.fromEntries([
  byKey("pem-rs256", {}),
  byKey("pem-ps256", { algorithm: "PS256" }),
  byKey("pem-es256", { algorithm: "ES256" }),
  byKey("pem-endpoint", { algorithm: "ES256", audience: "endpoint" }),
  byKey("kms-rs256", { kmsKeys: [kms(1)] }),
  byKey("kms-ps256", { kmsKeys: [kms(2)], algorithm: "PS256" }),
  byKey("kms-es256", { kmsKeys: [kms(3), kms(4)], algorithm: "ES256" }),
  provider("pushed", {
    pushedAuthorizationRequests: true,
    clientAuthentication: { method: "private_key_jwt", kmsKeys: [kms(3)], algorithm: "ES256" },
  }),
  provider("bound", { dpop: true }),
  provider("bound-and-secret", { dpop: true, clientAuthentication: "client_secret_post" }),
  // The provider demands a nonce, so that the first request is in vain, and takes no assertion twice.
  provider("bound-and-key", {
    dpop: true,
    clientAuthentication: { method: "private_key_jwt", kmsKeys: [kms(3)], algorithm: "ES256" },
  }),
  // Locally a public client: see local/local-config.ts.
  provider("secretless", { clientAuthentication: { method: "aws_assertion", audience: "sts" } }),
]);

let edge: LocalEdge;
beforeAll(async () => {
  edge = await startTestEdge({ config: configSchema.parse({ ...TEST_CONFIG, identityProviders: PROVIDERS }) });
});
afterAll(() => edge?.close());

async function signedIn(id: string): Promise<HttpClient> {
  const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
  const user = edge.users.find((one) => one.id === "staff")!;
  const page = await signIn(browser, `${edge.url}/_gate/login?idp=${id}&return_to=%2Fstaff`, user);
  expect([page.status, page.url.pathname]).toEqual([200, "/staff"]);
  return browser;
}

async function renew(browser: HttpClient) {
  browser.setCookie(SESSION_COOKIE, expiredToken(edge.store, browser.cookie(SESSION_COOKIE)!));
  return browser.open(`${edge.url}/staff`);
}

test.each(Object.keys(PROVIDERS))(
  "%s: people sign in, are renewed, and sign out with their refresh token",
  async (id) => {
    const browser = await signedIn(id);
    const renewed = await renew(browser);
    expect([renewed.status, renewed.url.pathname]).toEqual([200, "/staff"]);
    const { token, dpopKey } = await refreshTokenOf(browser);
    await browser.open(`${edge.url}/_gate/logout`);
    expect(edge.logs()).not.toMatch(/revocation (idp|client)_/);
    // Nothing but an unknown client or token is left to refuse.
    if (PROVIDERS[id]!.clientAuthentication === undefined)
      expect(await redeemed(id, token, dpopKey === undefined ? undefined : await keyOf(dpopKey))).toBe("invalid_grant");
  },
);

describe("a refresh token that is bound to a key", () => {
  test("is of no use to whoever has only the token", async () => {
    const { token } = await refreshTokenOf(await signedIn("bound"));
    expect(await redeemed("bound", token)).toBe("invalid_grant");
  });

  test("is of no use with another key", async () => {
    const { token } = await refreshTokenOf(await signedIn("bound"));
    expect(await redeemed("bound", token, await generateKeyPair("ES256", { extractable: true }))).toBe("invalid_grant");
  });

  test("works with its own: the tests above can fail", async () => {
    const { token, dpopKey } = await refreshTokenOf(await signedIn("bound"));
    expect(await redeemed("bound", token, await keyOf(dpopKey!))).toBe("tokens");
  });

  test("has the same key after a renewal, and another in another session", async () => {
    const browser = await signedIn("bound");
    const first = await refreshTokenOf(browser);
    await renew(browser);
    const second = await refreshTokenOf(browser);
    expect(second.token).not.toBe(first.token);
    expect(second.dpopKey).toBe(first.dpopKey);
    await nextSecond();
    const other = await refreshTokenOf(await signedIn("bound"));
    expect(other.dpopKey).not.toBe(first.dpopKey);
  });

  test("takes less than a hundred more characters of the cookie", async () => {
    const [bound, bearer] = await Promise.all(
      ["bound", "secretless"].map(async (id) => (await signedIn(id)).cookie(REFRESH_COOKIE)!.length),
    );
    expect(bound! - bearer!).toBeGreaterThan(0);
    expect(bound! - bearer!).toBeLessThan(100);
  });
});

test("what the provider fetched are the keys of every client, and nothing private", async () => {
  const { body } = await new HttpClient(readFileSync(edge.caFile, "utf8")).fetch("GET", `${edge.url}/_gate/jwks.json`);
  const { keys } = JSON.parse(body) as { keys: JWK[] };
  // Four PEM keys, and four of KMS, of which two clients share one.
  expect(keys).toHaveLength(8);
  expect(keys.flatMap((key) => Object.keys(key)).filter((name) => /^(d|p|q|dp|dq|qi|oth|k)$/.test(name))).toEqual([]);
});

interface KeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

/** The refresh token in the encrypted cookie, as only the gateway can read it. */
async function refreshTokenOf(browser: HttpClient): Promise<{ token: string; dpopKey?: string }> {
  const { current, keys } = edge.keys();
  const key = Buffer.from(cookieKey(hmac, keys[current]!), "base64url");
  const { plaintext } = await compactDecrypt(browser.cookie(REFRESH_COOKIE)!, key);
  const { refreshToken } = JSON.parse(new TextDecoder().decode(plaintext)) as {
    refreshToken: string | { token: string; dpopKey: string };
  };
  return typeof refreshToken === "string" ? { token: refreshToken } : refreshToken;
}

async function keyOf(d: string): Promise<KeyPair> {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.from(d, "base64url"));
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((number) => number.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", x: x!, y: y!, ext: true };
  const imported = await Promise.all([importJWK(jwk, "ES256"), importJWK({ ...jwk, d }, "ES256")]);
  const [publicKey, privateKey] = imported as [CryptoKey, CryptoKey];
  return { publicKey, privateKey };
}

/** What the provider says to somebody who has a refresh token of a public client: an error, or `tokens`. */
async function redeemed(id: string, token: string, key?: KeyPair, nonce?: string): Promise<string> {
  const url = `${edge.issuer}/token`;
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: `client-${id}`,
    refresh_token: token,
  }).toString();
  const proof = key && (await dpopProof(key, url, nonce));
  const { headers, body } = await post(url, form, { ...(proof !== undefined && { dpop: proof }) });
  const answer = JSON.parse(body) as { error?: string; access_token?: string };
  if (answer.error === "use_dpop_nonce" && nonce === undefined)
    return redeemed(id, token, key, String(headers["dpop-nonce"]));
  return answer.error ?? (answer.access_token === undefined ? body : "tokens");
}

/** https://www.rfc-editor.org/rfc/rfc9449#section-4.2 */
async function dpopProof({ publicKey, privateKey }: KeyPair, htu: string, nonce?: string): Promise<string> {
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return new SignJWT({ htu, htm: "POST", jti: Math.random().toString(36), ...(nonce !== undefined && { nonce }) })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: { kty: kty!, crv: crv!, x: x!, y: y! } })
    .setIssuedAt()
    .sign(privateKey);
}

function post(url: string, body: string, headers: Record<string, string>) {
  const ca = readFileSync(edge.caFile, "utf8");
  return new Promise<{ headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", ca, headers: { "content-type": "application/x-www-form-urlencoded", ...headers } },
      (response) => void text(response).then((body) => resolve({ headers: response.headers, body }), reject),
    );
    sent.on("error", reject).end(body);
  });
}
