/** `edgegate doctor idp`: checks an identity provider against the config, and examines an ID token. */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { issuerOf } from "../../config/identity-provider";
import { examineIdentityProvider } from "../../doctor/identity-provider/checks";
import type { DiscoveredSubject } from "../../doctor/identity-provider/subject";
import { examineToken, rolesClaim, type ExaminedToken } from "../../doctor/identity-provider/token";
import { Http } from "../../doctor/http";
import { profileOf } from "../../identity/profiles";
import { describeAllow } from "../../policy/decision-table";
import { storedSecret } from "../../stacks/client-authentication";
import { clientSecretName } from "../../stacks/names";
import { withClient } from "../aws-failures";
import type { Context } from "../context";
import { usageFailure } from "../failures";
import { findings, outcomeOf } from "../findings";
import type { Gateway } from "../gateway";
import { trustedBy } from "../local-certificate";
import { columns, facts, type Outcome } from "../output";
import { printable } from "../printable";
import { readToken } from "../secret-input";

export interface DoctorIdpOptions {
  token?: string;
  clientSecret?: boolean;
  issuer?: string;
  clientId?: string;
}

/** Characters of a claim that are shown. */
const MAX_SHOWN = 100;

/** @param idp the identity provider's ID in the config; may be left out if there is only one */
export async function doctorIdp(context: Context<DoctorIdpOptions>, idp?: string): Promise<Outcome> {
  const { gateway, options } = context;
  const { config } = gateway;
  const id = idOf(gateway, idp);
  const provider = config.identityProviders[id]!;
  const issuer = options.issuer ?? issuerOf(provider);
  const clientId = options.clientId ?? provider.clientId;
  if (issuer === undefined || clientId === undefined)
    throw usageFailure(
      `only Terraform knows the ${issuer === undefined ? "issuer" : "client ID"} of ${id}`,
      "write --issuer and --client-id as terraform output shows them",
    );
  const token = options.token === undefined ? undefined : await readToken(options.token);
  const { findings: found, discovered } = await examineIdentityProvider({
    config,
    id,
    provider,
    issuer,
    clientId,
    clientSecret: options.clientSecret ? await clientSecret(gateway, id) : undefined,
    http: new Http(trustedBy(gateway)),
  });
  const examined = token !== undefined && discovered ? await examineToken(discovered, token) : undefined;
  if (token !== undefined && discovered && !examined)
    throw usageFailure(
      "the text is not a signed token (JWT)",
      "paste the ID token as the token endpoint returned it: three parts with dots between them",
    );
  return outcomeOf(
    [...found, ...(examined?.findings ?? [])],
    { identityProvider: id, findings: found, ...(examined && { token: examined }) },
    `${id}: ${printable(issuer)}\n${findings(found)}` + (examined ? `\n${tokenText(discovered!, examined)}` : ""),
  );
}

function idOf({ config }: Gateway, idp: string | undefined): string {
  const ids = Object.keys(config.identityProviders);
  const id = idp ?? (ids.length === 1 ? ids[0]! : undefined);
  if (id !== undefined && ids.includes(id)) return id;
  throw usageFailure(
    idp === undefined
      ? "the config has several identity providers"
      : `the config has no identity provider ${JSON.stringify(idp)}`,
    `write one of ${ids.join(", ")}`,
  );
}

async function clientSecret(gateway: Gateway, id: string): Promise<string | undefined> {
  const { config, client } = gateway;
  if (storedSecret(config, id) !== "client secret")
    throw usageFailure(`${id} has no client secret`, "leave --client-secret out");
  const name = clientSecretName(config, id);
  const call = { action: "secretsmanager:GetSecretValue", resource: `secret ${name}` };
  const { SecretString } = await withClient(gateway, new SecretsManagerClient(client), call, (secrets) =>
    secrets.send(new GetSecretValueCommand({ SecretId: name })),
  );
  return SecretString;
}

function tokenText(subject: DiscoveredSubject, token: ExaminedToken): string {
  const { header, claims, user, rules } = token;
  return (
    `The token\n${findings(token.findings)}` +
    `\nIts header and claims\n${facts([...Object.entries(header), ...Object.entries(claims)].map(shown))}` +
    (user
      ? `\nThe user\n${facts([
          ["uid", user.uid],
          ["subject", printable(user.subject)],
          ["e-mail", printable(user.email) || "none"],
          ["roles", user.roles.join(", ") || "none"],
          ...rolesText(subject, token),
        ])}`
      : "") +
    `\nThe rules of the policy\n${columns(
      ["passes", "host", "methods", "path", "who may pass"],
      rules.map(({ rule, passes }) => [
        passes ? "yes" : "no",
        rule.host ?? "any",
        rule.methods?.join(", ") ?? "any",
        rule.path,
        describeAllow(rule.allow),
      ]),
    )}`
  );
}

/** The claim with the roles, and the result for each name. */
function rolesText(subject: DiscoveredSubject, { names }: ExaminedToken): [string, string][] {
  const claim = rolesClaim(subject);
  if (claim === undefined) return [["", "this provider may not grant any role of the policy"]];
  if (names.length === 0) {
    const more = profileOf(subject.provider.profile).userinfo ? "; sign-in would look in userinfo" : "";
    return [["", `the token has nothing at ${claim}${more}`]];
  }
  const WHY = { no_prefix: "without the prefix", not_in_map: "not in roles.map", not_in_grant: "not in roles.grant" };
  return [
    ["", `from ${claim}:`],
    ...names.map(({ name, role, why }): [string, string] => [
      "",
      `  ${printable(name)}: ${role === undefined ? `does not count, ${why === "not_in_grant" && !subject.provider.roles.grant ? "no rule requires it" : WHY[why!]}` : role}`,
    ]),
  ];
}

function shown([name, value]: [string, unknown]): [string, string] {
  const text = JSON.stringify(value) ?? "";
  return [printable(name), printable(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)];
}
