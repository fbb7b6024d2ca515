/** No secret anywhere: AWS vouches for the handler's role, and the provider checks that with the keys of AWS. */
import type { AwsAssertion } from "../../../../session/client-authentication";
import { expectNoSession, expectPage, setCookies } from "../../../support/answers";
import { withAuth, type AuthEnvironment, type AuthOptions } from "../../../support/auth-fixture";
import type { EdgeResponse } from "../../../support/cloudfront-event";

const STS = "STS.GetWebIdentityToken";
const SECRETS = "secretsmanager.GetSecretValue";
const AUDIENCE = "api://AzureADTokenExchange";
const RENEW = "/_gate/login?return_to=%2Fb";
/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const PROPAGATION = [70021, 700211, 700212, 700213, 7002121, 7002131];

function withAssertion(
  body: (own: AuthEnvironment) => Promise<void>,
  { algorithm = "RS256", ...options }: AuthOptions & Partial<Pick<AwsAssertion, "algorithm">> = {},
) {
  const clientAuthentication: AwsAssertion = { method: "aws_assertion", audience: AUDIENCE, algorithm };
  const prepare: AuthOptions["prepare"] = ({ aws, idp }) => {
    const { issuer, subject, jwks } = aws.sts;
    idp.federatedCredential = { issuer, subject, audience: AUDIENCE, jwks };
  };
  return withAuth({ emulator: { clientAuthentication }, prepare, ...options }, body);
}

