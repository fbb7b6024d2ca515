/** Pushed authorization requests (RFC 9126): what a sign-in asks for does not pass through the browser. */
import { FLOW_COOKIE_PREFIX } from "../../../../session/cookies";
import type { ClientAuthentication } from "../../../../session/client-authentication";
import { expectPage, setCookies } from "../../../support/answers";
import { withAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import { FIRST_KEY, letProviderFetchKeys, newPem } from "../../../support/client-keys";

const PUSHED = { idp: { pushedAuthorizationRequests: true } };

async function expectFailed(own: AuthEnvironment, status: number, line: object): Promise<void> {
  const response = await own.browser().navigate("/_gate/login");
  expectPage(response, status);
  expect(setCookies(response).filter(({ name }) => name.startsWith(FLOW_COOKIE_PREFIX))).toEqual([]);
  expect(await own.logLines(response)).toEqual([expect.objectContaining(line)]);
}

test("are used where the config says so: the browser carries a reference and nothing else", () =>
  withAuth(PUSHED, async (own) => {
    const browser = own.browser();
    const location = new URL(await browser.startSignIn("/a"));
    expect([...location.searchParams.keys()]).toEqual(["client_id", "request_uri"]);
    expect((await browser.navigate(browser.approve(location.href))).headers["location"]).toEqual(["/a"]);
    expect(own.idp.count("par")).toBe(1);
  }));

test("are used where the provider accepts no others", () =>
  withAuth({ prepare: ({ idp }) => void (idp.requiresPushedRequests = true) }, async (own) => {
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
    expect(own.idp.count("par")).toBe(1);
  }));

test("are not used otherwise, although the provider offers them", () =>
  withAuth({}, async (own) => {
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
    expect(own.idp.count("par")).toBe(0);
  }));

const METHODS: [string, ClientAuthentication][] = [
  ["client_secret_basic", "client_secret_basic"],
  ["client_secret_post", "client_secret_post"],
  ["private_key_jwt with PEM", { method: "private_key_jwt", audience: "endpoint" }],
  ["private_key_jwt with KMS", { method: "private_key_jwt", audience: "issuer", kmsKeys: [FIRST_KEY] }],
  ["aws_assertion", { method: "aws_assertion", audience: "api://AzureADTokenExchange", algorithm: "RS256" }],
];
test.each(METHODS)("authenticate the client as the other requests do: %s", (_name, clientAuthentication) =>
  withAuth(
    {
      ...PUSHED,
      emulator: { clientAuthentication },
      ...(typeof clientAuthentication === "object" && { pem: newPem("RS256") }),
      prepare: ({ aws, idp }) => {
        aws.signingKeys.create(FIRST_KEY, "RS256");
        const { issuer, subject, jwks } = aws.sts;
        if (typeof clientAuthentication === "object" && clientAuthentication.method === "aws_assertion")
          idp.federatedCredential = { issuer, subject, audience: clientAuthentication.audience, jwks };
      },
    },
    async (own) => {
      await letProviderFetchKeys(own);
      expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
      if (typeof clientAuthentication === "object")
        expect(own.idp.assertions.map(({ endpoint }) => endpoint)).toEqual(["par", "token"]);
    },
  ),
);

describe("nobody is sent to the provider", () => {
  test("if it does not offer them although the config asks for them", () =>
    withAuth(PUSHED, async (own) => {
      own.idp.tampering = { discovery: (document) => void delete document["pushed_authorization_request_endpoint"] };
      await expectFailed(own, 502, { outcome: "idp_misconfigured", detail: "pushed_requests_not_offered" });
    }));

  test("if their endpoint has no TLS", () =>
    withAuth(PUSHED, async (own) => {
      own.idp.tampering = {
        discovery: (document) => void (document["pushed_authorization_request_endpoint"] = "http://localhost/par"),
      };
      await expectFailed(own, 502, { outcome: "idp_misconfigured", detail: "endpoint" });
    }));

  test("if it refuses the client", () =>
    withAuth(PUSHED, async (own) => {
      own.idp.clientRefusals.push([401, { error: "invalid_client" }]);
      await expectFailed(own, 503, { outcome: "client_refused", detail: "invalid_client" });
    }));

  test.each(["error", "reset", "garbage"] as const)("if their endpoint has the outage %s", (outage) =>
    withAuth(PUSHED, async (own) => {
      own.idp.outages.set("par", outage);
      await expectFailed(own, outage === "garbage" ? 502 : 503, {
        outcome: outage === "garbage" ? "idp_answer_unreadable" : "idp_unavailable",
      });
    }),
  );

  test("without the secret that they are authenticated with", () =>
    withAuth({ ...PUSHED, emulator: { clientAuthentication: "client_secret_basic" } }, async (own) => {
      own.aws.secrets.delete("example/client-secret/main");
      await expectFailed(own, 503, { outcome: "client_secret_unavailable" });
      expect(own.idp.count("par")).toBe(0);
    }));
});
