/** A config without a mistake, and every mistake that one can make in it. */

/** As little as a gateway needs. */
export const SMALL = {
  name: "wiki",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "s3" },
  policy: [{ path: "/**", allow: "signed-in" }],
};

/** What is written instead of the part of {@link SMALL}, where the mistake is, and what the person reads. */
export type Mistake = [written: Record<string, unknown>, path: string, message: string];

const HOST = 'write a host name in lower case without scheme, port or path, such as "app.example.com"';
const SLUG = 'write a short name of lower-case letters, digits and "-", such as "main"';
const ORIGIN = 'write { type: "s3" } or { type: "custom", domainName: "origin.example.com" }';
const ISSUER = 'write the issuer as its discovery document spells it, such as "https://login.example.com"';
const CLIENT_AUTHENTICATION =
  'write "none", "client_secret_basic", "client_secret_post", { method: "private_key_jwt" } or { method: "aws_assertion" }';
const KMS_KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555";
const CLAIM = "write the name of a claim";
const ALLOW = 'write "public", "signed-in", { roles: ["admin"] } or { idp: ["main"] }';
const ROLE = 'write a role name of letters, digits and . _ : @ / -, such as "admin"';
const CACHING = 'write "disabled" or "optimized"';
const UNKNOWN = "there is no such setting; remove it or check its spelling";

const identityProvider = (more: object) => ({
  identityProviders: { main: { ...SMALL.identityProviders.main, ...more } },
});
const clientAuthentication = (settings: object) => identityProvider({ clientAuthentication: settings });
const transmitter = (more: object) => ({
  eventTransmitters: {
    corp: {
      issuer: "https://signals.example.com",
      audience: "wiki",
      jwksUri: "https://signals.example.com/keys",
      ...more,
    },
  },
});
const custom = (more: object) => ({ origin: { type: "custom", domainName: "origin.example.com", ...more } });
const behavior = (more: object) => ({ behaviors: [{ path: "/a/*", origin: { type: "s3" }, ...more }] });
const rule = (more: object) => ({ policy: [{ ...SMALL.policy[0], ...more }] });

