/** Tokens that are accepted, from every kind of issuer; and keys that come, go and cannot be fetched. */
import { base64url, type JWTPayload } from "jose";
import type { AccessTokenIssuer } from "../../../session/access-tokens";
import { sha256 } from "../../../session/node-hash";
import { userId } from "../../../session/token";
import { AUDIENCE, startBearer, type BearerEnvironment } from "../../support/bearer-fixture";
import { createSigningKey } from "../../support/idp/keys";

const TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const OTHER_TENANT = "4c5b8a30-1f0e-4b0b-9f62-52f4d7a0c1de";

let environment: BearerEnvironment;
afterEach(() => environment.close());

const uid = (subject: string) => userId(sha256, environment.issuer.issuer, subject);

test.each(["RS256", "PS256", "ES256", "EdDSA"])(
  "a token signed with %s passes, with the caller's identity",
  async (alg) => {
    environment = await startBearer(() => ({
      main: { roles: { claim: "roles", grant: ["admin", "staff"] }, claims: ["department"] },
    }));
    const key = await createSigningKey(alg, `key-${alg}`);
    environment.issuer.publishedKeys = [key];
    const claims = {
      roles: ["staff", "root", "admin"],
      department: ["R&D", "Ärzte"],
      email: "caller@example.com",
      email_verified: true,
      office: "Bern",
    };
    const answer = await environment.ask({ token: await environment.token(claims, {}, key), required: "admin!owner" });
    expect(answer.status).toBeUndefined();
    expect(answer.headers).toEqual({
      host: "api.internal.example.com",
      "x-forwarded-host": "app.example.com",
      "x-gate-user": uid("caller"),
      "x-gate-session": expect.stringMatching(/^[\w-]{16}$/) as string,
      "x-gate-email": "caller@example.com",
      "x-gate-roles": "admin,staff",
      "x-gate-idp": "main",
      "x-gate-department": "R%26D,%C3%84rzte",
    });
  },
);

const FORMS: [
  name: string,
  rules: Partial<AccessTokenIssuer>,
  claims: JWTPayload,
  subject: string,
  required: string,
][] = [
  [
    "Entra ID, v2.0",
    { profile: "entra" },
    { ver: "2.0", oid: "o-1", sub: "pairwise", azp: "client", tid: TENANT, scp: "Orders.Read" },
    "o-1",
    "&scope=Orders.Read",
  ],
  [
    "Entra ID, an application, v1.0",
    { profile: "entra", roles: { claim: "roles", grant: ["admin"] } },
    { ver: "1.0", oid: "o-2", appid: "client", roles: ["admin"] },
    "o-2",
    "admin",
  ],
  [
    "Cognito, with the client for an audience",
    { profile: "cognito", audience: ["client-7"], roles: { claim: "cognito:groups", grant: ["staff"] } },
    { token_use: "access", client_id: "client-7", aud: undefined as never, "cognito:groups": ["staff"] },
    "caller",
    "staff",
  ],
  ["Cognito, for a resource", { profile: "cognito" }, { token_use: "access", client_id: "client-7" }, "caller", "+"],
  [
    "GitHub",
    { profile: "github", require: { repository: ["example/app"], ref: ["refs/heads/*"] } },
    { sub: "repo:example/app:ref:refs/heads/main", repository: "example/app", ref: "refs/heads/main" },
    "repo:example/app:ref:refs/heads/main",
    "main=+",
  ],
  [
    "GitLab",
    { profile: "gitlab", require: { namespace_path: ["example"], ref_protected: ["true"] } },
    { sub: "project_path:example/app", namespace_path: "example", ref_protected: "true" },
    "project_path:example/app",
    "main=+",
  ],
  [
    "an IAM role",
    {
      profile: "aws",
      require: {
        '"https://sts.amazonaws.com/".aws_account': ["111122223333"],
        sub: ["arn:aws:iam::111122223333:role/deploy"],
      },
    },
    { sub: "arn:aws:iam::111122223333:role/deploy", "https://sts.amazonaws.com/": { aws_account: "111122223333" } },
    "arn:aws:iam::111122223333:role/deploy",
    "main=+",
  ],
  [
    "Okta, with a list of scopes",
    { type: "any" },
    { scp: ["orders:read", "orders:write"] },
    "caller",
    "&scope=orders:read!orders:write",
  ],
  [
    "Keycloak",
    { type: "any", roles: { claim: "realm_access.roles", grant: ["admin"] } },
    { typ: "Bearer", realm_access: { roles: ["admin"] } },
    "caller",
    "admin",
  ],
];

test.each(FORMS)("a token of %s passes", async (_, rules, claims, subject, required) => {
  environment = await startBearer(() => ({ main: rules }));
  const typ = rules.profile === undefined ? "at+jwt" : "JWT";
  const answer = await environment.ask({ token: await environment.token(claims, { typ }), required });
  expect(answer.status).toBeUndefined();
  expect(answer.headers).toMatchObject({ "x-gate-user": uid(subject), "x-gate-idp": "main" });
});

