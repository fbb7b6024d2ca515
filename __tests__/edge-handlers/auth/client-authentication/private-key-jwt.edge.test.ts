/** The client authenticates with a key of its own, in Secrets Manager or in KMS. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { generate } from "selfsigned";
import type { PrivateKeyJwt, SigningAlgorithm } from "../../../../session/client-authentication";
import { expectNoSession, expectPage } from "../../../support/answers";
import { withAuth, type AuthEnvironment, type AuthOptions } from "../../../support/auth-fixture";
import {
  FIRST_KEY,
  guardPem,
  keysIn,
  JWKS,
  letProviderFetchKeys,
  newPem,
  type PublicKey,
  publishedKeys,
  SECOND_KEY,
} from "../../../support/client-keys";
import type { EdgeResponse } from "../../../support/cloudfront-event";

const ALGORITHMS: SigningAlgorithm[] = ["RS256", "PS256", "ES256", "ES384", "ES512"];
const SECRET = "secretsmanager.GetSecretValue";
const SECRET_NAME = "example/client-secret/main";
const RENEW = "/_gate/login?return_to=%2Fb";

function settings(more: Partial<PrivateKeyJwt> = {}): PrivateKeyJwt {
  return { method: "private_key_jwt", audience: "issuer", ...more };
}

function withPem(pem: string, more: Partial<PrivateKeyJwt>, body: (own: AuthEnvironment) => Promise<void>) {
  return withAuth({ emulator: { clientAuthentication: settings(more) }, pem }, async (own) => {
    guardPem(own, pem);
    await body(own);
  });
}

function withKms(
  algorithm: SigningAlgorithm,
  more: Partial<PrivateKeyJwt>,
  body: (own: AuthEnvironment) => Promise<void>,
) {
  const clientAuthentication = settings({ kmsKeys: [FIRST_KEY], algorithm, ...more });
  const prepare: AuthOptions["prepare"] = ({ aws }) => {
    for (const arn of clientAuthentication.kmsKeys ?? []) aws.signingKeys.create(arn, algorithm);
  };
  return withAuth({ emulator: { clientAuthentication }, prepare }, body);
}

/** Signs in, renews and signs out, with a last renewal for the hint: each time the provider wants to know the client. */
async function expectAccepted(own: AuthEnvironment): Promise<void> {
  const browser = own.browser();
  expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
  own.clock.advance(901);
  expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
  await browser.fetch("/_gate/logout", { method: "POST" });
  expect(own.idp.assertions.map(({ endpoint }) => endpoint)).toEqual(["token", "token", "token", "revocation"]);
  expect(own.idp.revoked).toHaveLength(1);
}

async function expectRefused(own: AuthEnvironment, status: number, codes: object): Promise<EdgeResponse> {
  const response = await own.browser().signIn();
  expectPage(response, status);
  expectNoSession(response);
  expect(await own.logLines(response)).toEqual([expect.objectContaining(codes)]);
  return response;
}

describe.each(ALGORITHMS)("%s", (algorithm) => {
  test("with a PEM key", () =>
    withPem(newPem(algorithm), { algorithm }, async (own) => {
      await letProviderFetchKeys(own);
      await expectAccepted(own);
    }));

  test("with a key in KMS", () =>
    withKms(algorithm, {}, async (own) => {
      await letProviderFetchKeys(own);
      await expectAccepted(own);
    }));
});

test("what a KMS key signs is always of the form that the algorithm has, however many leading zeros its numbers have", () =>
  withKms("ES512", {}, async (own) => {
    await letProviderFetchKeys(own);
    // Every other number of P-521 has 65 bytes, and needs a zero before it.
    for (let tries = 0; tries < 12; tries++) expect((await own.browser().signIn("/a")).status).toBe(302);
    expect(own.idp.assertions).toHaveLength(12);
  }));

