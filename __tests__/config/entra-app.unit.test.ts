/** What people may write as the app of an Entra provider, and what they read when it is wrong. */
import { X509Certificate } from "node:crypto";
import { entraAppProblems, entraAppSchema, homeTenantOf, type EntraAppInput } from "../../config/entra-app";
import { ConfigError } from "../../config/error";
import {
  ecCertificate,
  RSA_PSS_CERTIFICATE,
  rsaCertificate,
  type ClientCertificate,
} from "../support/entra-certificates";
import {
  entraStack,
  EVERY_OPTION,
  FEDERATED,
  id,
  OTHER_TENANT,
  SMALL_APP,
  synthesizeApp,
  TENANT,
} from "../support/entra-apps";

const OBJECT_ID = (what: string) => `write the object ID of a ${what}, such as "8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10"`;
const TENANT_ID = 'write a tenant ID, such as "8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10"';
const CREDENTIAL =
  'write { issuer: "https://….tokens.sts.global.api.aws", subject: "arn:aws:iam::…:role/…" }, { type: "certificate", certificates: ["…"] } or { type: "password" }';
const ISSUER =
  'write the token issuer of the AWS account, such as "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws" (aws iam get-outbound-web-identity-federation-info)';
const SUBJECT = 'write the ARN of the auth handler\'s role, such as "arn:aws:iam::111122223333:role/wiki-auth"';
const CERTIFICATE = 'write the text of one PEM certificate, such as readFileSync("entra-2027.pem", "utf8")';
const STRENGTH = "write a certificate with an RSA key of at least 2048 bits; Entra verifies no other signatures";
const PRIVATE_KEY =
  "write the certificate without its private key, which belongs into Secrets Manager only; if this file is in a repository, make a new key";
const SOMEBODY = "name a group or a user, or remove it";

const federated = (more: object) => ({ credential: { ...FEDERATED, ...more } });

/** What is written, where the mistake is, and what the person reads. */
const MISTAKES: [written: Record<string, unknown>, path: string, message: string][] = [
  [{ displayName: "" }, "displayName", "write a name that people know"],
  [{ displayName: 7 }, "displayName", "write a name that people know"],
  [{ displayName: "x".repeat(121) }, "displayName", "write at most 120 characters"],
  [{ homeTenant: "example.com" }, "homeTenant", TENANT_ID],
  [{ homeTenant: TENANT.toUpperCase().replace("1", "A") }, "homeTenant", TENANT_ID],
  [{ credential: undefined }, "credential", CREDENTIAL],
  [{ credential: "federated" }, "credential", CREDENTIAL],
  [{ credential: { type: "secret" } }, "credential.type", CREDENTIAL],
  [federated({ issuer: undefined }), "credential.issuer", ISSUER],
  [federated({ issuer: "https://sts.amazonaws.com" }), "credential.issuer", ISSUER],
  [federated({ issuer: `${FEDERATED.issuer}/` }), "credential.issuer", ISSUER],
  [federated({ issuer: FEDERATED.issuer.replace("https", "http") }), "credential.issuer", ISSUER],
  [federated({ subject: undefined }), "credential.subject", SUBJECT],
  [federated({ subject: "wiki-auth" }), "credential.subject", SUBJECT],
  [federated({ subject: "arn:aws:iam::111122223333:role/*" }), "credential.subject", SUBJECT],
  [federated({ subject: "arn:aws:sts::111122223333:assumed-role/wiki-auth/x" }), "credential.subject", SUBJECT],
  [{ credential: { type: "certificate" } }, "credential.certificates", "write a list of PEM certificates"],
  [{ credential: { type: "certificate", certificates: [] } }, "credential.certificates", CERTIFICATE],
  [{ credential: { type: "certificate", certificates: ["entra.pem"] } }, "credential.certificates[0]", CERTIFICATE],
  [
    {
      credential: {
        type: "certificate",
        certificates: ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
      },
    },
    "credential.certificates[0]",
    CERTIFICATE,
  ],
  [{ owners: id(1) }, "owners", "write a list of object IDs"],
  [{ owners: ["ada@example.com"] }, "owners[0]", OBJECT_ID("user or service principal")],
  [{ owners: [id(1), id(1)] }, "owners", "write each object ID once"],
  [{ assignmentRequired: "no" }, "assignmentRequired", "write true or false"],
  [{ assignments: { admin: {} } }, "assignments.admin", SOMEBODY],
  [{ assignments: { admin: [id(1)] } }, "assignments.admin", 'write { groups: ["…"], users: ["…"] }'],
  [{ assignments: { admin: { groups: ["Admins"] } } }, "assignments.admin.groups[0]", OBJECT_ID("group")],
  [{ assignments: { admin: { users: ["ada"] } } }, "assignments.admin.users[0]", OBJECT_ID("user")],
  [
    { assignments: { admin: { groups: [id(1)], users: [id(2), id(1)] } } },
    "assignments.admin.users[1]",
    "is among groups too; remove one of them",
  ],
  [{ signedIn: { groups: [], users: [] } }, "signedIn", SOMEBODY],
  [
    { signedIn: { groups: [id(1)] }, assignmentRequired: false },
    "signedIn",
    "remove it: without assignmentRequired, everybody in the tenant may sign in",
  ],
  [{ adminConsent: 1 }, "adminConsent", "write true or false"],
  [{ apiScope: "a b" }, "apiScope", 'write a scope of letters, digits and . _ -, such as "access"'],
  [{ groupClaims: "all" }, "groupClaims", 'write "none", "assigned" or "security"'],
  [{ conditionalAccess: true }, "conditionalAccess", 'write { mfa: "report-only" } or { mfa: "enforced" }'],
  [{ conditionalAccess: { mfa: "on" } }, "conditionalAccess.mfa", 'write "report-only" or "enforced"'],
  [{ conditionalAccess: { exclude: { users: ["root"] } } }, "conditionalAccess.exclude.users[0]", OBJECT_ID("user")],
  [{ notes: "" }, "notes", "write a note"],
  [{ notes: "x".repeat(1025) }, "notes", "write at most 1024 characters"],
  [{ state: "s3" }, "state", "write the bucket, key and region of the state file"],
  [{ state: { bucket: "b-1", region: "eu-central-1" } }, "state.key", "write the key of the state file"],
  [
    { state: { bucket: "b-1", key: "k", region: "Frankfurt" } },
    "state.region",
    'write a region, such as "eu-central-1"',
  ],
];

