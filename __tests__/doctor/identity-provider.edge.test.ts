/** `edgegate doctor idp` against the certified local provider, and against providers with one mistake each. */
import { readFileSync } from "node:fs";
import type { Config } from "../../config/schema";
import { examineIdentityProvider } from "../../doctor/identity-provider/checks";
import type { Finding } from "../../doctor/finding";
import { NoAnswer } from "../../doctor/http";
import { clientSecretName } from "../../stacks/names";
import type { LocalEdge } from "../../local/local-edge";
import { startTestEdge } from "../support/local-edge";
import { TamperedHttp, withMembers, type Tampering } from "../support/tampered-http";

type Provider = Config["identityProviders"][string];

let edge: LocalEdge;
let http: TamperedHttp;

beforeAll(async () => {
  edge = await startTestEdge();
  http = new TamperedHttp(readFileSync(edge.caFile, "utf8"));
});
afterAll(() => edge?.close());
beforeEach(() => {
  http.tamperings = [];
});

async function examined(
  changes: Partial<Provider> = {},
  { clientSecret, issuer = edge.issuer }: { clientSecret?: string; issuer?: string } = {},
): Promise<Finding[]> {
  const provider = { ...edge.config.identityProviders["main"]!, ...changes };
  const { clientId } = provider;
  const { config } = edge;
  const subject = { config, id: "main", provider, issuer, clientId: clientId!, clientSecret, http };
  return (await examineIdentityProvider(subject)).findings;
}

const text = ({ check, status, seen }: Finding): string => `${status} ${check}: ${seen}`;
const secret = (): string => edge.aws.secrets.get(clientSecretName(edge.config, "main"))!;

test("finds nothing wrong with a provider that works", async () => {
  const found = await examined({}, { clientSecret: secret() });
  expect(found.filter(({ status }) => status !== "ok")).toEqual([]);
  const seen = found.map(text);
  expect(seen).toContain(`ok redirect URI: ${edge.url}/_gate/callback/main: registered`);
  expect(seen).toContain("ok credentials: the client secret is right");
  expect(seen.join("\n")).toContain(`the address to register is ${edge.url}/_gate/backchannel-logout/main`);
});

test("a wrong client secret is found out, and is in no finding", async () => {
  const found = await examined({}, { clientSecret: "not the secret" });
  const wrong = found.filter(({ status }) => status !== "ok");
  expect(wrong.map(text)).toEqual(["problem credentials: the provider refuses the client (invalid_client)"]);
  expect(wrong[0]!.fix).toContain("edgegate secrets put main");
  expect(JSON.stringify(found)).not.toContain("not the secret");
});

test("without the secret, credentials are not tried", async () => {
  const requests: string[] = [];
  http.tamperings = [["/token", (answer) => (requests.push("token"), answer!)]];
  expect((await examined()).map(text)).toContain("skipped credentials: the client secret was not sent");
  expect(requests).toEqual([]);
});

const document = "/.well-known/openid-configuration";
const redirectTo =
  (change: (location: URL) => void): Tampering =>
  (answer) => {
    const location = new URL(answer!.headers["location"]!);
    change(location);
    return { headers: { ...answer!.headers, location: location.href } };
  };
const RSA_1024 = { kty: "RSA", kid: "short", alg: "RS256", e: "AQAB", n: Buffer.alloc(128, 255).toString("base64url") };

