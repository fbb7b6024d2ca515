/**
 * Variables of an app's module for people, roles and the gateway's authentication, with the expressions that the stack
 * would compute.
 */
import { entraAppSchema, SIGNED_IN_ROLE, type EntraApp } from "../../config/entra-app";
import type { Config } from "../../config/schema";
import { certificateEntry } from "../../stacks/identity/entra/certificates";
import type { Json } from "../module-json";
import { messageOf, type Validation } from "../variables";
import { areIds, isId } from "./entra-options";
import { quotable, refusing, rolesVariable, type ComputedVariable } from "./identity-module";

const { shape } = entraAppSchema;
const PRINCIPALS = "object({ groups = optional(list(string), []), users = optional(list(string), []) })";
const ID = "8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10";

/** A message of the schema, inside quotation marks. */
const says = (field: Parameters<typeof messageOf>[0], wrong: unknown) => quotable(messageOf(field, wrong));

export function entraVariables(config: Config, app: EntraApp): Record<string, ComputedVariable> {
  return {
    roles: rolesVariable(config),
    owners: owners(app),
    assignments: assignments(app),
    signed_in: signedIn(app),
    ...(app.credential.type === "certificate" && { certificates: certificates(app.credential.certificates) }),
  };
}

/** The option that the schema compares with the roles. */
export function scopeIsNoRole(): Validation {
  return {
    condition: `\${!contains(concat(var.roles, ["${SIGNED_IN_ROLE}"]), var.api_scope)}`,
    error_message: 'api_scope: "${var.api_scope}" is the name of a role too; write another name.',
  };
}

function owners({ owners: value }: EntraApp): ComputedVariable {
  return {
    variable: {
      type: "list(string)",
      description: "Object IDs of the users and service principals who may change the app, besides Terraform's own.",
      default: value,
      nullable: false,
      validation: [
        refusing(`for i, id in var.owners : "owners[\${i}]: ${says(shape.owners, ["x"])}" if !${isId("id")}`),
        {
          condition: "${length(distinct(var.owners)) == length(var.owners)}",
          error_message: `owners: ${messageOf(shape.owners, [ID, ID])}.`,
        },
      ],
    },
    type: "list of texts",
    initial: JSON.stringify(value),
    value,
    wrong: ["x"],
  };
}

/** The schema's checks of groups and users. @param place text inside quotation marks @param who the reference */
function principalProblems(place: string, who: string, loop: string): Validation[] {
  const wrong = (key: "groups" | "users") =>
    refusing(
      `for ${loop} : "${place}.${key}: ${says(shape.signedIn, { [key]: ["x"] })}" if !${areIds(`${who}.${key}`)}`,
    );
  return [
    refusing(
      `for ${loop} : "${place}: ${says(shape.signedIn, {})}" if length(${who}.groups) + length(${who}.users) == 0`,
    ),
    wrong("groups"),
    wrong("users"),
    refusing(
      `for ${loop} : "${place}.users: ${says(shape.signedIn, { groups: [ID], users: [ID] })}" if length(setintersection(${who}.groups, ${who}.users)) > 0`,
    ),
  ];
}

function assignments({ assignments: value }: EntraApp): ComputedVariable {
  return {
    variable: {
      type: `map(${PRINCIPALS})`,
      description: 'Who has a role of the policy, by object ID: { admin = { groups = ["…"], users = ["…"] } }.',
      default: value,
      nullable: false,
      validation: [
        ...principalProblems("assignments.${role}", "who", "role, who in var.assignments"),
        refusing(
          `for role, who in var.assignments : "assignments.\${role}: \${length(var.roles) == 0 ? "no rule of the policy has roles; write signed_in for people who may sign in" : "no rule of the policy has this role; write \${join(" or ", var.roles)}, or signed_in for people without a role"}." if !contains(var.roles, role)`,
        ),
      ],
    },
    type: "map of groups and users",
    initial: Object.keys(value).length === 0 ? "{}" : "the config's",
    value,
    wrong: { "no role": { groups: [ID], users: [] } },
  };
}

function signedIn({ signedIn: value, assignmentRequired }: EntraApp): ComputedVariable {
  return {
    variable: {
      type: PRINCIPALS,
      description: "Who may sign in without a role of the policy, by object ID; null for nobody.",
      default: value ?? null,
      nullable: true,
      validation: [
        ...principalProblems("signed_in", "who", "who in var.signed_in[*]"),
        {
          condition: `\${var.signed_in == null || !contains(var.roles, "${SIGNED_IN_ROLE}")}`,
          error_message: `signed_in: would give people the policy's role "${SIGNED_IN_ROLE}"; rename that role, or write assignments instead.`,
        },
        ...(assignmentRequired
          ? []
          : [
              {
                condition: "${var.signed_in == null}",
                error_message: "signed_in: remove it: without assignmentRequired, everybody in the tenant may sign in.",
              },
            ]),
      ],
    },
    type: "groups and users",
    initial: value ? "the config's" : "null",
    value: (value ?? null) as Json,
    wrong: { groups: ["x"], users: [] },
  };
}

/** HCL cannot read a certificate, so its fingerprint and its dates are separate attributes. */
function certificates(pems: readonly string[]): ComputedVariable {
  const element = shape.credential.options[1].shape.certificates;
  const value = Object.fromEntries(pems.map(certificateEntry));
  const pem = (message: string) => message.replace(/readFileSync\((".*?"), "utf8"\)/, "file($1)");
  const refuse = (problem: string, condition: string) =>
    refusing(`for fingerprint, each in var.certificates : "certificates.\${fingerprint}: ${problem}" if ${condition}`);
  return {
    variable: {
      type: "map(object({ pem = string, start = string, end = string }))",
      description:
        "The certificates with which Entra verifies the gateway's assertions: PEM without the private key, and its dates, by SHA-256 fingerprint in lower case. The key must be RSA with at least 2048 bits.",
      default: value,
      nullable: false,
      validation: [
        {
          condition: "${length(var.certificates) > 0}",
          error_message: `certificates: ${pem(messageOf(element, []))}.`,
        },
        refuse(quotable(messageOf(element, ["PRIVATE KEY"])), 'strcontains(each.pem, "PRIVATE KEY")'),
        refuse(quotable(pem(messageOf(element, ["x"]))), 'length(split("-----BEGIN CERTIFICATE-----", each.pem)) != 2'),
        refuse(
          "write the SHA-256 fingerprint as its key, in lower case without colons (openssl x509 -noout -fingerprint -sha256).",
          '!can(regex("^[0-9a-f]{64}$", fingerprint))',
        ),
        refuse(
          'write start and end as the certificate has them, such as \\"2026-12-01T00:00:00Z\\" (openssl x509 -noout -dates -dateopt iso_8601).',
          '!can(formatdate("YYYY", each.start)) || !can(formatdate("YYYY", each.end))',
        ),
      ],
    },
    type: "map of certificates",
    initial: "the config's",
    value,
    wrong: {},
  };
}
