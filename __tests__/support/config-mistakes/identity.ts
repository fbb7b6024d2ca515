/** Every mistake about identity providers, their clients and event transmitters. */
import {
  CLAIM,
  CLIENT_AUTHENTICATION,
  ISSUER,
  KMS_KEY,
  SLUG,
  SMALL,
  UNKNOWN,
  clientAuthentication,
  identityProvider,
  rule,
  transmitter,
  type Mistake,
} from "../small-config";

export const IDENTITY: Mistake[] = [
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
    identityProvider({ signingAlgorithms: ["RS512", "HS256"] }),
    "identityProviders.main.signingAlgorithms[1]",
    'write algorithms from RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA; it is "HS256"',
  ],
  [
    identityProvider({ signingAlgorithms: "RS512" }),
    "identityProviders.main.signingAlgorithms",
    'write a list of algorithms, such as ["RS512"]; it is "RS512"',
  ],
  [
    identityProvider({ signingAlgorithms: [] }),
    "identityProviders.main.signingAlgorithms",
    "name an algorithm, or leave signingAlgorithms out; it is []",
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
    {
      ...identityProvider({
        ...{ profile: "cognito", issuer: undefined, clientId: undefined, pool: { domain: { prefix: "acme" } } },
      }),
      ...rule({ allow: { roles: ["admin", "Domain Users"] } }),
    },
    "identityProviders.main.pool",
    'Terraform makes a role here for each of the policy, and cannot make "Domain Users"; rename it in the policy, with letters, digits and . _ : @ / -',
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

  // The value of a setting that is not one may be a secret.
  [
    identityProvider({ clientSecret: "hunter2" }),
    "identityProviders.main.clientSecret",
    'remove it: secrets do not belong in a config. Write clientAuthentication: "client_secret_basic", and store the secret with "npx edgegate secrets put main"',
  ],
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
  [transmitter({ on: "revoke" }), "eventTransmitters.corp.on", 'write an object; it is "revoke"'],
  [
    transmitter({ on: { "token-claims-change": "renew" } }),
    "eventTransmitters.corp.on.token-claims-change",
    'write "ignore" or "revoke"; it is "renew"',
  ],
  [transmitter({ on: { "session-revoked": "ignore" } }), "eventTransmitters.corp.on.session-revoked", UNKNOWN],
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
  [{ session: { deviceBound: true } }, "session.deviceBound", 'write "off" or "if-supported"; it is true'],
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
  [
    { identityHeaders: { "x-gate-mail": "email" } },
    "identityHeaders.x-gate-mail",
    'read x-gate-email, and remove this: the provider may not have verified what the claim says; it is "email"',
  ],
  [{ identityHeaders: { "x-gate-team": "my team" } }, "identityHeaders.x-gate-team", `${CLAIM}; it is "my team"`],
  ...["user", "email", "roles", "session", "assertion"].map((name): Mistake => [
    { identityHeaders: { [`x-gate-${name}`]: "a" } },
    "identityHeaders",
    `x-gate-user, x-gate-email, x-gate-roles, x-gate-session, x-gate-idp, x-gate-assertion, x-gate-requirement, x-gate-origin-secret are set already; choose another header name; it is {"x-gate-${name}":"a"}`,
  ]),
];
