/** A test that ships with an identity provider's module: `terraform test` in its folder, without an account or a tenant. */
import { argument, block, blockText, type Block } from "../hcl/layout";
import { expressionOf } from "../hcl/value";
import { put } from "../nested";
import { OFFLINE_PROVIDER } from "../offline-provider";
import { identityArguments } from "./call";
import type { IdentityModule } from "./identity-module";

export function identityTests(module: IdentityModule): string {
  return [provider(module), variables(module), plans(module), ...refusals(module)]
    .map((each) => `${blockText(each)}\n`)
    .join("\n");
}

const text = (value: unknown) => expressionOf(value, { place: "test", templates: false });

/** The azuread provider plans nothing without a tenant, so the test uses Terraform's mock provider. */
function provider({ client, region, home }: IdentityModule): Block {
  if (client.kind === "pool")
    return block(
      'provider "aws"',
      Object.entries({ region: region!, ...OFFLINE_PROVIDER }).map(([name, value]) => argument(name, text(value))),
    );
  const defaults = (values: object) => [argument("defaults", text(values))];
  return block('mock_provider "azuread"', [
    ...(home === undefined ? [] : [block('mock_data "azuread_client_config"', defaults({ tenant_id: home }))]),
    block('mock_data "azuread_service_principal"', defaults({ object_id: "00000000-0000-0000-0000-000000000000" })),
  ]);
}

function variables(module: IdentityModule): Block {
  const given = identityArguments(module, { onlyRequired: true });
  return block(
    "variables",
    Object.entries(given).map(([name, value]) => argument(name, text(value))),
  );
}

function plans({ client }: IdentityModule): Block {
  const [what, condition, problem] =
    client.kind === "pool"
      ? ["a_pool", "length(aws_cognito_user_group.role) == length(var.roles)", "A role of the policy has no group."]
      : [
          "an_app",
          "length(azuread_application_app_role.role) >= length(var.roles)",
          "A role of the policy has no app role.",
        ];
  return block(`run "plans_${what}"`, [
    argument("command", "plan"),
    block("assert", [argument("condition", condition!), argument("error_message", text(problem))]),
  ]);
}

/** One wrong value of each variable. */
function refusals(module: IdentityModule): Block[] {
  const { replaced, computed } = module;
  const names = [...new Set(replaced.map(({ place }) => place[0]!))];
  const ofOptions = names.map((name): [string, unknown] => {
    const { place, value } = replaced.find((each) => each.place[0] === name)!;
    const given = structuredClone(identityArguments(module));
    put(given, place, Array.isArray(value) ? [""] : typeof value === "number" && !isDuration(place, module) ? 0 : "");
    return [name, given[name]];
  });
  const ofComputed = Object.entries(computed).flatMap(([name, { wrong }]): [string, unknown][] =>
    wrong === undefined ? [] : [[name, wrong]],
  );
  return [...ofOptions, ...ofComputed].map(([name, value]) =>
    block(`run "refuses_a_wrong_${name}"`, [
      argument("command", "plan"),
      block("variables", [argument(name, text(value))]),
      argument("expect_failures", `[var.${name}]`),
    ]),
  );
}

function isDuration(place: readonly string[], { replaced }: IdentityModule): boolean {
  return replaced.find((each) => each.place === place)!.option.seconds !== undefined;
}