/** As Entra ID answers (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
function refusal(code: number, error = "invalid_request", status = 400): [number, object] {
  const description = `AADSTS${code}: No matching federated identity record found. Trace ID: <i>1</i>`;
  return [status, { error, error_description: description, error_codes: [code], timestamp: "2026-01-01 00:00:00Z" }];
}

async function expectFailed(own: AuthEnvironment, response: EdgeResponse, status: number, line: object): Promise<void> {
  expectPage(response, status);
  expectNoSession(response);
  expect(await own.logLines(response)).toEqual([expect.objectContaining(line)]);
}

describe.each(["RS256", "ES384"] as const)("an assertion signed with %s", (algorithm) => {
  test("is what the provider gets at every endpoint, verified against the keys of STS", () =>
    withAssertion(
      async (own) => {
        const browser = own.browser();
        expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
        own.clock.advance(901);
        expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
        await browser.fetch("/_gate/logout", { method: "POST" });
        expect(own.idp.assertions.map(({ endpoint }) => endpoint)).toEqual(["token", "token", "token", "revocation"]);
        for (const { protectedHeader, payload } of own.idp.assertions) {
          expect(protectedHeader.alg).toBe(algorithm);
          expect(payload).toMatchObject({ iss: own.aws.sts.issuer, sub: own.aws.sts.subject, aud: AUDIENCE });
          expect(payload.exp! - payload.iat!).toBe(300);
        }
      },
      { algorithm },
    ));
});

test("the only secret that is read are the session keys", () =>
  withAssertion(async (own) => {
    const browser = own.browser();
    await browser.signIn("/a");
    own.clock.advance(901);
    await browser.navigate(RENEW);
    await browser.fetch("/_gate/logout", { method: "POST" });
    expect([...own.aws.secrets.keys()]).toEqual(["example/session-keys"]);
    expect(own.aws.requests).toContain(SECRETS);
    expect(own.aws.requests.filter((target) => target.startsWith("TrentService"))).toEqual([]);
  }));

describe("the provider refuses", () => {
  const changes: [string, (credential: NonNullable<AuthEnvironment["idp"]["federatedCredential"]>) => void][] = [
    ["another account's issuer", (credential) => (credential.issuer = "https://other.tokens.sts.global.api.aws")],
    ["another role", (credential) => (credential.subject += "-2")],
    ["another audience", (credential) => (credential.audience = "api://other")],
    ["other keys", (credential) => (credential.jwks = () => ({ keys: [] }))],
  ];
  test.each(changes)("%s, and nobody gets in", (_name, change) =>
    withAssertion(async (own) => {
      change(own.idp.federatedCredential!);
      await expectFailed(own, await own.browser().signIn(), 503, {
        outcome: "client_refused",
        detail: "invalid_client",
      });
      expect(own.idp.codesSeen).toBe(0);
    }),
  );
});

describe("an assertion is cached", () => {
  const count = (own: AuthEnvironment) => own.aws.requests.filter((target) => target === STS).length;

  test("until a minute and a half before it expires", () =>
    withAssertion(async (own) => {
      for (const seconds of [0, 100, 100]) {
        own.clock.advance(seconds);
        await own.browser().signIn();
      }
      expect(count(own)).toBe(1);
      own.clock.advance(11);
      await own.browser().signIn();
      expect(count(own)).toBe(2);
      expect(own.idp.assertions).toHaveLength(4);
    }));

  test("and used for another minute while STS is down, but not until it expires", () =>
    withAssertion(async (own) => {
      await own.browser().signIn();
      own.aws.faults.set(STS, "error");
      own.clock.advance(265);
      expect((await own.browser().signIn()).status).toBe(302);
      own.clock.advance(10);
      await expectFailed(own, await own.browser().signIn(), 503, { outcome: "client_assertion_unavailable" });
    }));

  test("by all sign-ins that come at the same time", () =>
    withAssertion(async (own) => {
      const browsers = Array.from({ length: 5 }, () => own.browser());
      const callbacks: string[] = [];
      for (const browser of browsers) callbacks.push(browser.approve(await browser.startSignIn("/a")));
      await Promise.all(browsers.map((browser, i) => browser.navigate(callbacks[i]!)));
      expect(own.idp.assertions).toHaveLength(5);
      expect(count(own)).toBe(1);
    }));

  test.each<[string, [number, object]]>([
    ["Entra ID says that it expired", refusal(700024, "invalid_client", 401)],
    ["a provider without codes does not accept it", [401, { error: "invalid_client" }]],
  ])("but not if %s: then a new one is used, once", (_name, answer) =>
    withAssertion(async (own) => {
      await own.browser().signIn();
      own.idp.clientRefusals.push(answer);
      expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
      expect(count(own)).toBe(2);
      const [first, second] = own.idp.assertions.map(({ payload }) => payload.jti);
      expect(first).not.toBe(second);

      own.idp.clientRefusals.push(answer, answer);
      const tokenRequests = own.idp.count("token");
      await expectFailed(own, await own.browser().signIn(), 503, { outcome: "client_refused" });
      expect(own.idp.count("token") - tokenRequests).toBe(2);
      expect(own.idp.codesSeen).toBe(2);
    }),
  );

  test("a refusal in WWW-Authenticate is one, too", () =>
    withAssertion(async (own) => {
      await own.browser().signIn();
      const [status, body] = refusal(700024, "invalid_client", 401);
      own.idp.clientRefusals.push([status, body, { "www-authenticate": 'Bearer error="invalid_client"' }]);
      expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
      expect(count(own)).toBe(2);
    }));
});

describe.each(PROPAGATION)("AADSTS%s", (code) => {
  test.each([
    ["invalid_request", 400],
    ["invalid_client", 401],
  ] as const)("as %s: the credential has not reached all of the provider; the request is sent again", (error, status) =>
    withAssertion(async (own) => {
      own.idp.clientRefusals.push(refusal(code, error, status), refusal(code, error, status));
      const response = await own.browser().signIn("/a");
      expect(response.headers["location"]).toEqual(["/a"]);
      expect(own.idp.count("token")).toBe(3);
      expect(own.idp.codesSeen).toBe(1);
      expect(await own.logLines(response)).toEqual([
        expect.objectContaining({ outcome: "signed_in", detail: "client_not_propagated client_not_propagated" }),
      ]);
    }),
  );
});

describe("while the credential has not reached the provider", () => {
  test("people are told that sign-in is being set up, and when to try again", () =>
    withAssertion(async (own) => {
      own.scaleTime(1);
      own.idp.clientRefusals.push(...Array.from({ length: 20 }, () => refusal(700213)));
      const response = await own.browser().signIn();
      await expectFailed(own, response, 503, { outcome: "client_not_propagated", detail: "AADSTS700213" });
      expect(response.headers["retry-after"]).toEqual(["30"]);
      expect(response.body).toContain("<h1>Sign-in is being set up</h1>");
      // 250 ms, 500 ms, 1 s: then no time is left for the rest.
      expect(own.idp.count("token")).toBeGreaterThanOrEqual(3);
      expect(own.idp.count("token")).toBeLessThanOrEqual(5);
      expect(own.idp.codesSeen).toBe(0);
    }));

  test("a renewal keeps the session: the next one works", () =>
    withAssertion(async (own) => {
      own.scaleTime(1);
      const browser = own.browser();
      await browser.signIn();
      own.clock.advance(901);
      own.idp.clientRefusals.push(...Array.from({ length: 20 }, () => refusal(70021)));
      const response = await browser.navigate(RENEW);
      expectPage(response, 503);
      expect(setCookies(response).filter(({ value }) => value === "")).toEqual([]);
      own.idp.clientRefusals.length = 0;
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
    }));
});

describe("a code or a refresh token is never sent twice once it may have been used", () => {
  test.each<[string, [number, object]]>([
    ["the grant was refused", [400, { error: "invalid_grant" }]],
    ["the grant was refused, whatever code comes with it", refusal(700213, "invalid_grant")],
    ["the request was wrong", [400, { error: "invalid_request" }]],
    ["the request was wrong for another reason", refusal(9002313)],
    ["the client is wrong for another reason", refusal(7000215, "invalid_client", 401)],
    ["the client may not do this", refusal(700213, "unauthorized_client")],
    ["the provider failed", [500, refusal(700213)[1]]],
    ["the provider is busy", [503, refusal(700213)[1]]],
    ["the answer is not an error", [200, refusal(700213)[1]]],
    ["the codes are not numbers", [400, { error: "invalid_request", error_codes: ["700213"] }]],
    ["the codes are not a list", [400, { error: "invalid_request", error_codes: 700213 }]],
  ])("%s", (_name, answer) =>
    withAssertion(async (own) => {
      const browser = own.browser();
      await browser.signIn();
      own.idp.clientRefusals.push(answer);
      const before = own.idp.count("token");
      expectNoSession(await own.browser().signIn());
      expect(own.idp.count("token") - before).toBe(1);

      own.idp.clientRefusals.push(answer);
      own.clock.advance(901);
      await browser.navigate(RENEW);
      expect(own.idp.count("token") - before).toBe(2);
    }),
  );

  test("the answer was lost", () =>
    withAssertion(async (own) => {
      own.idp.outages.set("token", "reset");
      await expectFailed(own, await own.browser().signIn(), 503, { outcome: "idp_unavailable" });
      expect(own.idp.count("token")).toBe(1);
    }));
});

describe("nobody gets in, and the code is not spent", () => {
  test.each(["error", "throttle", "denied", "garbage"] as const)("while STS has the fault %s", (fault) =>
    withAssertion(async (own) => {
      own.aws.faults.set(STS, fault);
      const response = await own.browser().signIn();
      await expectFailed(own, response, 503, { outcome: "client_assertion_unavailable" });
      expect(response.headers["retry-after"]).toEqual(["5"]);
      expect(own.idp.count("token")).toBe(0);
    }),
  );

  test("while STS does not answer", () =>
    withAssertion(async (own) => {
      own.scaleTime(1);
      own.aws.faults.set(STS, "hang");
      await expectFailed(own, await own.browser().signIn(), 503, { outcome: "client_assertion_unavailable" });
      expect(own.idp.count("token")).toBe(0);
    }));
});