const OTHERS: [name: string, rules: Partial<AccessTokenIssuer>, claims: JWTPayload, detail: string][] = [
  ["an ID token of Entra ID", { profile: "entra" }, { ver: "2.0", oid: "o-1" }, "type azp"],
  ["a token of Entra ID without a version", { profile: "entra" }, { oid: "o-1", azp: "client" }, "type ver"],
  ["a token of Entra ID without an object ID", { profile: "entra" }, { ver: "2.0", azp: "client" }, "claims oid"],
  ["an ID token of Cognito", { profile: "cognito" }, { token_use: "id" }, "type token_use"],
  [
    "Cognito's token of another client",
    { profile: "cognito" },
    { token_use: "access", aud: undefined as never, client_id: "other" },
    "audience",
  ],
  [
    "Cognito's token of the right client for another resource",
    { profile: "cognito", audience: ["client"] },
    { token_use: "access", aud: "https://other.example.com" },
    "audience",
  ],
  [
    "another repository's job",
    { profile: "github", require: { repository: ["example/app"] } },
    { repository: "example/app2" },
    "conditions repository",
  ],
  [
    "a job of an organization whose name begins alike",
    { profile: "github", require: { repository: ["example/*"] } },
    { repository: "example-evil/app" },
    "conditions repository",
  ],
  [
    "a job on another branch",
    { profile: "github", require: { repository: ["example/app"], ref: ["refs/heads/main"] } },
    { repository: "example/app", ref: "refs/heads/feature" },
    "conditions ref",
  ],
  [
    "a job without the claim",
    { profile: "github", require: { environment: ["production"] } },
    {},
    "conditions environment",
  ],
  [
    "a role of another account",
    { profile: "aws", require: { '"https://sts.amazonaws.com/".aws_account': ["111122223333"] } },
    { "https://sts.amazonaws.com/": { aws_account: "444455556666" } },
    'conditions "https://sts.amazonaws.com/".aws_account',
  ],
  ["an ID token of Keycloak", { type: "any" }, { typ: "ID" }, "type typ"],
  ["a refresh token of Keycloak", { type: "any" }, { typ: "Refresh" }, "type typ"],
  [
    "somebody without an address in the domain",
    { emailDomains: ["example.com"] },
    { email: "a@other.com", email_verified: true },
    "claims email",
  ],
  [
    "somebody with an unverified address",
    { emailDomains: ["example.com"] },
    { email: "a@example.com" },
    "claims email",
  ],
];

test.each(OTHERS)("%s is refused", async (_, rules, claims, detail) => {
  environment = await startBearer(() => ({ main: rules }));
  const token = await environment.token(claims, { typ: rules.profile === undefined ? "at+jwt" : "JWT" });
  const answer = await environment.ask({ token });
  expect(answer.status).toBe(401);
  expect(await environment.lineAbout(answer)).toMatchObject({
    outcome: "token_refused",
    detail: detail.replaceAll('"', ""),
  });
});

test("a token of another tenant is refused, and each tenant has its own users", async () => {
  environment = await startBearer((issuer) => ({
    main: {
      profile: "entra",
      issuer: `${issuer.issuer}/{tenantid}/v2.0`,
      tenants: [TENANT, OTHER_TENANT],
      jwksUri: `${issuer.issuer}/jwks`,
    },
  }));
  const { issuer } = environment.issuer;
  const of = (tid: string, inIssuer = tid) =>
    environment.token(
      { iss: `${issuer}/${inIssuer}/v2.0`, ver: "2.0", oid: "o-1", azp: "client", tid },
      { typ: "JWT" },
    );
  const stranger = TENANT.replace("8", "9");
  for (const tenant of [TENANT, OTHER_TENANT])
    expect((await environment.ask({ token: await of(tenant) })).status).toBeUndefined();
  expect((await environment.ask({ token: await of(stranger) })).status).toBe(401);
  expect((await environment.ask({ token: await of(stranger, TENANT) })).status).toBe(401);
  expect((await environment.ask({ token: await of(TENANT, stranger) })).status).toBe(401);
  // Neither of two that are allowed speaks for the other.
  const mixed = await environment.ask({ token: await of(TENANT, OTHER_TENANT) });
  expect(mixed.status).toBe(401);
  expect(await environment.lineAbout(mixed)).toMatchObject({ detail: "issuer iss" });
});

test("of several entries with one issuer, the one whose conditions a token meets counts", async () => {
  environment = await startBearer(() => ({
    deploy: { profile: "github", require: { ref: ["refs/heads/main"] } },
    build: { profile: "github", require: { repository: ["example/app"] } },
  }));
  const token = await environment.token({ repository: "example/app", ref: "refs/heads/x" }, { typ: "JWT" });
  expect((await environment.ask({ token, required: "build=+" })).headers["x-gate-idp"]).toBe("build");
  expect((await environment.ask({ token, required: "deploy=+" })).status).toBe(403);
});