function mistakesIn(written: object): [path: string, message: string][] {
  const { error } = entraAppSchema.safeParse({ ...SMALL_APP, ...written });
  return (error?.issues ?? []).map(({ path, message }) => [pathText(path), message]);
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .reduce<string>((text, key) => text + (typeof key === "number" ? `[${key}]` : `.${String(key)}`), "")
    .slice(1);
}

describe("a mistake is reported with its place and with what to write", () => {
  test.each(MISTAKES.map(([written, path, message]) => [path, message, written] as const))(
    "%s: %s",
    (path, message, written) => expect(mistakesIn(written)).toEqual([[path, message]]),
  );

  test.each([
    ["", { secret: "x" }],
    ["credential", federated({ clientSecret: "x" })],
    ["credential", { credential: { type: "password", value: "x" } }],
    ["assignments.admin", { assignments: { admin: { groups: [id(1)], roles: [] } } }],
    ["conditionalAccess", { conditionalAccess: { state: "enabled" } }],
  ])("an option that does not exist, in %p", (path, written) => {
    const { error } = entraAppSchema.safeParse({ ...SMALL_APP, ...written });
    expect(error?.issues).toEqual([expect.objectContaining({ code: "unrecognized_keys" })]);
    expect(pathText(error!.issues[0]!.path)).toBe(path);
  });
});

