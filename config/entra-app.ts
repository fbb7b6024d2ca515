/**
 * The `app` of a Microsoft Entra provider: an app registration that Terraform makes, in a separate stack
 * (stacks/identity/entra/).
 */
import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { ConfigProblem } from "./error";
import { GUID, region, role, text } from "./fields";

/**
 * The app role of people who may sign in and have no role of the policy. Entra asks for some app role as soon as an app
 * has one (https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto).
 */
export const SIGNED_IN_ROLE = "signed-in";

const CERTIFICATE = 'write the text of one PEM certificate, such as readFileSync("entra-2027.pem", "utf8")';

function line(write: string, max: number) {
  return z.string(write).trim().min(1, write).max(max, `write at most ${max} characters`);
}

function objectIds(what: string) {
  return z
    .array(
      text(GUID, `the object ID of a ${what}, such as "8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10"`),
      "write a list of object IDs",
    )
    .refine((ids) => new Set(ids).size === ids.length, "write each object ID once")
    .default([]);
}

/** Directory objects, by object ID. Entra does not look into nested groups. */
const principals = z
  .strictObject({ groups: objectIds("group"), users: objectIds("user") }, 'write { groups: ["…"], users: ["…"] }')
  .superRefine(({ groups, users }, context) => {
    users.forEach((user, i) => {
      if (groups.includes(user))
        context.addIssue({ code: "custom", path: ["users", i], message: "is among groups too; remove one of them" });
    });
  });

const somebody = principals.refine(
  ({ groups, users }) => groups.length + users.length > 0,
  "name a group or a user, or remove it",
);

/** The certificate as OpenSSL writes it, so that line breaks and text around it change no plan. */
const certificate = z
  .string(CERTIFICATE)
  .superRefine((pem, context) => {
    const problem = certificateProblem(pem);
    if (problem) context.addIssue({ code: "custom", message: problem, abort: true });
  })
  .transform((pem) => new X509Certificate(pem).toString());

function certificateProblem(pem: string): string | undefined {
  if (pem.includes("PRIVATE KEY"))
    return "write the certificate without its private key, which belongs into Secrets Manager only; if this file is in a repository, make a new key";
  if (pem.split("-----BEGIN CERTIFICATE-----").length !== 2) return CERTIFICATE;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
    // https://learn.microsoft.com/entra/identity-platform/certificate-credentials#assertion-format: PS256, or RS256
    return asymmetricKeyType === "rsa" && asymmetricKeyDetails!.modulusLength! >= 2048
      ? undefined
      : "write a certificate with an RSA key of at least 2048 bits; Entra verifies no other signatures";
  } catch {
    return CERTIFICATE;
  }
}

const credential = z.discriminatedUnion(
  "type",
  [
    /** No secret: AWS STS issues a token for the auth handler's role, and Entra trusts the issuer. */
    z.strictObject({
      type: z.literal("federated").default("federated"),
      issuer: text(
        /^https:\/\/[0-9a-z-]{1,63}\.tokens\.sts\.global\.api\.aws$/,
        'the token issuer of the AWS account, such as "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws" (aws iam get-outbound-web-identity-federation-info)',
      ),
      // Limit: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
      subject: text(
        /^arn:aws:iam::[0-9]{12}:role\/[\w+=,.@/-]{1,512}$/,
        'the ARN of the auth handler\'s role, such as "arn:aws:iam::111122223333:role/wiki-auth"',
      ),
    }),
    /**
     * Public certificates. All of them are valid at the same time, so a new one can be added before the old one is
     * removed.
     */
    z.strictObject({
      type: z.literal("certificate"),
      certificates: z
        .array(certificate, "write a list of PEM certificates")
        .min(1, CERTIFICATE)
        .refine((pems) => new Set(pems).size === pems.length, "write each certificate once"),
    }),
    /** An operator creates the passwords with a command, because Terraform would keep them in its state. */
    z.strictObject({ type: z.literal("password") }),
  ],
  {
    error:
      'write { issuer: "https://….tokens.sts.global.api.aws", subject: "arn:aws:iam::…:role/…" }, { type: "certificate", certificates: ["…"] } or { type: "password" }',
  },
);

const conditionalAccess = z.strictObject(
  {
    /** `report-only` records what `enforced` would do. */
    mfa: z.enum(["report-only", "enforced"], 'write "report-only" or "enforced"').default("report-only"),
    /** Emergency access accounts, who must not be locked out. */
    exclude: principals.prefault({}),
  },
  'write { mfa: "report-only" } or { mfa: "enforced" }',
);

const state = z.strictObject(
  {
    bucket: z.string("write the name of the state bucket").min(3, "write the name of the state bucket"),
    key: z.string("write the key of the state file").min(1, "write the key of the state file"),
    region,
  },
  "write the bucket, key and region of the state file",
);

