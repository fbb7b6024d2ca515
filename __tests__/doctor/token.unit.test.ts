/** What `edgegate doctor idp --token` says of an ID token. */
import { configSchema, type Config, type ConfigInput } from "../../config/schema";
import { issuerOf } from "../../config/identity-provider";
import type { Finding } from "../../doctor/finding";
import { Http } from "../../doctor/http";
import { examineToken, rolesClaim, type ExaminedToken } from "../../doctor/identity-provider/token";
import type { DiscoveredSubject } from "../../doctor/identity-provider/subject";
import { createSigningKey, signIdToken, type SigningKey } from "../support/idp/keys";
import { SMALL } from "../support/small-config";

type ProviderInput = ConfigInput["identityProviders"][string];

const TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
let key: SigningKey, other: SigningKey;

beforeAll(async () => {
  [key, other] = [await createSigningKey("ES256", "one"), await createSigningKey("ES256", "two")];
});

function subjectOf(more: Partial<ProviderInput> = {}, policy: ConfigInput["policy"] = POLICY): DiscoveredSubject {
  const config: Config = configSchema.parse({
    ...SMALL,
    identityProviders: { main: { ...SMALL.identityProviders.main, ...more } },
    policy,
  });
  const provider = config.identityProviders["main"]!;
  const issuer = issuerOf(provider)!;
  return {
    config,
    id: "main",
    provider,
    issuer,
    clientId: provider.clientId!,
    http: new Http(),
    metadata: {},
    keys: [key.jwk],
  };
}

const POLICY: ConfigInput["policy"] = [
  { path: "/public/**", allow: "public" },
  { path: "/admin/**", allow: { roles: ["admin"] } },
  { path: "/staff/**", allow: { roles: ["staff"] } },
  { path: "/main/**", allow: { idp: ["main"] } },
  { path: "/**", allow: "signed-in" },
];

const now = () => Math.floor(Date.now() / 1000);
const claims = (more: object = {}) => ({
  iss: "https://login.example.com",
  aud: "wiki",
  sub: "alice",
  iat: now() - 120,
  exp: now() + 600,
  email: "alice@example.com",
  email_verified: true,
  roles: ["staff"],
  ...more,
});

async function examined(subject: DiscoveredSubject, more: object = {}, by = key): Promise<ExaminedToken> {
  return (await examineToken(subject, await signIdToken(claims(more), by)))!;
}

const text = ({ check, status, seen }: Finding): string => `${status} ${check}: ${seen}`;
const wrong = ({ findings }: ExaminedToken): string[] => findings.filter(({ status }) => status !== "ok").map(text);

test("a token as sign-in would accept it: who it is, and which rules it passes", async () => {
  const token = await examined(subjectOf());
  expect(wrong(token)).toEqual([]);
  expect(token.user).toEqual({
    uid: expect.stringMatching(/^[\w-]{16}$/),
    subject: "alice",
    email: "alice@example.com",
    roles: ["staff"],
  });
  expect(token.rules.map(({ rule, passes }) => [rule.path, passes])).toEqual([
    ["/public/**", true],
    ["/admin/**", false],
    ["/staff/**", true],
    ["/main/**", true],
    ["/**", true],
  ]);
});

test("who may not sign in passes public rules only", async () => {
  const token = await examined(subjectOf({ emailDomains: ["example.org"] }));
  expect(wrong(token)).toEqual(["problem user: refused: email_domain_not_allowed (claim email)"]);
  expect(token.user).toBeUndefined();
  expect(token.rules.filter(({ passes }) => passes).map(({ rule }) => rule.path)).toEqual(["/public/**"]);
});

