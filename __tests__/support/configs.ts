/** Configs that tests share. */
import type { AllowInput } from "../../config/conditions";
import type { ManagedConfigInput } from "../../config/schema";
import type { Conditions } from "../../policy/rule";
import { LOGO } from "./images/images";
import { BEHAVIORS } from "./origins";

/** KMS keys of the gateway as a client. */
export const CLIENT_KEYS = [
  "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555",
  "arn:aws:kms:us-east-1:111122223333:key/1a1b2c3d-0000-1111-2222-333344445555",
];

/** Uses every setting: what plans here plans anywhere. */
export const EVERYTHING: ManagedConfigInput = {
  name: "everything",
  domain: "app.example.com",
  alternateDomains: ["docs.example.com", "admin.example.com"],
  distribution: "managed",
  basePath: "/_door",
  identityProviders: {
    staff: {
      label: "Staff ${not a template} %{nor this}",
      issuer: "https://login.example.com/tenant",
      clientId: "everything",
      clientAuthentication: "client_secret_post",
      roles: { grant: ["admin", "ops@example.com", "staff"], prefix: "door-" },
      emailDomains: ["example.com"],
      signingAlgorithms: ["PS512", "ES384"],
      authorizationParameters: { ui_locales: "de en", acr_values: "urn:${no}:template" },
      offeredAt: { hosts: ["admin.example.com"], paths: ["/catalogue/**"] },
    },
    "partner-a": {
      issuer: "https://id.partner.example",
      clientId: "p-1",
      clientAuthentication: "client_secret_basic",
      roles: { claim: 'realm."a.b".groups', map: { "Partner Staff": "staff" }, grant: ["staff"] },
      trustEmail: true,
    },
    customers: {
      issuer: "https://customers.example.net",
      clientId: "public",
      scopes: ["openid"],
      roles: { grant: [] },
    },
    corp: {
      profile: "entra",
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490", "5b6e7a1c-0f0e-4c55-8a3f-111122223333"],
      clientId: "0a1b2c3d-0000-1111-2222-333344445555",
      roles: { grant: ["staff"] },
    },
    "partner-b": {
      issuer: "https://sso.partner.example",
      clientId: "p-2",
      clientAuthentication: { method: "private_key_jwt", algorithm: "PS256", audience: "endpoint" },
      pushedAuthorizationRequests: true,
      dpop: true,
      roles: { grant: [] },
    },
    "partner-c": {
      issuer: "https://partner-c.okta.com",
      clientId: "p-3",
      clientAuthentication: { method: "private_key_jwt", kmsKeys: CLIENT_KEYS },
      roles: { grant: [] },
    },
    contractors: {
      issuer: "https://login.microsoftonline.com/0a1b2c3d-0000-1111-2222-333344445555/v2.0",
      clientId: "c-1",
      clientAuthentication: { method: "aws_assertion" },
      roles: { grant: [] },
    },
  },
  eventTransmitters: {
    corp: {
      issuer: "https://signals.example.com",
      audience: "https://app.example.com",
      jwksUri: "https://signals.example.com/keys",
      identityProvider: "staff",
      on: {
        "device-compliance-change": "revoke",
        "token-claims-change": "revoke",
        "account-credential-change-required": "revoke",
      },
    },
  },
  origin: {
    type: "custom",
    domainName: "app-origin.example.com",
    path: "/app",
    httpsPort: 8443,
    open: true,
    exactPaths: true,
  },
  originSecret: { rotationDays: 30 },
  caching: "disabled",
  api: { forwardToken: true },
  accessTokens: {
    staff: {
      identityProvider: "staff",
      audience: ["https://api.example.com", "urn:${not-a-template}"],
      algorithms: ["ES256"],
      type: "any",
      claims: ["department"],
    },
    jobs: {
      profile: "github",
      audience: ["https://api.example.com"],
      require: { repository: ["example/app", "example/site-*"], ref: ["refs/heads/main"] },
      roles: { claim: "environment", map: { production: "ops@example.com" }, prefix: "e-", grant: ["ops@example.com"] },
    },
    roles: {
      profile: "aws",
      issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
      audience: ["https://api.example.com"],
      jwksUri: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws/.well-known/jwks.json",
      require: { '"https://sts.amazonaws.com/".aws_account': ["111122223333"] },
    },
  },
  behaviors: [
    {
      path: "/catalogue/api/*",
      origin: { type: "custom", domainName: "catalogue.example.com", open: true },
      caching: "optimized",
      api: {
        cors: {
          origins: ["https://www.example.com"],
          methods: ["GET", "PUT"],
          headers: ["x-a"],
          exposeHeaders: ["x-b"],
          maxAge: "7200s",
          credentials: true,
        },
      },
    },
    {
      path: "/assets/*",
      origin: { type: "s3", bucketName: "everything.example-assets", index: false },
      caching: "optimized",
    },
    { path: "/downloads/*", origin: { type: "s3", spa: true, notFound: "/downloads/404.html" } },
    { path: "/manuals/*", origin: { type: "s3", bucketName: "everything.example-assets" } },
    {
      path: "/catalogue/*",
      origin: { type: "custom", domainName: "catalogue.example.com", open: true },
      caching: "optimized",
    },
    ...BEHAVIORS,
  ],
  policy: [
    { host: "admin.example.com", path: "/intranet/**", allow: { require: "operators" } },
    { path: "/assets/**", allow: "public", escapes: true },
    { path: "/catalogue/*/items", methods: ["GET", "POST"], allow: "signed-in", preflight: "pass" },
    { path: "/catalogue/**", allow: "signed-in" },
    { path: "/**", allow: { roles: ["staff"] } },
  ],
  requirements: { operators: { roles: ["admin", "ops@example.com"], idp: ["staff", "corp"] } },
  tests: [
    { as: "anonymous", can: ["GET /assets/app.css"], cannot: ["GET /", "DELETE https://admin.example.com/intranet/"] },
    { as: "signed-in", can: ["GET /catalogue/7"] },
    { as: { roles: ["staff"] }, can: ["PUT /"], cannot: ["GET https://admin.example.com/intranet/"] },
    { as: { roles: ["ops@example.com"], idp: "staff" }, can: ["GET https://admin.example.com/intranet/x?y=1"] },
    { as: { idp: "customers" }, cannot: ["GET /"] },
    {
      as: { roles: ["staff"], email: "ann@example.com", acr: "mfa", authAge: "20m", owner: true },
      address: "192.0.2.7",
      country: "DE",
      at: "2026-12-01T09:00:00Z",
      can: ["GET /"],
    },
  ],
  // Short: the gate of API behaviors has little room beside them.
  viewerRequest: {
    before: "function (request) { return request; }",
    after: [
      "// A function as CloudFront has it. ${not a template}",
      "import c from 'crypto';",
      "function handler(event) {",
      "  event.request.headers.h = { value: `${c.createHash('md5').digest('hex')}%{nor this}` };",
      "  return event.request;",
      "}",
    ].join("\n"),
  },
  session: {
    absolute: "12h",
    idle: "2h",
    token: "5m",
    onReuse: "revoke-user",
    keyRotationDays: 7,
    deviceBound: "if-supported",
  },
  signInHook: {
    url: "https://people.example.com/gateway?tenant=1",
    audience: "urn:people",
    timeout: "1s",
    grant: ["admin"],
  },
  identityHeaders: { "x-gate-department": "department", "x-gate-office": "office" },
  theme: {
    productName: "Everything – für alle",
    accentColor: "#114422",
    support: "https://help.example.com/new?id={reference}",
    logo: LOGO,
    favicon: LOGO,
    languages: ["de", "en", "fr"],
    texts: {
      de: { signedOutTitle: "Bis bald ${not a template} %{nor this}" },
      en: { getHelp: 'Ask <us> & "them"', mailSubject: "{site}: help" },
    },
  },
  accessDenied: {
    tellRoles: ["staff", "ops@example.com"],
    requestUrl: "https://help.example.com/access?who={user}&role={role}&where={path}&id={reference}",
  },
  maintenance: {
    until: "2026-12-01T09:00:00+01:00",
    message: "We are moving to ${not a template} <soon>.",
    allow: { roles: ["staff", "ops@example.com"] },
  },
  waf: {
    mode: "block",
    groups: ["ip-reputation", "anonymous-ip", "known-bad-inputs", "common", "sql", "unix"],
    overrides: { AWSManagedIPDDoSList: "block", GenericRFI_BODY: "block", PROPFIND_METHOD: "count" },
    exempt: [
      { path: "/catalogue/*/edit", rules: ["SQLi_BODY", "CrossSiteScripting_QUERYARGUMENTS"] },
      { path: "/**", rules: ["AnonymousIPList"] },
    ],
    rateLimits: {
      gateway: { limit: 500 },
      site: false,
      api: { path: "/catalogue/**", limit: 3000, window: "1m", key: { header: "x-client" } },
    },
    allow: ["192.0.2.0/24"],
    block: ["198.51.100.7/32", "2001:db8::/32"],
    geo: { allow: ["DE", "FR"] },
    botControl: "targeted",
    accountTakeover: { path: "/catalogue/login", payload: "json", username: "/user/email", password: "/user/secret" },
  },
  certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  hostedZones: { "docs.example.com": "Z0DOCS" },
  manageDns: true,
  overwriteDns: true,
  attachDomains: true,
  redirectHosts: ["example.com"],
  accountId: "111122223333",
  iam: {
    permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/teams/boundary",
    rolePath: "/teams/",
    roleNamePrefix: "team-",
  },
  logRetentionDays: 365,
  accessLogBucketArn: "arn:aws:s3:::example-logs",
  audit: { archive: { retentionDays: 400, objectLock: "governance" } },
  logKmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/2a1b2c3d-0000-1111-2222-333344445555",
  kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555",
  alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:pager",
  storeAccessAlarm: true,
  dashboard: true,
  reserveConcurrency: false,
  deletionProtection: false,
  state: { bucket: "everything-state", key: "gateway/state", region: "eu-central-1" },
  tags: { owner: "platform", "cost centre/Köln": "42 = a+b@c:d_e.f-g" },
};

