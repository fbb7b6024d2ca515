/** The module's README: its purpose, a call, and tables of its variables and outputs. */
import type { Config } from "../config/schema";
import { exampleOf } from "./call";
import { durationOf } from "./duration";
import type { IdentityModule } from "./identity/identity-module";
import type { GatewayModule } from "./module";
import type { Replaced } from "./template";

/** @param config with clients in the place of those that Terraform makes @param identity the modules that make them */
export function readmeOf(config: Config, module: GatewayModule, identity: readonly IdentityModule[]): string {
  const { replaced, json, hasPolicy } = module;
  return `# Zero-trust gateway

A CloudFront distribution that lets nobody in whom the policy does not allow: sign-in at an OpenID Connect provider,
sessions that are revoked worldwide within seconds, and a web ACL in front. Terraform plans and applies it alone; Node.js
is not needed.

\`edgegate export\` made this module from a config. The config decides about its shape: which identity providers, origins
and behaviors there are, and what the web ACL does. What differs from site to site is a variable. Another shape is another
module.

## Call it

\`\`\`hcl
${exampleOf(config, module, identity).trim()}
\`\`\`

The provider must be for us-east-1, where CloudFront looks for certificates, web ACLs and functions. After the first apply,
register the output \`redirect_uris\` at the identity provider, and store the values of the secrets in \`secret_names\`.

${identitySection(identity)}## Variables

| name | what it is | type | default |
| --- | --- | --- | --- |
${rows(replaced).join("\n")}
${hasPolicy ? `| \`policy\` | Who may open what: see \`policy.tf\`. The first rule that matches decides; what no rule matches is denied. | list of rules | required |\n| \`requirements\` | Conditions with a name, which rules share: see \`requirements.tf\`. | map of lists | \`{}\` |\n| \`maintenance\` | Closes the site: see \`maintenance.tf\`. | object | \`null\` |` : "\nThe policy is that of the config, and so are the hosts and `maintenance`: the policy does not fit into the gate's source, so it is in the store, as records by host. Terraform compiles a policy to source only. To change it, change the config and export again."}
${secretRows(json.variable)}
## Outputs

| name | what it is |
| --- | --- |
${outputRows(json.output).join("\n")}

## Check it

\`sha256sum -c SHA256SUMS\` compares every file with what was exported. \`terraform test\` plans the module without an account,
and shows that wrong values are refused.
`;
}

function identitySection(identity: readonly IdentityModule[]): string {
  if (identity.length === 0) return "";
  const rows = identity.map(
    ({ client: { id, kind, name } }) =>
      `| [\`modules/${name}\`](modules/${name}/README.md) | \`${id}\` | ${kind === "app" ? "an app in Microsoft Entra" : "a Cognito user pool"} |\n`,
  );
  return `## Identity providers

Modules beside this one make the gateway's clients. Their outputs are inputs of this module, as in the example. Each can be
applied by other people, with a state of its own; then pass the values.

| module | identity provider | makes |
| --- | --- | --- |
${rows.join("")}
${lockSection(identity)}`;
}

/** Platforms on which people and pipelines run Terraform. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

/** The lock file of the example has the hashes of the AWS provider only (stacks/provider-lock.ts). */
function lockSection(identity: readonly IdentityModule[]): string {
  if (!identity.some(({ client }) => client.kind === "app")) return "";
  return `The lock file of the example has the AWS provider. \`terraform init\` adds azuread with the hashes that your machine needs.
Then add those of all platforms, and commit the file:

\`\`\`sh
terraform -chdir=examples/gateway providers lock ${PLATFORMS.map((platform) => `-platform=${platform}`).join(" ")} hashicorp/azuread
\`\`\`

`;
}

export function outputRows(output: Record<string, object>): string[] {
  return Object.entries(output as Record<string, { description?: string }>).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description ?? "")} |`,
  );
}

export function rows(replaced: readonly Replaced[]): string[] {
  const byPlace = new Map(replaced.map((each) => [each.place.join("."), each]));
  return [...byPlace].map(([name, { option, value, isRequired }]) => {
    const type = Array.isArray(value)
      ? "list of texts"
      : typeof value === "number" && !option.seconds
        ? "number"
        : "text";
    const initial = isRequired
      ? "required"
      : `\`${cell(JSON.stringify(option.seconds ? durationOf(Number(value)) : value))}\``;
    return `| \`${name}\` | ${cell(option.description)} | ${option.seconds ? "duration" : type} | ${initial} |`;
  });
}

function secretRows(variables: Record<string, object>): string {
  const secrets = Object.entries(variables as Record<string, { description: string }>).filter(([name]) =>
    name.startsWith("idp_"),
  );
  return secrets.map(([name, { description }]) => `| \`${name}\` | ${cell(description)} | | |\n`).join("");
}

/** A cell ends at a bar. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
