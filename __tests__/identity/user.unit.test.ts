/** Who a user is according to the claims of each kind of provider, and what a provider may not say. */
import type { Claims } from "../../identity/claim-path";
import type { PROFILES } from "../../identity/profiles";
import { expectedIssuer, issuersOf, readUser, type ClaimRules, type RefusalCode } from "../../identity/user";

const TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const OTHER_TENANT = "5b6e7a1c-0f0e-4c55-8a3f-111122223333";
const OID = "0a1b2c3d-1111-2222-3333-444455556666";
const ISSUER = "https://idp.example";
const grant = ["admin", "staff"];

const ENTRA: ClaimRules = {
  profile: "entra",
  issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  tenants: [TENANT],
  roles: { grant },
};
const MULTI_TENANT: ClaimRules = {
  ...ENTRA,
  issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
  tenants: [TENANT, OTHER_TENANT],
};

/** Claims as each provider's documentation shows them; see the links in identity/profiles/. */
const TOKENS = {
  entra: {
    ver: "2.0",
    iss: ENTRA.issuer,
    sub: "pairwise-subject",
    oid: OID,
    tid: TENANT,
    email: "ada@contoso.example",
    xms_edov: true,
    preferred_username: "ada@contoso.example",
    roles: ["admin", "Contoso.Read"],
  },
  cognito: {
    sub: "c0ffee00-sub",
    token_use: "id",
    "cognito:groups": ["staff"],
    "cognito:username": "ada",
    email: "ada@example.com",
    email_verified: "true",
  },
  keycloak: {
    sub: "kc-sub",
    typ: "ID",
    realm_access: { roles: ["offline_access", "admin"] },
    resource_access: { "my.app": { roles: ["staff"] } },
    email: "ada@example.com",
    email_verified: true,
  },
  okta: { sub: "00u1", groups: ["Everyone", "staff"], email: "ada@example.com", email_verified: true },
  auth0: {
    sub: "auth0|1",
    "https://example.com/roles": ["admin"],
    email: "ada@example.com",
    email_verified: true,
  },
  google: { sub: "1098", email: "ada@gmail.com", email_verified: true },
  generic: { sub: "s", roles: "staff admin", email: "ada@example.com", email_verified: true },
} satisfies Record<keyof typeof PROFILES, Claims>;

