import type { z } from "zod";
import { cognitoPoolSchema } from "../../config/cognito-pool";
import { EVERY_SETTING, SMALL_POOL } from "../support/cognito-pools";

function problemsOf(pool: unknown): [path: string, message: string][] {
  const issues: z.core.$ZodIssue[] = cognitoPoolSchema.safeParse(pool).error?.issues ?? [];
  return issues.map((issue) => [
    [...issue.path, ...(issue.code === "unrecognized_keys" ? issue.keys : [])].join("."),
    issue.code === "invalid_key" ? issue.issues[0]!.message : issue.message,
  ]);
}

const { corp, partner } = EVERY_SETTING.federation;
const DOMAIN = 'write { prefix: "acme-wiki" } or { name: "login.example.com", certificateArn: "arn:…" }';
const PREFIX = 'write a prefix of 1 to 63 lower-case letters, digits and "-", such as "acme-wiki"';
const RESERVED = "write a prefix without aws, amazon, cognito: Cognito reserves them";
const CERTIFICATE = "write the ARN of an ACM certificate in us-east-1, whatever the pool's region";
const FEDERATION = 'write { type: "saml", metadataUrl: "https://…" } or { type: "oidc", issuer: "https://…", … }';
const FEDERATED_NAME = 'write a name of 3 to 32 letters and digits, such as "corp"; people see it at sign-in';
const SECRET_NAME =
  'write the name of a secret in Secrets Manager, such as "wiki/corp-client-secret"; the secret itself never belongs in a config';
const LIFETIME = 'write a duration between "5m" and "24h", such as "15m"';
const REFRESH = 'write a duration between "1h" and "3650d", such as "1d"';
const machine = (...scopes: string[]) => ({ machineClients: { report: { scopes } } });

/** What is written beside {@link SMALL_POOL}, where the mistake is, and what the person reads. */
const MISTAKES: [written: Record<string, unknown>, path: string, message: string][] = [
  [{ domain: undefined }, "domain", DOMAIN],
  [{ domain: "acme-wiki" }, "domain", DOMAIN],
  [{ domain: {} }, "domain", DOMAIN],
  [{ domain: { prefix: "acme-wiki", name: "login.example.com" } }, "domain.name", 'Unrecognized key: "name"'],
  [{ domain: { prefix: "Acme" } }, "domain.prefix", PREFIX],
  [{ domain: { prefix: "-acme" } }, "domain.prefix", PREFIX],
  [{ domain: { prefix: "a".repeat(64) } }, "domain.prefix", PREFIX],
  [{ domain: { prefix: "my-cognito" } }, "domain.prefix", RESERVED],
  [{ domain: { prefix: "awsome" } }, "domain.prefix", RESERVED],
  [
    { domain: { ...EVERY_SETTING.domain, name: "https://login.example.com" } },
    "domain.name",
    'write a host name in lower case, such as "login.example.com"',
  ],
  [
    {
      domain: {
        ...EVERY_SETTING.domain,
        certificateArn: EVERY_SETTING.domain.certificateArn.replace("us-east-1", "eu-central-1"),
      },
    },
    "domain.certificateArn",
    CERTIFICATE,
  ],
  [
    { domain: { ...EVERY_SETTING.domain, hostedZoneId: "example.com" } },
    "domain.hostedZoneId",
    'write the ID of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"',
  ],
  [{ region: "Frankfurt" }, "region", 'write a region, such as "eu-central-1"'],
  [{ mfa: "off" }, "mfa", 'write "required" or "optional"'],
  [{ mfa: false }, "mfa", 'write "required" or "optional"'],
  [{ passkeys: "yes" }, "passkeys", "write true or false"],
  [{ selfSignUp: 1 }, "selfSignUp", "write true or false"],
  [{ localUsers: "no" }, "localUsers", "write true or false"],
  [{ deletionProtection: "ACTIVE" }, "deletionProtection", "write true or false"],
  [{ passwords: { minimumLength: 7 } }, "passwords.minimumLength", "write at least 8"],
  [{ passwords: { minimumLength: 100 } }, "passwords.minimumLength", "write at most 99"],
  [{ passwords: { invitationDays: 0 } }, "passwords.invitationDays", "write at least 1"],
  [{ passwords: { invitationDays: 31 } }, "passwords.invitationDays", "write at most 30"],
  [{ tokens: { validity: "4m" } }, "tokens.validity", LIFETIME],
  [{ tokens: { validity: "25h" } }, "tokens.validity", LIFETIME],
  [{ tokens: { validity: 900 } }, "tokens.validity", LIFETIME],
  [{ tokens: { validity: "900s" } }, "tokens.validity", LIFETIME],
  [{ tokens: { refresh: "59m" } }, "tokens.refresh", REFRESH],
  [{ tokens: { refresh: "3651d" } }, "tokens.refresh", REFRESH],
  [{ threatProtection: "on" }, "threatProtection", 'write "off", "audit" or "enforced"'],
  [
    { threatProtection: "enforced" },
    "threatProtection",
    'Cognito wants an SES identity for this; add email, or write "audit"',
  ],
  [
    { email: { ...EVERY_SETTING.email, from: "login" } },
    "email.from",
    'write an e-mail address, such as "login@example.com"',
  ],
  [
    { email: { ...EVERY_SETTING.email, identityArn: "example.com" } },
    "email.identityArn",
    "write the ARN of a verified SES identity",
  ],
  [{ branding: "#2456c7" }, "branding", 'write "theme" or "cognito"'],
  [{ federation: { corp: "saml" } }, "federation.corp", FEDERATION],
  [{ federation: { corp: { type: "ldap" } } }, "federation.corp.type", FEDERATION],
  [{ federation: { "my-corp": corp } }, "federation.my-corp", FEDERATED_NAME],
  [{ federation: { co: corp } }, "federation.co", FEDERATED_NAME],
  [
    { federation: { Google: corp } },
    "federation.Google",
    "write another name: Cognito has its own provider of this one",
  ],
  [
    { federation: { corp: { ...corp, metadataUrl: "http://login.corp.example/metadata.xml" } } },
    "federation.corp.metadataUrl",
    'write the https URL of the SAML metadata, such as "https://login.example.com/metadata.xml"',
  ],
  [
    { federation: { partner: { ...partner, clientSecretName: undefined } } },
    "federation.partner.clientSecretName",
    SECRET_NAME,
  ],
  [
    { federation: { partner: { ...partner, clientSecretName: "not a name" } } },
    "federation.partner.clientSecretName",
    SECRET_NAME,
  ],
  [
    { federation: { partner: { ...partner, clientSecretVersionId: "2" } } },
    "federation.partner.clientSecretVersionId",
    "write the VersionId that Secrets Manager printed when the value was stored",
  ],
  [
    { federation: { partner: { ...partner, scopes: ["email"] } } },
    "federation.partner.scopes",
    'include "openid": without it there is no ID token',
  ],
  [
    { federation: { partner: { ...partner, attributes: { email: "" } } } },
    "federation.partner.attributes.email",
    "write the name of the claim or SAML attribute",
  ],
  [
    { resourceServer: { identifier: "my api", scopes: { read: "Reads" } } },
    "resourceServer.identifier",
    'write the identifier of an API, such as "https://api.example.com"; it is the prefix of its scopes',
  ],
  [
    { resourceServer: { identifier: "api", scopes: {} } },
    "resourceServer.scopes",
    'write at least one: { read: "Reads everything" }',
  ],
  [
    { resourceServer: { identifier: "api", scopes: { "a/b": "Reads" } } },
    "resourceServer.scopes.a/b",
    'write a scope of letters, digits and . _ : -, such as "read"',
  ],
  [
    { resourceServer: { identifier: "api", scopes: { read: "" } } },
    "resourceServer.scopes.read",
    "write what the scope allows",
  ],
  [machine("read"), "machineClients.report.scopes.0", "there is no resourceServer with scopes; add it"],
  [
    { ...machine("read", "delete"), resourceServer: EVERY_SETTING.resourceServer },
    "machineClients.report.scopes.1",
    "resourceServer has no such scope; write read or write, or add it there",
  ],
  [machine(), "machineClients.report.scopes", "name a scope of resourceServer"],
  [{ preTokenHookArn: "add-groups" }, "preTokenHookArn", "write the ARN of a Lambda function"],
  [
    { preTokenHookArn: EVERY_SETTING.preTokenHookArn },
    "preTokenHookArn",
    "Cognito calls functions of its own region only; name a function in us-east-1",
  ],
  [
    { passkeys: true },
    "passkeys",
    'nobody is offered a passkey where a second factor is required; write mfa: "optional", or leave passkeys out',
  ],
  [
    { passkeys: true, mfa: "optional", localUsers: false, federation: { corp } },
    "passkeys",
    "only local users have passkeys; leave out localUsers: false or passkeys",
  ],
  [{ localUsers: false }, "localUsers", "nobody could sign in; name a provider in federation, or leave localUsers out"],
  [
    { localUsers: false, selfSignUp: true, federation: { corp } },
    "selfSignUp",
    "only local users sign up; leave out localUsers: false or selfSignUp",
  ],
];

