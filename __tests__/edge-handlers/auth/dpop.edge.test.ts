/**
 * Refresh tokens bound to a key of the session (RFC 9449). That a provider refuses them without the key:
 * __tests__/local/client-authentication.edge.test.ts.
 */
import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from "jose";
import { FLOW_COOKIE_PREFIX, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, setCookie, setCookies } from "../../support/answers";
import { withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { EdgeResponse } from "../../support/cloudfront-event";

const RENEW = "/_gate/login?return_to=%2Fb";
const NONCE_DEMANDED = (nonce: string): [number, object, Record<string, string>] => [
  400,
  { error: "use_dpop_nonce" },
  { "dpop-nonce": nonce },
];

function withDpop(body: (own: AuthEnvironment) => Promise<void>) {
  return withAuth({ idp: { dpop: true } }, async (own) => {
    own.idp.tampering = {
      discovery: (document) => void (document["dpop_signing_alg_values_supported"] = ["EdDSA", "ES256"]),
      tokenResponse: (response) => void (response["token_type"] = "DPoP"),
    };
    await body(own);
  });
}

async function expectFailed(own: AuthEnvironment, response: EdgeResponse, line: object): Promise<void> {
  expectPage(response, 502);
  expectNoSession(response);
  expect(await own.logLines(response)).toEqual([expect.objectContaining({ outcome: "idp_misconfigured", ...line })]);
}

const nonceOf = ({ proof }: AuthEnvironment["idp"]["proofs"][number]) => decodeJwt(proof!)["nonce"];

test("every request for tokens or about the user proves the same key, which no other session has", () =>
  withDpop(async (own) => {
    own.idp.userinfoOnly = ["roles"];
    const browser = own.browser();
    expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
    own.clock.advance(901);
    expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
    const keys = await Promise.all(
      own.idp.proofs.map(async ({ endpoint, proof, authorization }) => {
        const { jwk, ...header } = decodeProtectedHeader(proof!);
        expect(header).toEqual({ typ: "dpop+jwt", alg: "ES256" });
        expect(Object.keys(jwk!).sort()).toEqual(["crv", "kty", "x", "y"]);
        const { payload } = await jwtVerify(proof!, await importJWK(jwk as JWK, "ES256"), {
          currentDate: new Date(own.clock.now() * 1000),
        });
        expect(payload).toMatchObject({
          htu: `${own.idp.issuer}/${endpoint}`,
          htm: endpoint === "token" ? "POST" : "GET",
        });
        if (endpoint === "userinfo") {
          const [, token] = /^DPoP (.+)$/.exec(authorization!)!;
          expect(payload["ath"]).toBe(createHash("sha256").update(token!).digest("base64url"));
        }
        return jwk!.x;
      }),
    );
    expect(own.idp.proofs.map(({ endpoint }) => endpoint)).toEqual(["token", "userinfo", "token", "userinfo"]);
    expect(new Set(keys).size).toBe(1);
    await own.browser().signIn();
    expect(decodeProtectedHeader(own.idp.proofs.at(-1)!.proof!).jwk!.x).not.toBe(keys[0]);
  }));

test("the key survives a renewal that failed after the provider had replaced the refresh token", () =>
  withDpop(async (own) => {
    own.idp.userinfoOnly = ["roles"];
    const browser = own.browser();
    await browser.signIn();
    own.clock.advance(901);
    own.idp.outages.set("userinfo", "error");
    expectPage(await browser.navigate(RENEW), 503);
    own.idp.outages.clear();
    expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
    expect(new Set(own.idp.proofs.map(({ proof }) => decodeProtectedHeader(proof!).jwk!.x)).size).toBe(1);
  }));

test("a browser that lost the answer of a renewal gets the key again with the rest", () =>
  withDpop(async (own) => {
    const browser = own.browser();
    await browser.signIn();
    own.clock.advance(901);
    const copy = browser.copy();
    expect((await browser.navigate(RENEW)).status).toBe(302);
    expect((await copy.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
    own.clock.advance(901);
    expect((await copy.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
    expect(new Set(own.idp.proofs.map(({ proof }) => decodeProtectedHeader(proof!).jwk!.x)).size).toBe(1);
  }));

describe("a change of the config ends no session", () => {
  const publish = (own: AuthEnvironment, dpop: boolean) => {
    const main = { ...own.settings.identityProviders["main"]!, dpop };
    own.publishSettings({ ...own.settings, identityProviders: { main } });
    own.clock.advance(901);
  };

  test("one from before it asked for a key is renewed without one", () =>
    withAuth({}, async (own) => {
      own.idp.tampering = {
        discovery: (document) => void (document["dpop_signing_alg_values_supported"] = ["ES256"]),
      };
      const browser = own.browser();
      await browser.signIn();
      publish(own, true);
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
      expect(own.idp.proofs.filter(({ proof }) => proof !== undefined)).toEqual([]);
    }));

  test("one whose refresh token is bound to a key is renewed with it when the config no longer asks for one", () =>
    withDpop(async (own) => {
      const browser = own.browser();
      await browser.signIn();
      publish(own, false);
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
      expect(own.idp.proofs.filter(({ proof }) => proof === undefined)).toEqual([]);
    }));
});

describe("a nonce that the provider demands", () => {
  test("costs one more request, without spending the code; later ones have it from the start", () =>
    withDpop(async (own) => {
      own.idp.clientRefusals.push(NONCE_DEMANDED("nonce-of-the-test-1"));
      const browser = own.browser();
      expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
      expect(own.idp.codesSeen).toBe(1);
      own.clock.advance(901);
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
      const tokens = own.idp.proofs.filter(({ endpoint }) => endpoint === "token");
      expect(tokens.map(nonceOf)).toEqual([undefined, "nonce-of-the-test-1", "nonce-of-the-test-1"]);
      expect(new Set(tokens.map(({ proof }) => decodeJwt(proof!).jti)).size).toBe(3);
    }));

  test("is sent once: a provider that is never content is not asked a third time", () =>
    withDpop(async (own) => {
      own.idp.clientRefusals.push(...["1", "2", "3"].map((n) => NONCE_DEMANDED(`nonce-of-the-test-${n}`)));
      const response = await own.browser().signIn();
      expectNoSession(response);
      expect(own.idp.count("token")).toBe(2);
      expect(own.idp.codesSeen).toBe(0);
    }));

  test("at userinfo is sent, too", () =>
    withDpop(async (own) => {
      own.idp.userinfoOnly = ["roles"];
      own.idp.userinfoRefusals.push([
        401,
        {},
        { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": "nonce-of-the-test-4" },
      ]);
      expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
      expect(own.idp.proofs.filter(({ endpoint }) => endpoint === "userinfo").map(nonceOf)).toEqual([
        undefined,
        "nonce-of-the-test-4",
      ]);
    }));
});

describe("nobody gets in without the binding that the config asks for", () => {
  test.each<[string, (document: Record<string, unknown>) => void]>([
    ["does not offer it", (document) => delete document["dpop_signing_alg_values_supported"]],
    ["knows no algorithm in common", (document) => (document["dpop_signing_alg_values_supported"] = ["EdDSA"])],
  ])("if the provider %s: nobody is even sent there", (_name, change) =>
    withDpop(async (own) => {
      own.idp.tampering.discovery = (document) => void change(document);
      const response = await own.browser().navigate("/_gate/login");
      await expectFailed(own, response, { detail: "dpop_not_supported" });
      expect(setCookies(response).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
    }),
  );

  test("if the provider ignores the proof", () =>
    withDpop(async (own) => {
      delete own.idp.tampering.tokenResponse;
      const response = await own.browser().signIn();
      await expectFailed(own, response, { detail: "token_not_bound" });
      expect(setCookie(response, SESSION_COOKIE)?.value ?? "").toBe("");
    }));
});

test("without it in the config there is no proof, although the provider offers it", () =>
  withAuth({}, async (own) => {
    own.idp.tampering = {
      discovery: (document) => void (document["dpop_signing_alg_values_supported"] = ["ES256"]),
    };
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
    expect(own.idp.proofs.map(({ proof }) => proof)).toEqual([undefined, undefined]);
  }));