describe("a certificate", () => {
  let rsa: ClientCertificate;
  let short: ClientCertificate;
  let elliptic: ClientCertificate;
  beforeAll(async () => {
    [rsa, short, elliptic] = await Promise.all([rsaCertificate("a"), rsaCertificate("b", 1024), ecCertificate("c")]);
  });
  const mistakesWith = (...certificates: string[]) =>
    mistakesIn({ credential: { type: "certificate", certificates } }).map(([, message]) => message);

  test("is accepted with whatever OpenSSL writes around it, and becomes the same text", () => {
    const texts = [rsa.certificate, `subject=CN = a\n${rsa.certificate.replaceAll("\n", "\r\n")}\n\n`].map((pem) =>
      entraAppSchema.parse({ credential: { type: "certificate", certificates: [pem] } }),
    );
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]!.credential).toMatchObject({ certificates: [new X509Certificate(rsa.certificate).toString()] });
  });

  test("must not come with its private key", () => {
    expect(mistakesWith(rsa.certificate + rsa.privateKey)).toEqual([PRIVATE_KEY]);
    expect(mistakesWith(rsa.privateKey)).toEqual([PRIVATE_KEY]);
  });

  test("must have a key that Entra accepts", () => {
    expect(mistakesWith(short.certificate)).toEqual([STRENGTH]);
    expect(mistakesWith(elliptic.certificate)).toEqual([STRENGTH]);
    expect(mistakesWith(RSA_PSS_CERTIFICATE)).toEqual([STRENGTH]);
  });

  test("must be alone in its text, and listed once", () => {
    expect(mistakesWith(rsa.certificate + rsa.certificate)).toEqual([CERTIFICATE]);
    expect(mistakesWith(rsa.certificate, `${rsa.certificate}\n`)).toEqual(["write each certificate once"]);
  });
});

test("an app that says little gets safe defaults", () => {
  expect(entraAppSchema.parse(SMALL_APP)).toEqual({
    credential: { type: "federated", ...FEDERATED },
    owners: [],
    assignmentRequired: true,
    assignments: {},
    adminConsent: true,
    apiScope: "access",
    groupClaims: "none",
  });
  expect(entraAppSchema.parse({ ...SMALL_APP, conditionalAccess: {} }).conditionalAccess).toEqual({
    mfa: "report-only",
    exclude: { groups: [], users: [] },
  });
});

describe("the rest of the config", () => {
  const problems = (app: Partial<EntraAppInput>, roles: string[], tenants: string[]) =>
    entraAppProblems({ app: entraAppSchema.parse({ ...SMALL_APP, ...app }), roles, tenants });
  const group = { groups: [id(1)] };

  test("fits", () => {
    expect(problems(EVERY_OPTION, ["admin", "ops@example.com"], [TENANT, OTHER_TENANT])).toEqual([]);
    expect(problems({}, [], [])).toEqual([]);
    expect(problems({}, ["signed-in"], [TENANT])).toEqual([]);
  });

  test.each<[string, Partial<EntraAppInput>, string[], string[], string, string]>([
    [
      "assigns a role that no rule has",
      { assignments: { admin: group, adimn: group } },
      ["admin", "staff"],
      [],
      "assignments.adimn",
      "no rule of the policy has this role; write admin or staff, or signedIn for people without a role",
    ],
    [
      "assigns a role, and no rule has roles",
      { assignments: { admin: group } },
      [],
      [],
      "assignments.admin",
      "no rule of the policy has roles; write signedIn for people who may sign in",
    ],
    [
      "has a role with the name of the role of those who have none",
      { signedIn: group },
      ["signed-in"],
      [],
      "signedIn",
      'would give people the policy\'s role "signed-in"; rename that role, or write assignments instead',
    ],
    [
      "has a role with the scope's name",
      {},
      ["access"],
      [],
      "apiScope",
      '"access" is the name of a role too; write another name',
    ],
    [
      "calls the scope as those who have no role",
      { apiScope: "signed-in" },
      [],
      [],
      "apiScope",
      '"signed-in" is the name of a role too; write another name',
    ],
    [
      "does not say which of several tenants is home",
      {},
      [],
      [TENANT, OTHER_TENANT],
      "homeTenant",
      `write the tenant with the app registration: ${TENANT} or ${OTHER_TENANT}`,
    ],
  ])("%s", (_name, app, roles, tenants, path, message) => {
    expect(problems(app, roles, tenants)).toEqual([{ path, message }]);
  });

  test("that does not fit makes no stack", () => {
    expect(() => synthesizeApp((app) => void entraStack(app, { roles: ["access"] }))).toThrow(ConfigError);
  });

  test.each([
    [undefined, [], undefined],
    [undefined, [TENANT], TENANT],
    [OTHER_TENANT, [TENANT], OTHER_TENANT],
    [OTHER_TENANT, [TENANT, OTHER_TENANT], OTHER_TENANT],
  ])("with the home tenant %p and the tenants %p: the app is in %p", (homeTenant, tenants, home) => {
    const app = entraAppSchema.parse({ ...SMALL_APP, ...(homeTenant && { homeTenant }) });
    expect(homeTenantOf({ app, tenants })).toBe(home);
  });
});