test("a new key is found without a failed request, an old one stays until it is withdrawn", async () => {
  environment = await startBearer();
  const { issuer, clock } = environment;
  const [first, second] = [issuer.key, await createSigningKey("PS256", "second")];
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  issuer.publishedKeys = [first, second];
  expect((await environment.ask({ token: await environment.token({}, {}, second) })).status).toBeUndefined();
  expect((await environment.ask({ token: await environment.token({}, {}, first) })).status).toBeUndefined();
  issuer.publishedKeys = [second];
  clock.advance(601);
  expect((await environment.ask({ token: await environment.token({}, {}, second) })).status).toBeUndefined();
  expect((await environment.ask({ token: await environment.token({}, {}, first) })).status).toBe(401);
});

test("made-up key IDs do not make the handler ask the issuer all the time", async () => {
  environment = await startBearer();
  const { issuer, clock } = environment;
  const invented = async (kid: string) =>
    (await environment.ask({ token: await environment.token({}, { kid }) })).status;
  for (let i = 0; i < 20; i++) expect(await invented(`kid-${i}`)).toBe(401);
  expect(issuer.count("jwks")).toBe(2);
  clock.advance(31);
  expect(await invented("later")).toBe(401);
  expect(issuer.count("jwks")).toBe(3);
});

type Parts = [header: string, payload: string, signature: string];

test.each<[name: string, claims: JWTPayload, header: Record<string, unknown>, change?: (parts: Parts) => string[]]>([
  ["another algorithm", {}, { alg: "HS256" }],
  ["another type", {}, { typ: "JWT" }],
  ["another audience", { aud: "https://other.example.com" }, {}],
  ["an expiry in the past", { exp: 1 }, {}],
  ["a fourth part", {}, {}, (parts) => [...parts, "eHh4"]],
  [
    "bytes that are no UTF-8",
    { name: "\xff" },
    {},
    ([first, payload, last]) => {
      const text = Buffer.from(payload, "base64url").toString();
      return [first, Buffer.from(text, "latin1").toString("base64url"), last];
    },
  ],
])("a token with %s costs its issuer nothing", async (_, claims, header, change = (parts) => parts) => {
  environment = await startBearer();
  const [, payload] = (await environment.token(claims)).split(".");
  const text = JSON.stringify({ alg: "ES256", kid: environment.issuer.key.kid, typ: "at+jwt", ...header });
  const token = change([base64url.encode(text), payload!, base64url.encode("x".repeat(64))]).join(".");
  expect((await environment.ask({ token })).status).toBe(401);
  expect(environment.issuer.requests).toEqual([]);
});

test("an outage of the issuer of up to a day fails no valid request", async () => {
  environment = await startBearer();
  const { issuer, clock } = environment;
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  await issuer.stop();
  for (const hours of [1, 10, 12]) {
    clock.advance(hours * 3600);
    expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  }
  clock.advance(3600);
  const answer = await environment.ask({ token: await environment.token() });
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(answer.headers["www-authenticate"]).toBeUndefined();
  await issuer.restart();
  clock.advance(31);
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
});

test.each(["error", "garbage", "huge", "redirect", "reset"] as const)(
  "an issuer that answers with %s at first lets nobody in, and never as a wrong token",
  async (outage) => {
    environment = await startBearer();
    for (const endpoint of ["discovery", "jwks"] as const) {
      environment.issuer.outages.set(endpoint, outage);
      expect((await environment.ask({ token: await environment.token() })).status).toBe(503);
      environment.issuer.outages.clear();
      environment.clock.advance(31);
      if (endpoint === "discovery") await environment.coldStart();
    }
    expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  },
);

test("metadata of another issuer is not believed", async () => {
  environment = await startBearer();
  environment.issuer.tampering.discovery = (document) => ({ ...document, issuer: environment.stranger.issuer });
  const answer = await environment.ask({ token: await environment.token() });
  expect(answer.status).toBe(503);
  expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "idp_misconfigured", detail: "issuer" });
});

test("keys at a given address need no metadata", async () => {
  environment = await startBearer((issuer) => ({ main: { jwksUri: `${issuer.issuer}/jwks` } }));
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  expect(environment.issuer.requests).toEqual(["jwks"]);
});

test("the clocks may be a minute apart", async () => {
  environment = await startBearer();
  const now = environment.clock.now();
  for (const times of [{ exp: now - 55 }, { nbf: now + 55 }, { iat: now + 55 }])
    expect((await environment.ask({ token: await environment.token(times) })).status).toBeUndefined();
});

test("the audience may be one of several", async () => {
  environment = await startBearer();
  const token = await environment.token({ aud: ["https://other.example.com", AUDIENCE] });
  expect((await environment.ask({ token })).status).toBeUndefined();
});
