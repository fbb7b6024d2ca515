/**
 * A discovery document is taken as a whole or not at all; the edge tests try the endpoints that every sign-in needs.
 */
import { identityProviders } from "../../../edge-handlers/auth/oidc/identity-providers";
import { send } from "../../../edge-handlers/shared/connections";

jest.mock("../../../edge-handlers/shared/connections");

const ISSUER = "https://idp.example/tenant";
const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: "https://idp.example/authorize",
  token_endpoint: "https://idp.example/token",
  jwks_uri: "https://idp.example/jwks",
  userinfo_endpoint: "https://idp.example/userinfo",
  end_session_endpoint: "https://idp.example/logout",
  revocation_endpoint: "https://idp.example/revoke",
};

function metadataOf(document: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  jest
    .mocked(send)
    .mockImplementation(async () => ({ status: 200, headers, body: Buffer.from(JSON.stringify(document)) }));
  return identityProviders({ now: () => 0, log: () => undefined }).metadata(ISSUER);
}
test("a document with TLS everywhere is taken", async () => {
  expect(await metadataOf(DOCUMENT)).toEqual(DOCUMENT);
});

test("endpoints that a sign-in can do without may be absent", async () => {
  expect(
    await metadataOf({
      ...DOCUMENT,
      userinfo_endpoint: undefined,
      end_session_endpoint: undefined,
      revocation_endpoint: undefined,
    }),
  ).toMatchObject({ issuer: ISSUER });
});

const ENDPOINTS = Object.keys(DOCUMENT).filter((name) => name !== "issuer");
test.each(
  ENDPOINTS.flatMap((name) =>
    ["http://idp.example/x", "http://localhost/x", "javascript:alert(1)", "/x", 7, null].map((value) => [name, value]),
  ),
)("a document whose %s is %j is refused", async (name, value) => {
  await expect(metadataOf({ ...DOCUMENT, [String(name)]: value })).rejects.toMatchObject({ code: "idp_misconfigured" });
});