describe("the assertion", () => {
  test("is for the issuer, explicitly typed, short-lived and used once (RFC 10070 section 4)", () =>
    withKms("ES256", {}, async (own) => {
      await letProviderFetchKeys(own);
      await expectAccepted(own);
      const [{ kid }] = (await publishedKeys(own)) as [PublicKey];
      for (const { protectedHeader, payload } of own.idp.assertions) {
        expect(protectedHeader).toEqual({ typ: "client-authentication+jwt", alg: "ES256", kid });
        expect(payload).toMatchObject({ iss: "gate:way+1", sub: "gate:way+1", aud: own.idp.issuer });
        expect(payload.exp! - payload.iat!).toBe(60);
      }
      expect(new Set(own.idp.assertions.map(({ payload }) => payload.jti)).size).toBe(4);
    }));

  test.each(["PEM", "KMS"])(
    "is for the very endpoint where the provider demands that, and not typed as if it were for the issuer (%s)",
    async (place) => {
      const body = async (own: AuthEnvironment) => {
        await letProviderFetchKeys(own);
        await expectAccepted(own);
        expect(own.idp.assertions.map(({ payload }) => payload.aud)).toEqual(
          ["token", "token", "token", "revocation"].map((endpoint) => `${own.idp.issuer}/${endpoint}`),
        );
        expect(own.idp.assertions.map(({ protectedHeader }) => protectedHeader.typ)).toEqual(Array(4).fill("JWT"));
      };
      await (place === "PEM"
        ? withPem(newPem("RS256"), { audience: "endpoint" }, body)
        : withKms("RS256", { audience: "endpoint" }, body));
    },
  );

  test("names the certificate that came with the key, which is how Entra ID finds it", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "gateway" }], { keySize: 2048 });
    await withPem(`${cert}\n${key}`, { audience: "endpoint", algorithm: "PS256" }, async (own) => {
      await letProviderFetchKeys(own);
      await expectAccepted(own);
      const thumbprints = own.idp.assertions.map(({ protectedHeader }) => protectedHeader["x5t#S256"]);
      expect(thumbprints).toEqual(Array(4).fill(thumbprintOf(cert)));
    });
  });
});

describe("without an algorithm in the config", () => {
  test.each([
    ["RS256", "RS256"],
    ["ES256", "ES256"],
    ["ES384", "ES384"],
    ["ES512", "ES512"],
  ])("a key made for %s signs with %s", (made, used) =>
    withPem(newPem(made), {}, async (own) => {
      await letProviderFetchKeys(own);
      await expectAccepted(own);
      expect(own.idp.assertions[0]!.protectedHeader.alg).toBe(used);
    }),
  );
});

test.each(["pkcs1", "pkcs8"] as const)("a key may be written as %s, between other text", (type) => {
  const key = createPrivateKey(newPem("RS256")).export({ format: "pem", type }) as string;
  return withPem(`Bag Attributes: none\r\n${key.replaceAll("\n", "\r\n")}\r\n`, {}, async (own) => {
    await letProviderFetchKeys(own);
    await expectAccepted(own);
  });
});

test("an EC key may come with its parameters, as openssl writes it", () => {
  const key = createPrivateKey(newPem("ES256")).export({ format: "pem", type: "sec1" }) as string;
  const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  return withPem(parameters + key, {}, async (own) => {
    await letProviderFetchKeys(own);
    await expectAccepted(own);
  });
});