export const entraAppSchema = z
  .strictObject(
    {
      /** What people see when they consent and in My Apps; by default the gateway's name. */
      displayName: line("write a name that people know", 120).optional(),
      /** The tenant with the app registration; by default the only one of `tenants`. */
      homeTenant: text(GUID, 'a tenant ID, such as "8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10"').optional(),
      credential,
      /** Object IDs of the users and service principals who may change the app. */
      owners: objectIds("user or service principal"),
      /** Only people who are assigned may sign in. */
      assignmentRequired: z.boolean("write true or false").default(true),
      /** Who has a role of the policy. */
      assignments: z.record(role, somebody, 'write { admin: { groups: ["…"] } }').default({}),
      /** Who may sign in without a role. */
      signedIn: somebody.optional(),
      /** Consents for everyone in the tenant: if assignment is required, people cannot consent themselves. */
      adminConsent: z.boolean("write true or false").default(true),
      /** The scope with which programs ask for access tokens: `api://<client ID>/<scope>`. */
      apiScope: text(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
        'a scope of letters, digits and . _ -, such as "access"',
      ).default("access"),
      /** Whether tokens list groups. From 200 groups on, Entra leaves all of them out; roles have no such limit. */
      groupClaims: z.enum(["none", "assigned", "security"], 'write "none", "assigned" or "security"').default("none"),
      conditionalAccess: conditionalAccess.optional(),
      /** A note for people who find the app in the tenant. */
      notes: line("write a note", 1024).optional(),
      /** Terraform's state, if the tenant's owners have their own bucket; by default beside the gateway's. */
      state: state.optional(),
    },
    'write { credential: { issuer: "https://….tokens.sts.global.api.aws", subject: "arn:aws:iam::…:role/…" } }',
  )
  .superRefine(({ assignmentRequired, signedIn }, context) => {
    if (!assignmentRequired && signedIn)
      context.addIssue({
        code: "custom",
        path: ["signedIn"],
        message: "remove it: without assignmentRequired, everybody in the tenant may sign in",
      });
  });

/** `app` as people write it. */
export type EntraAppInput = z.input<typeof entraAppSchema>;
/** `app`, checked and with its defaults. */
export type EntraApp = z.output<typeof entraAppSchema>;

/** The parts of the config that the app depends on. */
export interface EntraAppContext {
  app: EntraApp;
  /** The roles of the policy. */
  roles: readonly string[];
  /** The IDs of the tenants whose users may sign in. */
  tenants: readonly string[];
}

/** The tenant with the app registration; undefined if it is that of the Azure sign-in with which Terraform runs. */
export function homeTenantOf({ app, tenants }: Pick<EntraAppContext, "app" | "tenants">): string | undefined {
  return app.homeTenant ?? (tenants.length === 1 ? tenants[0] : undefined);
}

/** Mistakes that depend on the rest of the config, with paths below `app`. */
export function entraAppProblems(context: EntraAppContext): ConfigProblem[] {
  return CHECKS.flatMap((check) => check(context));
}

const CHECKS: readonly ((context: EntraAppContext) => ConfigProblem[])[] = [
  assignmentsNameRoles,
  signedInIsNoRole,
  apiScopeIsNoRole,
  homeTenantIsKnown,
];

function assignmentsNameRoles({ app, roles }: EntraAppContext): ConfigProblem[] {
  return Object.keys(app.assignments)
    .filter((role) => !roles.includes(role))
    .map((role) => ({
      path: `assignments.${role}`,
      message:
        roles.length === 0
          ? "no rule of the policy has roles; write signedIn for people who may sign in"
          : `no rule of the policy has this role; write ${roles.join(" or ")}, or signedIn for people without a role`,
    }));
}

function signedInIsNoRole({ app, roles }: EntraAppContext): ConfigProblem[] {
  return app.signedIn && roles.includes(SIGNED_IN_ROLE)
    ? [
        {
          path: "signedIn",
          message: `would give people the policy's role "${SIGNED_IN_ROLE}"; rename that role, or write assignments instead`,
        },
      ]
    : [];
}

/**
 * An app role and a scope of one value must be the same permission
 * (https://github.com/hashicorp/terraform-provider-azuread/issues/1177).
 */
function apiScopeIsNoRole({ app, roles }: EntraAppContext): ConfigProblem[] {
  return [...roles, SIGNED_IN_ROLE].includes(app.apiScope)
    ? [{ path: "apiScope", message: `"${app.apiScope}" is the name of a role too; write another name` }]
    : [];
}

function homeTenantIsKnown({ app, tenants }: EntraAppContext): ConfigProblem[] {
  return tenants.length > 1 && homeTenantOf({ app, tenants }) === undefined
    ? [{ path: "homeTenant", message: `write the tenant with the app registration: ${tenants.join(" or ")}` }]
    : [];
}
