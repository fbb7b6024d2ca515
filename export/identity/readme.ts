/** The README of an identity provider's module: its purpose, a call, and tables of its variables and outputs. */
import { cell, outputRows, rows } from "../readme";
import type { ComputedVariable, IdentityModule } from "./identity-module";

const TITLES = { app: "App in Microsoft Entra", pool: "Cognito user pool" };

export function identityReadme({ client, json, replaced, computed, about }: IdentityModule): string {
  return `# ${TITLES[client.kind]}

${about}

\`edgegate export\` made this module from the identity provider \`${client.id}\` of a config. The config decides about its shape,
as for the gateway's module.

\`../../examples/gateway\` calls it together with the gateway's module. Neither state nor plan has a secret.

## Variables

| name | what it is | type | default |
| --- | --- | --- | --- |
${[...rows(replaced), ...computedRows(computed)].join("\n")}

## Outputs

| name | what it is |
| --- | --- |
${outputRows(json.output).join("\n")}

## Check it

\`terraform test\` plans the module without an account or tenant, and shows that wrong values are refused. The checksums are
in \`SHA256SUMS\` of the gateway's module.
`;
}

function computedRows(computed: Readonly<Record<string, ComputedVariable>>): string[] {
  return Object.entries(computed).map(
    ([name, { variable, type, initial }]) =>
      `| \`${name}\` | ${cell(variable.description)} | ${type} | ${/^[a-z]* ?[a-z']*config/.test(initial) ? initial : `\`${initial}\``} |`,
  );
}