test.each(MISTAKES.map(([written, path, message]) => [path, message, written] as const))(
  "%s: %s",
  (path, message, written) => {
    expect(problemsOf({ ...SMALL_POOL, ...written })).toEqual([[path, message]]);
  },
);

test("a setting that does not exist is refused, at every level", () => {
  const levels = ["", "domain", "passwords", "tokens", "email", "resourceServer"] as const;
  for (const level of levels) {
    const extra = { generateSecret: true };
    const pool =
      level === ""
        ? { ...EVERY_SETTING, ...extra }
        : { ...EVERY_SETTING, [level]: { ...EVERY_SETTING[level], ...extra } };
    expect(problemsOf(pool)).toHaveLength(1);
  }
  const secret = { ...partner, clientSecret: "hunter2" };
  expect(problemsOf({ ...SMALL_POOL, federation: { partner: secret } })).toEqual([
    ["federation.partner.clientSecret", expect.not.stringContaining("hunter2")],
  ]);
});

test("a pool that says little gets strict defaults", () => {
  expect(cognitoPoolSchema.parse(SMALL_POOL)).toEqual({
    ...SMALL_POOL,
    region: "us-east-1",
    mfa: "required",
    passkeys: false,
    selfSignUp: false,
    localUsers: true,
    passwords: { minimumLength: 14, invitationDays: 3 },
    tokens: { validity: 900, refresh: 86_400 },
    deletionProtection: true,
    threatProtection: "off",
    branding: "theme",
    federation: {},
    machineClients: {},
  });
});

test("a pool that says everything keeps what it says", () => {
  expect(cognitoPoolSchema.parse(EVERY_SETTING)).toMatchObject({
    ...EVERY_SETTING,
    tokens: { validity: 300, refresh: 43_200 },
  });
});