describe("nobody gets in", () => {
  test("with a key that the provider does not know", () =>
    withPem(newPem("ES256"), {}, async (own) => {
      await letProviderFetchKeys(own);
      const other = newPem("ES256");
      guardPem(own, other);
      own.aws.secrets.set(SECRET_NAME, other);
      own.clock.advance(61);
      await expectRefused(own, 503, { outcome: "client_refused", detail: "invalid_client" });
      expect(own.idp.count("token")).toBe(1);
    }));

  const ENCRYPTED = createPrivateKey(newPem("RS256")).export({
    format: "pem",
    type: "pkcs8",
    cipher: "aes-256-cbc",
    passphrase: "x",
  }) as string;
  const SMALL_KEY = generateKeyPairSync("rsa", {
    modulusLength: 1024,
    publicKeyEncoding: { format: "pem", type: "spki" },
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
  }).privateKey;
  test.each<[string, string, Partial<PrivateKeyJwt>, RegExp]>([
    ["a text without a key", "no key at all", {}, /^no_private_key$/],
    ["a public key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", {}, /^no_private_key$/],
    ["a broken key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", {}, /^ERR_/],
    ["an encrypted key", ENCRYPTED, {}, /^ERR_/],
    ["a key of another kind than the algorithm", newPem("ES256"), { algorithm: "RS256" }, /^algorithm_of_another_key$/],
    ["a key of another curve", newPem("ES384"), { algorithm: "ES256" }, /^algorithm_of_another_key$/],
    ["an RSA key for an algorithm of curves", newPem("RS256"), { algorithm: "ES256" }, /^algorithm_of_another_key$/],
    ["a key that is too small", SMALL_KEY, {}, /^key_too_small$/],
  ])("with %s", (_name, pem, more, detail) =>
    withPem(pem, more, async (own) => {
      await expectRefused(own, 503, {
        outcome: "client_key_unavailable",
        detail: expect.stringMatching(detail) as unknown,
      });
      expect(own.idp.count("token")).toBe(0);
      const keys = await own.browser().fetch(JWKS);
      expect(keys).toMatchObject({ status: 503, headers: { "cache-control": ["no-store"] } });
    }),
  );

  test("without the key in Secrets Manager", () =>
    withPem("", {}, async (own) => {
      own.aws.secrets.delete(SECRET_NAME);
      await expectRefused(own, 503, { outcome: "client_secret_unavailable" });
      expect(own.idp.count("token")).toBe(0);
    }));

  const TARGETS = ["TrentService.GetPublicKey", "TrentService.Sign"];
  const FAULTS = ["error", "throttle", "denied", "garbage"] as const;
  test.each(TARGETS.flatMap((target) => FAULTS.map((fault) => [target, fault] as const)))(
    "while %s has the fault %s; the code is not spent",
    (target, fault) =>
      withKms("ES256", {}, async (own) => {
        own.aws.faults.set(target, fault);
        const response = await expectRefused(own, 503, { outcome: "client_key_unavailable" });
        expect(response.headers["retry-after"]).toEqual(["5"]);
        expect(own.idp.count("token")).toBe(0);
      }),
  );

  test("while KMS does not answer", () =>
    withKms("ES256", {}, async (own) => {
      own.scaleTime(1);
      own.aws.faults.set("TrentService.Sign", "hang");
      await expectRefused(own, 503, { outcome: "client_key_unavailable" });
      expect(own.idp.count("token")).toBe(0);
    }));
});