test.each<[string, ClaimRules, Claims, ReturnType<typeof readUser>]>([
  [
    "Entra: the object ID in the tenant, and app roles",
    ENTRA,
    TOKENS.entra,
    { issuer: ENTRA.issuer, subject: OID, email: "ada@contoso.example", roles: ["admin"] },
  ],
  [
    "Entra with several tenants: the issuer of the user's own",
    MULTI_TENANT,
    { ...TOKENS.entra, tid: OTHER_TENANT },
    {
      issuer: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`,
      subject: OID,
      email: "ada@contoso.example",
      roles: ["admin"],
    },
  ],
  [
    "Cognito: groups, and a verification that is a text",
    { profile: "cognito", issuer: ISSUER, roles: { grant } },
    TOKENS.cognito,
    { issuer: ISSUER, subject: "c0ffee00-sub", email: "ada@example.com", roles: ["staff"] },
  ],
  [
    "Keycloak: realm roles",
    { profile: "keycloak", issuer: ISSUER, roles: { grant } },
    TOKENS.keycloak,
    { issuer: ISSUER, subject: "kc-sub", email: "ada@example.com", roles: ["admin"] },
  ],
  [
    "Keycloak: roles of a client whose name has a dot",
    { profile: "keycloak", issuer: ISSUER, roles: { claim: 'resource_access."my.app".roles', grant } },
    TOKENS.keycloak,
    { issuer: ISSUER, subject: "kc-sub", email: "ada@example.com", roles: ["staff"] },
  ],
  [
    "Okta: groups",
    { profile: "okta", issuer: ISSUER, roles: { grant } },
    TOKENS.okta,
    { issuer: ISSUER, subject: "00u1", email: "ada@example.com", roles: ["staff"] },
  ],
  [
    "Auth0: a claim that the tenant names",
    { profile: "auth0", issuer: ISSUER, roles: { claim: '"https://example.com/roles"', grant } },
    TOKENS.auth0,
    { issuer: ISSUER, subject: "auth0|1", email: "ada@example.com", roles: ["admin"] },
  ],
  [
    "Google: nobody but Google's own users keeps an address",
    { profile: "google", issuer: ISSUER },
    TOKENS.google,
    { issuer: ISSUER, subject: "1098", email: "ada@gmail.com", roles: [] },
  ],
  [
    "any provider: names separated by spaces",
    { issuer: ISSUER, roles: { grant } },
    TOKENS.generic,
    { issuer: ISSUER, subject: "s", email: "ada@example.com", roles: ["admin", "staff"] },
  ],
])("%s", (_name, rules, claims, user) => {
  expect(readUser(rules, claims)).toEqual(user);
});

const ANY: ClaimRules = { issuer: ISSUER, roles: { grant } };
const named = (...roles: unknown[]) => ({ sub: "s", roles });

test.each<[string, NonNullable<ClaimRules["roles"]>, Claims, string[]]>([
  ["a role that the provider may not grant", { grant: ["staff"] }, named("admin", "staff"), ["staff"]],
  ["no role at all", { grant: [] }, named("admin"), []],
  [
    "a role under the provider's name",
    { grant, map: { "Handbook Admins": "admin" } },
    named("Handbook Admins"),
    ["admin"],
  ],
  ["the policy's name, if others are mapped", { grant, map: { Admins: "admin" } }, named("admin", "staff"), []],
  ["a mapped role that it may not grant", { grant: ["staff"], map: { Admins: "admin" } }, named("Admins"), []],
  ["a name that every object has", { grant, map: { a: "admin" } }, named("constructor", "__proto__", "toString"), []],
  ["names with the prefix", { grant, prefix: "handbook-" }, named("handbook-admin", "staff"), ["admin"]],
  ["a prefix and then the map", { grant, prefix: "h/", map: { A: "admin" } }, named("h/A", "A", "h/admin"), ["admin"]],
  ["a list in a text, but not with commas", { grant }, { sub: "s", roles: "admin,staff" }, []],
  ["names in a list that contain spaces", { grant }, named("admin staff"), []],
  ["values that are no names", { grant }, named(["admin"], { admin: true }, null, 1), []],
  ["an object", { grant }, { sub: "s", roles: { admin: true } }, []],
  ["a path that ends too early", { grant, claim: "roles.more" }, named("admin"), []],
])("roles: %s", (_name, roles, claims, expected) => {
  expect(readUser({ ...ANY, roles }, claims).roles).toEqual(expected);
});

test("roles of a provider of which the config says nothing: none", () => {
  expect(readUser({ issuer: ISSUER }, named("admin")).roles).toEqual([]);
});

test.each<[string, Partial<ClaimRules>, Claims, string]>([
  ["true", {}, { email: "a@b.example", email_verified: true }, "a@b.example"],
  ["1, as Entra writes it", {}, { email: "a@b.example", email_verified: 1 }, "a@b.example"],
  ["a text in capitals", {}, { email: "a@b.example", email_verified: "TRUE" }, "a@b.example"],
  ["false", {}, { email: "a@b.example", email_verified: false }, ""],
  ["absent", {}, { email: "a@b.example" }, ""],
  ["a list that contains true", {}, { email: "a@b.example", email_verified: [true] }, ""],
  ["another text", {}, { email: "a@b.example", email_verified: "yes" }, ""],
  ["absent, but the config trusts the provider", { trustEmail: true }, { email: "a@b.example" }, "a@b.example"],
  ["Entra's claim, from another provider", {}, { email: "a@b.example", xms_edov: true }, ""],
])("an e-mail address whose verification is %s", (_name, rules, claims, email) => {
  expect(readUser({ ...ANY, ...rules }, { sub: "s", ...claims }).email).toBe(email);
});

test.each<[string, Claims]>([
  ["Entra's address without proof of its domain", { ...TOKENS.entra, xms_edov: undefined }],
  ["Entra's address, verified in the way of other providers", { ...TOKENS.entra, xms_edov: "0", email_verified: true }],
])("%s does not count", (_name, claims) => {
  expect(readUser(ENTRA, claims).email).toBe("");
});

test.each(["a@b@contoso.example", '"a@contoso.example"@evil.example', "a b@c.example", "a@", "@b", "a\n@b.example"])(
  "%j is no address",
  (email) => {
    expect(readUser(ANY, { sub: "s", email, email_verified: true }).email).toBe("");
  },
);

test("a Google address outside Google's and Workspace's domains may have changed hands", () => {
  const rules: ClaimRules = { profile: "google", issuer: ISSUER };
  const claims = { sub: "1", email: "ada@example.com", email_verified: true };
  expect(readUser(rules, claims).email).toBe("");
  expect(readUser(rules, { ...claims, hd: "example.com" }).email).toBe("ada@example.com");
});

test.each<[string, ClaimRules, Claims, RefusalCode, string]>([
  ["a v1.0 token of Entra", ENTRA, { ...TOKENS.entra, ver: "1.0" }, "unexpected_claims", "ver"],
  ["a token of Entra without a version", ENTRA, { ...TOKENS.entra, ver: undefined }, "unexpected_claims", "ver"],
  ["a user of another tenant", ENTRA, { ...TOKENS.entra, tid: OTHER_TENANT }, "tenant_not_allowed", "tid"],
  ["a user of no tenant", ENTRA, { ...TOKENS.entra, tid: undefined }, "tenant_not_allowed", "tid"],
  [
    "a personal account, where organizations may sign in",
    MULTI_TENANT,
    { ...TOKENS.entra, tid: "9188040d-6c67-4c5b-b112-36a304b66dad" },
    "tenant_not_allowed",
    "tid",
  ],
  ["a tenant in a list", MULTI_TENANT, { ...TOKENS.entra, tid: [TENANT] }, "tenant_not_allowed", "tid"],
  ["a user of Entra without an object ID", ENTRA, { ...TOKENS.entra, oid: undefined }, "unexpected_claims", "oid"],
  ["an object ID that is a number", ENTRA, { ...TOKENS.entra, oid: 7 }, "unexpected_claims", "oid"],
  [
    "Entra's pointer to groups, if they are the roles",
    { ...ENTRA, roles: { claim: "groups", grant } },
    { ...TOKENS.entra, _claim_names: { groups: "src1" } },
    "roles_left_out",
    "groups",
  ],
  [
    "a note that there are groups",
    { ...ENTRA, roles: { claim: "groups", grant } },
    { ...TOKENS.entra, hasgroups: true },
    "roles_left_out",
    "groups",
  ],
  [
    "a distributed claim around the roles",
    { profile: "keycloak", issuer: ISSUER, roles: { grant } },
    { ...TOKENS.keycloak, _claim_names: { realm_access: "src1" } },
    "roles_left_out",
    "realm_access",
  ],
  [
    "an access token of Cognito",
    { profile: "cognito", issuer: ISSUER },
    { ...TOKENS.cognito, token_use: "access" },
    "unexpected_claims",
    "token_use",
  ],
  [
    "an access token of Keycloak",
    { profile: "keycloak", issuer: ISSUER },
    { ...TOKENS.keycloak, typ: "Bearer" },
    "unexpected_claims",
    "typ",
  ],
  ["a user without a subject", ANY, { sub: undefined }, "unexpected_claims", "sub"],
  ...(
    [
      ["another domain", { email: "a@evil.example", email_verified: true }],
      ["a domain that ends like it", { email: "a@notexample.com", email_verified: true }],
      ["a domain below it", { email: "a@sub.example.com", email_verified: true }],
      ["an address that is not verified", { email: "a@example.com" }],
      ["an address with two domains", { email: "a@evil.example@example.com", email_verified: true }],
      ["no address", {}],
    ] as const
  ).map(([name, claims]): [string, ClaimRules, Claims, RefusalCode, string] => [
    `${name}, where only one domain may sign in`,
    { ...ANY, emailDomains: ["example.com"] },
    { sub: "s", ...claims },
    "email_domain_not_allowed",
    "email",
  ]),
])("refused: %s", (_name, rules, claims, code, claim) => {
  expect(() => readUser(rules, claims)).toThrow(expect.objectContaining({ name: "UserRefused", code, claim }));
});

test("the domain of an address is compared without case", () => {
  const claims = { sub: "s", email: "Ada@Example.COM", email_verified: true };
  expect(readUser({ ...ANY, emailDomains: ["example.com"] }, claims).email).toBe("Ada@Example.COM");
});

test("groups that nobody asks for may be too many", () => {
  expect(readUser(ENTRA, { ...TOKENS.entra, _claim_names: { groups: "src1" } }).roles).toEqual(["admin"]);
});

test("the issuer of a token is that of its tenant, if the tenant may sign in", () => {
  expect(expectedIssuer(MULTI_TENANT, { tid: OTHER_TENANT })).toBe(
    `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`,
  );
  expect(() => expectedIssuer(MULTI_TENANT, { tid: "common" })).toThrow("tenant_not_allowed");
  expect(expectedIssuer(ENTRA, {})).toBe(ENTRA.issuer);
  expect(issuersOf(MULTI_TENANT)).toEqual([
    `https://login.microsoftonline.com/${TENANT}/v2.0`,
    `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`,
  ]);
  expect(issuersOf(ANY)).toEqual([ISSUER]);
});