/**
 * Every condition of a rule for `/teams/{team}/{user}`. A gate with all of them and functions of the site's own is larger
 * than CloudFront takes, so the config with everything has none.
 */
export const CONDITIONS: Record<keyof Conditions, AllowInput> = {
  public: { public: true, networks: ["192.0.2.0/24"] },
  roles: [{ roles: ["admin"] }, "signed-in"],
  allRoles: { allRoles: ["admin", "staff"] },
  notRoles: { notRoles: ["contractor"] },
  idp: [{ idp: ["main"] }, { scopes: ["read"] }],
  scopes: { scopes: ["reports:read"] },
  claims: { claims: { plan: "pro", "https://example.com/dept": ["r&d", "${ops}"] } },
  emailDomains: { emailDomains: ["example.com"] },
  acr: { acr: ["mfa", "urn:x:%{phr}"] },
  maxAge: { maxAge: "15m" },
  networks: { networks: ["192.0.2.0/24", "2001:db8::/32"] },
  notNetworks: { notNetworks: ["10.0.0.0/8"] },
  countries: { countries: ["DE", "FR"] },
  notCountries: { notCountries: ["DE"] },
  during: {
    during: { from: "2026-01-01T00:00:00Z", until: "2036-01-01T00:00:00Z", days: ["mon", "sun"], hours: "22:00-06:00" },
  },
  owner: [{ owner: "user" }, { owner: { segment: "team", claim: "team" } }],
};

/** What does not fit into one gate beside the functions of {@link EVERYTHING}: CloudFront takes 10,240 bytes. */
export const WITH_ASSERTIONS = {
  origin: { type: "custom", domainName: "app-origin.example.com", open: true, assertion: true },
  assertion: { audience: "https://app-origin.example.com", rotationDays: 60 },
} as const satisfies Partial<ManagedConfigInput>;