const SITE: Mistake[] = [
  [{ name: undefined }, "name", `${SLUG}; it is missing`],
  [{ name: 1 }, "name", `${SLUG}; it is 1`],
  [{ name: "Wiki!" }, "name", `${SLUG}; it is "Wiki!"`],
  [{ name: "1wiki" }, "name", `${SLUG}; it is "1wiki"`],
  [{ name: "w".repeat(31) }, "name", `${SLUG}; it is "${"w".repeat(31)}"`],
  [{ name: () => "wiki" }, "name", `${SLUG}; it is a function`],
  [{ name: 1n }, "name", `${SLUG}; it is a bigint`],
  [{ domain: undefined }, "domain", 'write a host name, such as "app.example.com"; it is missing'],
  [{ domain: "https://wiki.example.com" }, "domain", `${HOST}; it is "https://wiki.example.com"`],
  [{ domain: "Wiki.example.com" }, "domain", `${HOST}; it is "Wiki.example.com"`],
  [{ domain: "wiki.example.com:443" }, "domain", `${HOST}; it is "wiki.example.com:443"`],
  [{ domain: "*.example.com" }, "domain", `${HOST}; it is "*.example.com"`],
  [{ domain: "192.0.2.1" }, "domain", `${HOST}; it is "192.0.2.1"`],
  [{ domain: "wiki" }, "domain", `${HOST}; it is "wiki"`],
  [{ alternateDomains: "docs.example.com" }, "alternateDomains", 'write a list; it is "docs.example.com"'],
  [{ alternateDomains: ["docs.example.com", "a b"] }, "alternateDomains[1]", `${HOST}; it is "a b"`],
  [
    { alternateDomains: ["wiki.example.com"] },
    "alternateDomains[0]",
    '"wiki.example.com" is already listed; remove it',
  ],
  [
    { alternateDomains: ["a.example.com", "b.example.com", "a.example.com"] },
    "alternateDomains[2]",
    '"a.example.com" is already listed; remove it',
  ],
  [{ basePath: "_gate" }, "basePath", 'write one path segment, such as "/_gate"; it is "_gate"'],
  [{ basePath: "/a/b" }, "basePath", 'write one path segment, such as "/_gate"; it is "/a/b"'],
  [{ basePath: "/" }, "basePath", 'write one path segment, such as "/_gate"; it is "/"'],
  [
    { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a" },
    "certificateArn",
    'write the ARN of an ACM certificate in us-east-1; it is "arn:aws:acm:eu-west-1:111122223333:certificate/0a"',
  ],
  [
    { hostedZoneId: "example.com" },
    "hostedZoneId",
    'write the ID of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"; it is "example.com"',
  ],
  [
    { hostedZoneId: undefined },
    "certificateArn",
    "write the ARN of a certificate for the domain, or hostedZoneId to have one issued",
  ],
  [
    { logRetentionDays: 31 },
    "logRetentionDays",
    "write a retention that CloudWatch Logs knows, such as 30, 90 or 365; it is 31",
  ],
  ...["alias/gateway", "arn:aws:kms:eu-west-1:111122223333:key/0a"].map((kmsKeyArn): Mistake => [
    { kmsKeyArn },
    "kmsKeyArn",
    `write the ARN of a KMS key in us-east-1; it is "${kmsKeyArn}"`,
  ]),
  ...["pager", "arn:aws:sns:eu-west-1:111122223333:pager", "arn:aws:sns:us-east-1:111122223333:pager.fifo"].map(
    (alarmTopicArn): Mistake => [
      { alarmTopicArn },
      "alarmTopicArn",
      `write the ARN of an SNS topic in us-east-1; it is "${alarmTopicArn}"`,
    ],
  ),
  [{ reserveConcurrency: 1 }, "reserveConcurrency", "write true or false; it is 1"],
  [{ state: "bucket" }, "state", 'write an object; it is "bucket"'],
  [{ state: { region: "eu-central-1" } }, "state.bucket", "write the name of the state bucket; it is missing"],
  [
    { state: { bucket: "ab", region: "eu-central-1" } },
    "state.bucket",
    'write the name of the state bucket; it is "ab"',
  ],
  [
    { state: { bucket: "states", region: "eu-central-1", key: "" } },
    "state.key",
    'write the key of the state file; it is ""',
  ],
  [
    { state: { bucket: "states", region: "Frankfurt" } },
    "state.region",
    'write a region, such as "eu-central-1"; it is "Frankfurt"',
  ],
  [{ tags: [] }, "tags", "write an object; it is []"],
  [
    { tags: { "aws:team": "a" } },
    "tags.aws:team",
    'write tag keys of 1 to 128 characters that do not start with "aws:"; it is "aws:team"',
  ],
  [{ tags: { team: 1 } }, "tags.team", "write a string; it is 1"],
  [{ tags: { team: "x".repeat(257) } }, "tags.team", "write at most 256 characters"],
  [{ waff: {} }, "waff", UNKNOWN],
];

const IDENTITY: Mistake[] = [
  [
    { identityProviders: undefined },
    "identityProviders",
    'write { main: { issuer: "https://…", clientId: "…" } }; it is missing',
  ],
  [
    { identityProviders: {} },
    "identityProviders",
    'write at least one: { main: { issuer: "https://…", clientId: "…" } }; it is {}',
  ],
  [{ identityProviders: [] }, "identityProviders", 'write { main: { issuer: "https://…", clientId: "…" } }; it is []'],
  [
    { identityProviders: { "Main IdP": SMALL.identityProviders.main } },
    "identityProviders.Main IdP",
    `${SLUG}; it is "Main IdP"`,
  ],
  [
    { identityProviders: { main: "https://login.example.com" } },
    "identityProviders.main",
    'write an object; it is "https://login.example.com"',
  ],
  [identityProvider({ issuer: undefined }), "identityProviders.main.issuer", ISSUER],
  [
    identityProvider({ issuer: "http://login.example.com" }),
    "identityProviders.main.issuer",
    `${ISSUER}; it is "http://login.example.com"`,
  ],
  [
    identityProvider({ issuer: "login.example.com" }),
    "identityProviders.main.issuer",
    `${ISSUER}; it is "login.example.com"`,
  ],
  [
    identityProvider({ issuer: "https://login.example.com/?a" }),
    "identityProviders.main.issuer",
    'write the issuer without query and fragment (OpenID Connect Discovery 1.0, section 2); it is "https://login.example.com/?a"',
  ],
  [
    identityProvider({ issuer: "https://login.example.com/#a" }),
    "identityProviders.main.issuer",
    'write the issuer without query and fragment (OpenID Connect Discovery 1.0, section 2); it is "https://login.example.com/#a"',
  ],
  [
    identityProvider({ clientId: "" }),
    "identityProviders.main.clientId",
    'write the client ID that the identity provider gave you; it is ""',
  ],
  [
    identityProvider({ clientId: "my wiki" }),
    "identityProviders.main.clientId",
    'write the client ID that the identity provider gave you; it is "my wiki"',
  ],
  [identityProvider({ label: "" }), "identityProviders.main.label", 'write a name that people know; it is ""'],
  [identityProvider({ label: "x".repeat(61) }), "identityProviders.main.label", "write at most 60 characters"],
  [
    identityProvider({ clientAuthentication: "secret" }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is "secret"`,
  ],
  [
    identityProvider({ clientAuthentication: { method: "tls_client_auth" } }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is {"method":"tls_client_auth"}`,
  ],
  [
    identityProvider({ clientAuthentication: "private_key_jwt" }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is "private_key_jwt"`,
  ],
  [
    clientAuthentication({ method: "private_key_jwt", privateKey: "-----BEGIN" }),
    "identityProviders.main.clientAuthentication.privateKey",
    UNKNOWN,
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write the ARN of a KMS key, or leave it out to keep the keys in Secrets Manager; it is []",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["alias/gateway"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "alias/gateway"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["arn:aws:kms:us-east-1:111122223333:alias/a"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "arn:aws:kms:us-east-1:111122223333:alias/a"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["arn:aws:kms:eu-west-1:111122223333:key/a"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "arn:aws:kms:eu-west-1:111122223333:key/a"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [KMS_KEY, KMS_KEY] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write each key once",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [1, 2, 3, 4, 5].map((n) => `${KMS_KEY}${n}`) }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write at most 4 keys",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", algorithm: "HS256" }),
    "identityProviders.main.clientAuthentication.algorithm",
    'write "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384" or "ES512"; it is "HS256"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", audience: "https://login.example.com" }),
    "identityProviders.main.clientAuthentication.audience",
    'write "issuer" or "endpoint"; it is "https://login.example.com"',
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a b" }),
    "identityProviders.main.clientAuthentication.audience",
    'write the audience that the identity provider expects, such as "api://AzureADTokenExchange"; it is "a b"',
  ],
  [
    clientAuthentication({ method: "aws_assertion" }),
    "identityProviders.main.clientAuthentication.audience",
    "write the audience that the identity provider expects of assertions; only Entra ID has a default",
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a", algorithm: "PS256" }),
    "identityProviders.main.clientAuthentication.algorithm",
    'write "RS256" or "ES384"; it is "PS256"',
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a", kmsKeys: [KMS_KEY] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    UNKNOWN,
  ],
  [
    identityProvider({ pushedAuthorizationRequests: "yes" }),
    "identityProviders.main.pushedAuthorizationRequests",
    'write true or false; it is "yes"',
  ],
  [identityProvider({ dpop: 1 }), "identityProviders.main.dpop", "write true or false; it is 1"],
  [identityProvider({ scopes: "openid" }), "identityProviders.main.scopes", 'write a list; it is "openid"'],
  [
    identityProvider({ scopes: ["email"] }),
    "identityProviders.main.scopes",
    'include "openid": without it there is no ID token; it is ["email"]',
  ],
  [
    identityProvider({ scopes: ["openid", "email profile"] }),
    "identityProviders.main.scopes[1]",
    'write a scope without spaces, such as "email"; it is "email profile"',
  ],
  [
    identityProvider({ roles: { claim: "my roles" } }),
    "identityProviders.main.roles.claim",
    'write the path of a claim, such as "roles", "realm_access.roles" or \'"https://example.com/roles"\'; it is "my roles"',
  ],
  [
    identityProvider({ roles: { claim: "https://example.com/roles" } }),
    "identityProviders.main.roles.claim",
    'quote a name that contains dots: \'"https://example.com/roles"\'; it is "https://example.com/roles"',
  ],
  [
    identityProvider({ rolesClaim: "groups" }),
    "identityProviders.main.rolesClaim",
    'write roles: { claim: "groups" } instead',
  ],
  [
    identityProvider({ profile: "azure" }),
    "identityProviders.main.profile",
    'write one of "generic", "entra", "cognito", "okta", "auth0", "keycloak", "google"; it is "azure"',
  ],
  [
    identityProvider({ profile: "entra", issuer: undefined }),
    "identityProviders.main.tenants",
    'write the ID of your tenant: tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"]',
  ],
  [
    identityProvider({ profile: "entra", issuer: "https://login.microsoftonline.us/x/v2.0" }),
    "identityProviders.main.tenants",
    "write the IDs of the tenants whose users may sign in",
  ],
  [
    identityProvider({ profile: "entra", tenants: ["contoso.com"] }),
    "identityProviders.main.tenants[0]",
    'write the ID of a tenant in lower case, such as "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"; it is "contoso.com"',
  ],
  [
    identityProvider({ profile: "entra", tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] }),
    "identityProviders.main.issuer",
    'its tenant is not the one in tenants; leave issuer out, or write "{tenantid}" in the place of the tenant\'s ID',
  ],
  [
    identityProvider({ tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] }),
    "identityProviders.main.tenants",
    'only the profile "entra" has tenants; remove it, or write profile: "entra"',
  ],
  [
    identityProvider({ roles: { grant: ["admin"] } }),
    "identityProviders.main.roles.grant[0]",
    'no rule of the policy requires "admin"; remove it',
  ],
  [
    { ...identityProvider({ roles: { map: { Admins: "root" } } }), ...rule({ allow: { roles: ["admin"] } }) },
    "identityProviders.main.roles.map.Admins",
    'no rule of the policy requires "root"; write admin',
  ],
  [
    {
      ...identityProvider({ roles: { map: { Admins: "admin" }, grant: ["staff"] } }),
      ...rule({ allow: { roles: ["admin", "staff"] } }),
    },
    "identityProviders.main.roles.map.Admins",
    '"admin" is not among roles.grant; add it there',
  ],
  [
    { ...identityProvider({ profile: "google", issuer: undefined }), ...rule({ allow: { roles: ["admin"] } }) },
    "identityProviders.main.roles.claim",
    'the profile "google" has no standard claim for roles; write its path, such as \'"https://example.com/roles"\', or roles: { grant: [] }',
  ],
  [
    {
      identityProviders: {
        main: SMALL.identityProviders.main,
        other: { ...SMALL.identityProviders.main, roles: { grant: [] } },
      },
      ...rule({ allow: { roles: ["admin"] } }),
    },
    "identityProviders.main.roles.grant",
    'write which roles of the policy this provider may grant, such as ["admin"], or [] for none: there are several providers',
  ],
  [
    identityProvider({ offeredAt: { hosts: ["docs.example.com"] } }),
    "identityProviders.main.offeredAt.hosts[0]",
    '"docs.example.com" is not served; write wiki.example.com',
  ],
  [
    identityProvider({ authorizationParameters: { prompt: "none" } }),
    "identityProviders.main.authorizationParameters.prompt",
    'the gateway sets client_id, code_challenge, code_challenge_method, id_token_hint, login_hint, max_age, nonce, prompt, redirect_uri, request, request_uri, response_mode, response_type, scope, state itself; remove it; it is "prompt"',
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      app: { credential: { type: "password" } },
    }),
    "identityProviders.main.clientAuthentication",
    'write "client_secret_basic": app.credential is "password"',
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      app: {
        credential: {
          issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
          subject: "arn:aws:iam::111122223333:role/wiki-auth",
        },
      },
    }),
    "identityProviders.main.clientAuthentication",
    'write { method: "aws_assertion" }: app.credential is "federated"',
  ],
  [
    identityProvider({ profile: "cognito", clientAuthentication: { method: "private_key_jwt" } }),
    "identityProviders.main.clientAuthentication",
    'Cognito takes no assertions; write "none" or "client_secret_basic"',
  ],
  [
    identityProvider({ app: { credential: { type: "password" } }, clientAuthentication: "client_secret_post" }),
    "identityProviders.main.app",
    'only the profile "entra" has an app; remove it',
  ],
  [
    identityProvider({ profile: "cognito", pool: { domain: { prefix: "acme" } }, clientId: undefined }),
    "identityProviders.main.issuer",
    "remove it: pool makes a user pool; or remove pool to use an existing one",
  ],
  [
    identityProvider({ profile: "cognito", issuer: undefined, pool: { domain: { prefix: "acme" } } }),
    "identityProviders.main.clientId",
    "remove it: pool makes the client; or remove pool to use an existing one",
  ],
  [
    identityProvider({
      profile: "cognito",
      issuer: undefined,
      clientId: undefined,
      pool: { domain: { prefix: "acme" }, tokens: { refresh: "1h" } },
    }),
    "identityProviders.main.pool.tokens.refresh",
    "write at least session.absolute (28800s)",
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      clientAuthentication: "client_secret_post",
      app: {
        credential: { type: "password" },
        assignments: { boss: { groups: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] } },
      },
    }),
    "identityProviders.main.app.assignments.boss",
    "no rule of the policy has roles; write signedIn for people who may sign in",
  ],
  [rule({ allow: { idp: ["corp"] } }), "policy[0].allow.idp[0]", '"corp" is not among identityProviders; write main'],
  [rule({ allow: {} }), "policy[0].allow", `${ALLOW}; it is {}`],
  // The value of a setting that is not one may be a secret.
  [identityProvider({ clientSecret: "hunter2" }), "identityProviders.main.clientSecret", UNKNOWN],
  [
    { eventTransmitters: [] },
    "eventTransmitters",
    'write { corp: { issuer: "https://…", audience: "…", jwksUri: "https://…" } }; it is []',
  ],
  [
    { eventTransmitters: { Corp: transmitter({}).eventTransmitters.corp } },
    "eventTransmitters.Corp",
    `${SLUG}; it is "Corp"`,
  ],
  [
    transmitter({ issuer: "signals" }),
    "eventTransmitters.corp.issuer",
    'write the issuer as the transmitter\'s tokens spell it, such as "https://signals.example.com"; it is "signals"',
  ],
  [
    transmitter({ audience: "" }),
    "eventTransmitters.corp.audience",
    'write the audience that the transmitter\'s tokens name, such as "https://app.example.com"; it is ""',
  ],
  [
    transmitter({ jwksUri: "http://signals.example.com/keys" }),
    "eventTransmitters.corp.jwksUri",
    'write the https URL of the transmitter\'s keys, "jwks_uri" of its configuration; it is "http://signals.example.com/keys"',
  ],
  [
    transmitter({ identityProvider: "other" }),
    "eventTransmitters.corp.identityProvider",
    '"other" is not among identityProviders; write main',
  ],
  [transmitter({ secret: "hunter2" }), "eventTransmitters.corp.secret", UNKNOWN],
  [{ session: "8h" }, "session", 'write an object; it is "8h"'],
  [{ session: { absolute: 8 } }, "session.absolute", 'write a duration between "5m" and "30d", such as "15m"; it is 8'],
  [
    { session: { absolute: "8 h" } },
    "session.absolute",
    'write a duration between "5m" and "30d", such as "15m"; it is "8 h"',
  ],
  [
    { session: { absolute: "31d" } },
    "session.absolute",
    'write a duration between "5m" and "30d", such as "15m"; it is "31d"',
  ],
  [
    { session: { idle: "299s" } },
    "session.idle",
    'write a duration between "5m" and "30d", such as "15m"; it is "299s"',
  ],
  [
    { session: { token: "59s" } },
    "session.token",
    'write a duration between "60s" and "1h", such as "15m"; it is "59s"',
  ],
  [
    { session: { token: "61m" } },
    "session.token",
    'write a duration between "60s" and "1h", such as "15m"; it is "61m"',
  ],
  [{ session: { idle: "9h" } }, "session.idle", "write at most session.absolute (28800s)"],
  [{ session: { token: "50m", idle: "40m" } }, "session.token", "write at most session.idle (2400s)"],
  ...[64, 4096, 128, "64"].map((shardCount): Mistake => [
    { session: { shardCount } },
    "session.shardCount",
    "remove it: there are always 4,096 shards",
  ]),
  [{ shardCount: 64 }, "shardCount", UNKNOWN],
  [
    { session: { onReuse: "revoke" } },
    "session.onReuse",
    'write "record", "revoke-session" or "revoke-user"; it is "revoke"',
  ],
  [{ session: { keyRotationDays: "30d" } }, "session.keyRotationDays", 'write a number of days; it is "30d"'],
  [{ session: { keyRotationDays: 0.5 } }, "session.keyRotationDays", "write a whole number of days; it is 0.5"],
  [{ session: { keyRotationDays: 0 } }, "session.keyRotationDays", "write at least 1; it is 0"],
  [{ session: { keyRotationDays: 366 } }, "session.keyRotationDays", "write at most 365; it is 366"],
  [{ session: { lifetime: "8h" } }, "session.lifetime", UNKNOWN],
  [
    { identityHeaders: { "x-team": "team" } },
    "identityHeaders.x-team",
    'write a header name that starts with "x-gate-"; it is "x-team"',
  ],
  [
    { identityHeaders: { "X-Gate-Team": "team" } },
    "identityHeaders.X-Gate-Team",
    'write a header name that starts with "x-gate-"; it is "X-Gate-Team"',
  ],
  [{ identityHeaders: { "x-gate-team": "my team" } }, "identityHeaders.x-gate-team", `${CLAIM}; it is "my team"`],
  ...["user", "email", "roles", "session", "assertion"].map((name): Mistake => [
    { identityHeaders: { [`x-gate-${name}`]: "a" } },
    "identityHeaders",
    `x-gate-user, x-gate-email, x-gate-roles, x-gate-session, x-gate-idp, x-gate-assertion are set already; choose another header name; it is {"x-gate-${name}":"a"}`,
  ]),
];

const DELIVERY: Mistake[] = [
  [{ origin: undefined }, "origin", `${ORIGIN}; it is missing`],
  [{ origin: "s3" }, "origin", `${ORIGIN}; it is "s3"`],
  [{ origin: { type: "ftp" } }, "origin.type", `${ORIGIN}; it is "ftp"`],
  [
    { origin: { type: "s3", bucketName: "My_Bucket" } },
    "origin.bucketName",
    'write a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens; it is "My_Bucket"',
  ],
  [{ origin: { type: "s3", domainName: "origin.example.com" } }, "origin.domainName", UNKNOWN],
  [custom({ domainName: undefined }), "origin.domainName", `${HOST}; it is missing`],
  [
    custom({ domainName: "https://origin.example.com" }),
    "origin.domainName",
    `${HOST}; it is "https://origin.example.com"`,
  ],
  [custom({ path: "app/" }), "origin.path", 'write a path without a trailing slash, such as "/app"; it is "app/"'],
  [custom({ path: "/a?b" }), "origin.path", 'write a path without a trailing slash, such as "/app"; it is "/a?b"'],
  [custom({ httpsPort: "443" }), "origin.httpsPort", 'write a port number; it is "443"'],
  [custom({ httpsPort: 0 }), "origin.httpsPort", "write a port from 1 to 65535; it is 0"],
  [custom({ httpsPort: 65_536 }), "origin.httpsPort", "write a port from 1 to 65535; it is 65536"],
  [custom({ httpPort: 80 }), "origin.httpPort", UNKNOWN],
  [{ caching: true }, "caching", `${CACHING}; it is true`],
  [{ behaviors: {} }, "behaviors", "write a list; it is {}"],
  [behavior({ path: "api" }), "behaviors[0].path", 'write a CloudFront path pattern, such as "/api/*"; it is "api"'],
  [behavior({ path: "/a?" }), "behaviors[0].path", 'write a CloudFront path pattern, such as "/api/*"; it is "/a?"'],
  [behavior({ origin: undefined }), "behaviors[0].origin", `${ORIGIN}; it is missing`],
  [behavior({ caching: "on" }), "behaviors[0].caching", `${CACHING}; it is "on"`],
  [behavior({ allow: "public" }), "behaviors[0].allow", UNKNOWN],
  [
    { behaviors: ["/a/*", "/b/*", "/a/*"].map((path) => ({ path, origin: { type: "s3" } })) },
    "behaviors[2].path",
    '"/a/*" is already listed; remove one',
  ],
  [
    behavior({ path: "/_gate/*" }),
    "behaviors[0].path",
    "/_gate/* is reserved for the gateway's own endpoints; write another path",
  ],
  [
    { ...behavior({ path: "/b/*" }), policy: [{ path: "/a/**", allow: "public" }] },
    "behaviors[0].path",
    'no policy rule can match "/b/*"; add a rule such as { path: "/b/**", allow: "signed-in" }',
  ],
  [
    { ...behavior({ path: "/a/b" }), policy: [{ path: "/a", allow: "public" }] },
    "behaviors[0].path",
    'no policy rule can match "/a/b"; add a rule such as { path: "/a/b", allow: "signed-in" }',
  ],
  [{ waf: false }, "waf", "write an object; it is false"],
  [{ waf: { rateLimit: "2000" } }, "waf.rateLimit", 'write a number of requests; it is "2000"'],
  [{ waf: { rateLimit: 9 } }, "waf.rateLimit", "write at least 10; it is 9"],
  [{ waf: { rateLimit: 10.5 } }, "waf.rateLimit", "write a whole number; it is 10.5"],
  [{ waf: { rateLimit: 2_000_000_001 } }, "waf.rateLimit", "write at most 2000000000; it is 2000000001"],
  [{ theme: { productName: "" } }, "theme.productName", 'write a name; it is ""'],
  [{ theme: { productName: "x".repeat(61) } }, "theme.productName", "write at most 60 characters"],
  ...[...`<>&"'\\\`$%`].map((character): Mistake => [
    { theme: { productName: character } },
    "theme.productName",
    `write a name without < > & " ' \\ \` $ %; it is ${JSON.stringify(character)}`,
  ]),
  [{ theme: { accentColor: "red" } }, "theme.accentColor", 'write a color as "#rrggbb" in lower case; it is "red"'],
  [
    { theme: { accentColor: "#FFFFFF" } },
    "theme.accentColor",
    'write a color as "#rrggbb" in lower case; it is "#FFFFFF"',
  ],
  [{ theme: { support: 1 } }, "theme.support", "write an e-mail address or an https URL; it is 1"],
  [
    { theme: { support: "javascript:alert(1)" } },
    "theme.support",
    'write an e-mail address or an https URL; it is "javascript:alert(1)"',
  ],
  [
    { theme: { support: 'https://x.example/"onclick=' } },
    "theme.support",
    'write an e-mail address or an https URL; it is "https://x.example/\\"onclick="',
  ],
  [{ theme: { support: `https://x.example/${"a".repeat(200)}` } }, "theme.support", "write at most 200 characters"],
];

const POLICY: Mistake[] = [
  [
    { policy: undefined },
    "policy",
    'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is missing',
  ],
  [{ policy: {} }, "policy", 'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is {}'],
  [
    { policy: [] },
    "policy",
    'write at least one rule, such as { path: "/**", allow: "signed-in" }; what no rule matches is denied; it is []',
  ],
  [{ policy: ["/admin"] }, "policy[0]", 'write an object; it is "/admin"'],
  [rule({ path: undefined }), "policy[0].path", 'write a path pattern, such as "/admin/**"; it is missing'],
  [rule({ path: "admin" }), "policy[0].path", 'start the pattern with "/", such as "/admin/**"; it is "admin"'],
  ...["/a/", "/a//b", "//"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `write each segment once, without "//" and without a trailing "/": a trailing slash never changes a decision; it is "${path}"`,
  ]),
  [
    rule({ path: "/**/a" }),
    "policy[0].path",
    '"**" may only be the last segment; write "*" for one segment; it is "/**/a"',
  ],
  [
    rule({ path: "/a/b*" }),
    "policy[0].path",
    '"b*" mixes "*" with other characters; a "*" stands for a whole segment; it is "/a/b*"',
  ],
  [
    rule({ path: "/***" }),
    "policy[0].path",
    '"***" mixes "*" with other characters; a "*" stands for a whole segment; it is "/***"',
  ],
  ...["a b", "%61", "ü", "a;b", 'a"b', "a$", "a\\b"].map((name): Mistake => [
    rule({ path: `/x/${name}` }),
    "policy[0].path",
    `"${name}" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or "*"; it is ${JSON.stringify(`/x/${name}`)}`,
  ]),
  ...["/..", "/a/./b", "/a/../b"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `dot segments never reach the policy; leave them out; it is "${path}"`,
  ]),
  [rule({ methods: "GET" }), "policy[0].methods", 'write a list; it is "GET"'],
  [rule({ methods: [] }), "policy[0].methods", "name a method or leave methods out; it is []"],
  [
    rule({ methods: ["GET", "get"] }),
    "policy[0].methods[1]",
    'write methods from GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; it is "get"',
  ],
  [rule({ allow: undefined }), "policy[0].allow", `${ALLOW}; it is missing`],
  [rule({ allow: "everybody" }), "policy[0].allow", `${ALLOW}; it is "everybody"`],
  [rule({ allow: { role: "admin" } }), "policy[0].allow", `${ALLOW}; it is {"role":"admin"}`],
  [rule({ allow: { roles: [] } }), "policy[0].allow.roles", 'name a role, or write allow: "signed-in"; it is []'],
  ...["", "a b", "a!b", "*", "+", "%", "ä", "x".repeat(65)].map((name): Mistake => [
    rule({ allow: { roles: ["admin", name] } }),
    "policy[0].allow.roles[1]",
    `${ROLE}${name.length > 60 ? "" : `; it is "${name}"`}`,
  ]),
  [rule({ escapes: "yes" }), "policy[0].escapes", 'write true or false; it is "yes"'],
  [rule({ preflight: true }), "policy[0].preflight", 'write "pass" or leave it out; it is true'],
  [rule({ method: "GET" }), "policy[0].method", UNKNOWN],
  [rule({ host: "Wiki" }), "policy[0].host", `${HOST}; it is "Wiki"`],
  [
    rule({ host: "other.example.com" }),
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com, or add it to alternateDomains',
  ],
  [
    { ...rule({ host: "other.example.com" }), alternateDomains: ["docs.example.com"] },
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com or docs.example.com, or add it to alternateDomains',
  ],
  [
    rule({ path: "/_gate/me" }),
    "policy[0].path",
    "/_gate is reserved for the gateway's own endpoints; remove the rule",
  ],
  [
    { ...rule({ path: "/_door" }), basePath: "/_door" },
    "policy[0].path",
    "/_door is reserved for the gateway's own endpoints; remove the rule",
  ],
];

export const MISTAKES: Mistake[] = [...SITE, ...IDENTITY, ...DELIVERY, ...POLICY];