/** What is wrong, where and how, and what the doctor says of it. */
const MISTAKES: [
  mistake: string,
  tampering: [string, Tampering] | undefined,
  changes: Partial<Provider>,
  seen: RegExp,
][] = [
  [
    "no answer",
    [document, () => new NoAnswer("its name is not in DNS")],
    {},
    /^problem discovery: https.*: its name is not/,
  ],
  [
    "a page in the place of the document",
    [document, () => ({ body: "<html>" })],
    {},
    /^problem discovery: .*HTTP 200, not a/,
  ],
  ["no document", [document, () => ({ status: 404 })], {}, /^problem discovery: .*HTTP 404, not a discovery document/],
  [
    "another issuer",
    [document, withMembers({ issuer: "https://login.example.com/" })],
    {},
    /^problem issuer: the document says that its issuer is "https:\/\/login\.example\.com\/"/,
  ],
  [
    "no token endpoint",
    [document, withMembers({ token_endpoint: undefined })],
    {},
    /^problem endpoints: token_endpoint:/,
  ],
  [
    "an endpoint without TLS",
    [document, withMembers({ authorization_endpoint: "http://login.example.com/auth" })],
    {},
    /^problem endpoints: authorization_endpoint: missing, or without https/,
  ],
  [
    "a clock that is behind",
    [document, (answer) => ({ headers: { ...answer!.headers, date: new Date(Date.now() - 300_000).toUTCString() } })],
    {},
    /^warning clock: the provider's is (299|300|301|302) s behind this machine's/,
  ],
  ["no keys", ["/jwks", () => ({ body: '{"keys":[]}' })], {}, /^problem signing keys: .*none of 0 signing keys/],
  [
    "keys that cannot be read",
    ["/jwks", () => ({ status: 500 })],
    {},
    /^problem signing keys: .*HTTP 500, not a JWK set/,
  ],
  [
    "a short key",
    ["/jwks", () => ({ body: JSON.stringify({ keys: [RSA_1024] }) })],
    {},
    /^problem signing keys: .*none of 1 signing keys can be used: RS256 short \(too short\)/,
  ],
  [
    "a key that the gateway does not use",
    [
      "/jwks",
      (answer) => ({ body: answer!.body.replace('"keys":[', '"keys":[{"kty":"EC","crv":"P-521","kid":"big"},') }),
    ],
    {},
    /^warning signing keys: not used by the gateway: EC big \(curve not accepted\)/,
  ],
  [
    "ID tokens with HMAC",
    [document, withMembers({ id_token_signing_alg_values_supported: ["HS256"] })],
    {},
    /^problem ID token: signed with HS256 only/,
  ],
  [
    "no code flow",
    [document, withMembers({ response_types_supported: ["token"] })],
    {},
    /^problem code flow: offers token/,
  ],
  [
    "PKCE with plain text only",
    [document, withMembers({ code_challenge_methods_supported: ["plain"] })],
    {},
    /^warning code flow: PKCE only with plain/,
  ],
  ["an unknown scope", undefined, { scopes: ["openid", "pets"] }, /^warning scopes: not among scopes_supported: pets/],
  [
    "an unregistered redirect URI",
    ["/auth?", () => ({ status: 400, headers: {}, body: "redirect_uri did not match" })],
    {},
    /^problem redirect URI: .*\/_gate\/callback\/main: not accepted \(HTTP 400\)/,
  ],
  [
    "Entra's page about it",
    ["/auth?", () => ({ status: 200, headers: {}, body: "AADSTS50011: The redirect URI" })],
    {},
    /^problem redirect URI: .*: not accepted \(HTTP 200, AADSTS50011\)/,
  ],
  [
    "Cognito's page about it",
    ["/auth?", () => ({ status: 302, headers: { location: "/error?error=redirect_mismatch&client_id=x" } })],
    {},
    /^problem redirect URI: .*: not accepted \(redirect_mismatch\)/,
  ],
  [
    "a scope that is refused",
    ["/auth?", redirectTo((url) => url.searchParams.set("error", "invalid_scope"))],
    {},
    /^problem redirect URI: .*: invalid_scope/,
  ],
  [
    "a client that may not",
    ["/auth?", redirectTo((url) => url.searchParams.set("error", "unauthorized_client"))],
    {},
    /^problem redirect URI: .*: registered, but the provider answers unauthorized_client/,
  ],
  [
    "another client authentication",
    [document, withMembers({ token_endpoint_auth_methods_supported: ["client_secret_post"] })],
    {},
    /^problem client: clientAuthentication is "client_secret_basic", and the provider offers client_secret_post/,
  ],
  [
    "another algorithm for assertions",
    [
      document,
      withMembers({
        token_endpoint_auth_methods_supported: ["private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported: ["RS256"],
      }),
    ],
    { clientAuthentication: { method: "private_key_jwt", algorithm: "ES512" } },
    /^problem client: assertions are signed with ES512, and the provider accepts RS256/,
  ],
  [
    "a client that is not public",
    undefined,
    { clientAuthentication: "none" },
    /^problem credentials: the provider refuses the client \(invalid_client\)/,
  ],
  [
    "pushed requests that are not offered",
    [document, withMembers({ pushed_authorization_request_endpoint: undefined })],
    { pushedAuthorizationRequests: true },
    /^problem pushed requests: the provider has no pushed_authorization_request_endpoint/,
  ],
  [
    "DPoP that is not offered",
    [document, withMembers({ dpop_signing_alg_values_supported: undefined })],
    { dpop: true },
    /^problem DPoP: the provider does not offer DPoP/,
  ],
  [
    "no refresh tokens",
    [document, withMembers({ grant_types_supported: ["authorization_code"] })],
    {},
    /^warning silent renewal: refresh tokens are not offered/,
  ],
  [
    "no sign-out",
    [document, withMembers({ end_session_endpoint: undefined })],
    {},
    /^warning sign-out: the provider has no end_session_endpoint/,
  ],
  [
    "no pushed sign-outs",
    [document, withMembers({ backchannel_logout_supported: undefined })],
    {},
    /^warning pushed sign-outs: the provider does not push sign-outs/,
  ],
];

test.each(MISTAKES)("%s", async (_mistake, tampering, changes, seen) => {
  http.tamperings = tampering ? [tampering] : [];
  const found = await examined(changes);
  expect(found.map(text)).toContainEqual(expect.stringMatching(seen));
  for (const { status, fix } of found) if (status === "problem") expect(fix).toBeTruthy();
});

test("what the provider itself says of a client and of a redirect URI that it does not know", async () => {
  expect((await examined({ clientId: "nobody" })).map(text)).toContainEqual(
    expect.stringMatching(/^problem redirect URI: .*: not accepted \(HTTP 400\)/),
  );
  const elsewhere = { ...edge.config, domain: "other.example.com" };
  const provider = elsewhere.identityProviders["main"]!;
  const { findings } = await examineIdentityProvider({
    config: elsewhere,
    id: "main",
    provider,
    issuer: edge.issuer,
    clientId: provider.clientId!,
    http,
  });
  expect(findings.map(text)).toContainEqual(
    expect.stringMatching(/^problem redirect URI: https:\/\/other\.example\.com\/_gate\/callback\/main: not accepted/),
  );
});

test("an issuer with a typing mistake ends the examination", async () => {
  const found = await examined({}, { issuer: `${edge.issuer}/realms/x` });
  expect(found.map(({ check, status }) => [check, status])).toEqual([["discovery", "problem"]]);
});