describe("the key set", () => {
  test("has only public members, a thumbprint as key ID, and may be kept for five minutes by anybody", () =>
    withPem(newPem("RS256") + newPem("RS256"), {}, async (own) => {
      const response = await own.browser().fetch(JWKS);
      expect(response).toMatchObject({
        status: 200,
        headers: {
          "content-type": ["application/jwk-set+json"],
          "cache-control": ["public, max-age=300"],
          "x-content-type-options": ["nosniff"],
        },
      });
      expect(response.headers["set-cookie"]).toBeUndefined();
      const keys = keysIn(response);
      expect(keys).toHaveLength(2);
      for (const key of keys) {
        expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
        expect(key.kid).toMatch(/^[\w-]{43}$/);
      }
    }));

  test("has no private member of an EC key either", () =>
    withPem(newPem("ES256"), {}, async (own) => {
      const [key] = await publishedKeys(own);
      expect(Object.keys(key!).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }));

  test("by HEAD is one by GET without a body", () =>
    withPem(newPem("ES256"), {}, async (own) => {
      expect(await own.browser().fetch(JWKS, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
      expect(await own.browser().fetch(JWKS, { method: "POST" })).toMatchObject({ status: 405 });
    }));

  test("is empty where no provider knows the gateway by a key", () =>
    withAuth({ emulator: { clientAuthentication: "client_secret_basic" } }, async (own) => {
      expect(await publishedKeys(own)).toEqual([]);
    }));

  test("that cannot be read is not published in part, and is not kept by anybody", () =>
    withKms("ES256", { kmsKeys: [FIRST_KEY, SECOND_KEY] }, async (own) => {
      own.aws.signingKeys.delete(SECOND_KEY);
      expect(await own.browser().fetch(JWKS)).toMatchObject({
        status: 503,
        headers: { "cache-control": ["no-store"], "retry-after": ["5"] },
      });
    }));

  test("has a key that two providers share once", () =>
    withAuth(
      {
        withOtherIdp: true,
        emulator: { clientAuthentication: settings({ kmsKeys: [FIRST_KEY] }) },
        prepare: ({ aws }) => void aws.signingKeys.create(FIRST_KEY, "RS256"),
      },
      async (own) => expect(await publishedKeys(own)).toHaveLength(1),
    ));
});

describe("a change of keys that keeps to the runbook: nobody is refused, although the provider's copy of the keys is old", () => {
  const [OLD, NEW] = [newPem("ES256"), newPem("ES256")];

  test("in Secrets Manager", () =>
    withPem(OLD, {}, async (own) => {
      guardPem(own, NEW);
      await letProviderFetchKeys(own);
      await expectEverybodyIn(own, [
        () => own.aws.secrets.set(SECRET_NAME, OLD + NEW),
        () => own.aws.secrets.set(SECRET_NAME, NEW + OLD),
        () => own.aws.secrets.set(SECRET_NAME, NEW),
      ]);
    }));

  test("in KMS", () =>
    withKms("ES256", { kmsKeys: [FIRST_KEY] }, async (own) => {
      own.aws.signingKeys.create(SECOND_KEY, "ES256");
      await letProviderFetchKeys(own);
      const deploy = (kmsKeys: string[]) => () => {
        const main = { ...own.settings.identityProviders["main"]!, clientAuthentication: settings({ kmsKeys }) };
        own.publishSettings({ ...own.settings, identityProviders: { main } });
      };
      await expectEverybodyIn(own, [
        deploy([FIRST_KEY, SECOND_KEY]),
        deploy([SECOND_KEY, FIRST_KEY]),
        deploy([SECOND_KEY]),
      ]);
    }));

  test("without the wait, people are refused: the test above can fail", () =>
    withPem(OLD, {}, async (own) => {
      guardPem(own, NEW);
      await letProviderFetchKeys(own);
      own.aws.secrets.set(SECRET_NAME, NEW + OLD);
      own.clock.advance(61);
      await expectRefused(own, 503, { outcome: "client_refused" });
    }));

  /** After each step: at once, when the handlers have it, and when the provider has fetched the keys again. */
  async function expectEverybodyIn(own: AuthEnvironment, steps: (() => unknown)[]): Promise<void> {
    const kids = new Set<unknown>();
    for (const step of steps) {
      step();
      for (const fetchesKeys of [false, false, true, false]) {
        if (fetchesKeys) await letProviderFetchKeys(own);
        expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
        kids.add(own.idp.assertions.at(-1)!.protectedHeader.kid);
        own.clock.advance(61);
      }
    }
    expect(kids.size).toBe(2);
    expect(await publishedKeys(own)).toHaveLength(1);
  }
});

test("an old copy of the keys is used while AWS is down", () =>
  withKms("ES256", {}, async (own) => {
    await letProviderFetchKeys(own);
    expect((await own.browser().signIn("/a")).status).toBe(302);
    own.aws.faults.set("TrentService.GetPublicKey", "error");
    own.clock.advance(7200);
    expect((await own.browser().signIn("/a")).status).toBe(302);
    expect(await publishedKeys(own)).toHaveLength(1);
  }));

test("a key in Secrets Manager is fetched once, with all the rest", () =>
  withPem(newPem("ES256"), {}, async (own) => {
    await letProviderFetchKeys(own);
    own.aws.requests.length = 0;
    await own.coldStart();
    await own.browser().signIn("/a");
    expect(own.aws.requests.filter((target) => target === SECRET)).toHaveLength(2);
  }));

function thumbprintOf(certificate: string): string {
  return Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}