test.each<[name: string, more: object, provider: Partial<ProviderInput>, seen: RegExp]>([
  ["another issuer", { iss: "https://evil.example" }, {}, /^problem iss: "https:\/\/evil\.example", expected "https:/],
  ["another client", { aud: "other" }, {}, /^problem aud: "other"; expected "wiki"/],
  ["a further audience", { aud: ["wiki", "api"] }, {}, /^problem aud: \["wiki","api"\]; expected "wiki"/],
  ["another authorized party", { azp: "app" }, {}, /^problem aud: "wiki", azp "app"; expected "wiki"/],
  ["an expired token", { iat: now() - 7200, exp: now() - 3600 }, {}, /^warning time: expired; issued 120 minutes ago/],
  ["no expiry", { exp: undefined }, {}, /^problem time: iat or exp is missing/],
  [
    "a clock that is ahead",
    { iat: now() + 600, exp: now() + 900 },
    {},
    /^problem time: issued 10 minutes in the future/,
  ],
  [
    "an address that is not verified",
    { email_verified: undefined },
    {},
    /^warning user: may sign in, but alice@example\.com does not count/,
  ],
  ["no subject", { sub: undefined }, {}, /^problem user: refused: unexpected_claims \(claim sub\)/],
  [
    "an access token of Cognito",
    { token_use: "access", aud: undefined },
    { profile: "cognito" },
    /^problem user: refused: unexpected_claims \(claim token_use\)/,
  ],
  [
    "a v1 token of Entra",
    { ver: "1.0", oid: "o", tid: TENANT },
    { profile: "entra", tenants: [TENANT], issuer: `https://login.microsoftonline.com/${TENANT}/v2.0` },
    /^problem user: refused: unexpected_claims \(claim ver\)/,
  ],
  [
    "another tenant",
    { ver: "2.0", oid: "o", tid: "other" },
    { profile: "entra", tenants: [TENANT, TENANT.replace("8", "9")], issuer: undefined },
    /^problem iss: .* is of a tenant that is not allowed/,
  ],
  [
    "groups that were left out",
    { _claim_names: { groups: "src1" } },
    { roles: { claim: "groups" } },
    /^problem user: refused: roles_left_out \(claim groups\)/,
  ],
])("%s", async (_name, more, provider, seen) => {
  const token = await examined(subjectOf(provider), more);
  expect(wrong(token)).toContainEqual(expect.stringMatching(seen));
  for (const { status, fix } of token.findings) if (status !== "ok") expect(fix).toBeTruthy();
});

test("signatures", async () => {
  const subject = subjectOf();
  expect(wrong(await examined(subject, {}, other))).toEqual([
    "problem signature: the provider publishes no key that fits",
  ]);
  const forged = { ...other, kid: key.kid };
  expect(wrong(await examined(subject, {}, forged))).toEqual([
    "problem signature: the signature does not match the provider's key",
  ]);
  // The signature of an expired token is checked, too.
  const old = { iat: now() - 7200, exp: now() - 3600 };
  expect((await examined(subject, old)).findings.map(text)).toContainEqual(
    expect.stringMatching(/^ok signature: genuine/),
  );
  expect(wrong(await examined(subject, old, forged))).toContainEqual(expect.stringMatching(/^problem signature/));
});

test("keys of another tenant do not count", async () => {
  const ownedBy = (issuer: string): object => ({ ...key.jwk, issuer });
  const subject = subjectOf();
  expect(wrong(await examined({ ...subject, keys: [ownedBy("https://login.example.com")] }))).toEqual([]);
  expect(wrong(await examined({ ...subject, keys: [ownedBy("https://other.example")] }))).toEqual([
    "problem signature: the provider publishes no key that fits",
  ]);
});

test("what becomes of each of the provider's names for roles", async () => {
  const subject = subjectOf({
    roles: { claim: "realm_access.roles", prefix: "wiki-", map: { boss: "admin", all: "staff" }, grant: ["staff"] },
  });
  const names = ["wiki-boss", "wiki-all", "wiki-other", "offline_access"];
  const token = await examined(subject, { realm_access: { roles: names } });
  expect(rolesClaim(subject)).toBe("realm_access.roles");
  expect(token.names).toEqual([
    { name: "wiki-boss", why: "not_in_grant" },
    { name: "wiki-all", role: "staff" },
    { name: "wiki-other", why: "not_in_map" },
    { name: "offline_access", why: "no_prefix" },
  ]);
  expect(token.names.flatMap(({ role }) => role ?? [])).toEqual(token.user!.roles);
});

test.each([
  ["nothing", ""],
  ["a word", "abc"],
  ["three words", "a.b.c"],
  ["the answer of the token endpoint", '{"id_token":"x"}'],
])("what is no token: %s", async (_name, given) => {
  expect(await examineToken(subjectOf(), given)).toBeUndefined();
});
