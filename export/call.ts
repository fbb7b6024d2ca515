/** HCL that calls the module, for its README, example and tests. */
import type { Config } from "../config/schema";
import { argumentsOf } from "./arguments";
import { argument, block, blockText, type Argument, type Item } from "./hcl/layout";
import { expressionOf } from "./hcl/value";
import { identityCall, labelOf, madeArguments, providerFor, sharedValues } from "./identity/call";
import type { IdentityModule } from "./identity/identity-module";
import type { GatewayModule } from "./module";
import type { ModuleJson } from "./module-json";
import { put } from "./nested";
import { REGION } from "../stacks/provider-check";
import { literal } from "../stacks/terraform-text";

/** The variables without a default, with the values of the config. The others have them as defaults. */
export function callArguments(config: Config, module: GatewayModule): Argument[] {
  const required = module.replaced.filter(({ isRequired }) => isRequired);
  return Object.entries(argumentsOf(config, { ...module, replaced: required })).map(([name, value]) =>
    argument(name, expressionOf(value, { place: name, templates: false })),
  );
}

/**
 * A complete configuration, for `terraform init` and `terraform plan` in its folder.
 *
 * @param config with placeholder clients instead of those that Terraform makes
 * @param identity the modules that make them
 */
export function exampleOf(config: Config, module: GatewayModule, identity: readonly IdentityModule[] = []): string {
  const { required_version } = module.json.terraform as { required_version: string };
  const shared = identity.length > 0 ? sharedValues(config) : {};
  return [
    block("terraform", [
      argument("required_version", valueText(required_version)),
      block("required_providers", requiredProviders([module.json, ...identity.map(({ json }) => json)])),
    ]),
    ...(identity.length > 0
      ? [
          block(
            "locals",
            Object.entries(shared).map(([name, value]) => argument(name, valueText(value))),
          ),
        ]
      : []),
    block('provider "aws"', [argument("region", valueText(REGION)), defaultTags(config)]),
    ...identity.flatMap((each) => providerFor(each, config)),
    ...identity.map((each) => identityCall(each, config, module.hasPolicy)),
    block('module "gateway"', [
      { ...argument("source", valueText("../..")), isApart: true },
      ...(identity.length > 0 ? gatewayArguments(config, module, identity) : callArguments(config, module)),
    ]),
    block('output "gateway"', [argument("value", "module.gateway")]),
    ...identity.map(({ client }) =>
      block(`output "${labelOf(client)}"`, [argument("value", `module.${labelOf(client)}`)]),
    ),
  ]
    .map((each) => `${blockText(each)}\n`)
    .join("\n");
}

/** Each provider once. */
function requiredProviders(modules: readonly ModuleJson[]): Argument[] {
  const providers = Object.assign({}, ...modules.map(({ terraform }) => terraform["required_providers"])) as Record<
    string,
    { source: string; version: string }
  >;
  return Object.entries(providers).map(([name, { source, version }]) => argument(name, valueText({ source, version })));
}

/** The call of the gateway's module, with references to the other modules' outputs. */
function gatewayArguments(config: Config, module: GatewayModule, identity: readonly IdentityModule[]): Argument[] {
  const required = module.replaced.filter(({ isRequired }) => isRequired);
  const values = literal(argumentsOf(config, { ...module, replaced: required }));
  for (const name of Object.keys(sharedValues(config))) if (name in values) values[name] = `\${local.${name}}`;
  for (const each of identity) for (const [keys, value] of madeArguments(each, module)) put(values, keys, value);
  return Object.entries(values).map(([name, value]) => argument(name, expressionOf(value, { place: name })));
}

export function valueText(value: unknown): string {
  return expressionOf(value, { place: "example", templates: false });
}

export function defaultTags({ name }: Config): Item {
  return block("default_tags", [argument("tags", valueText({ edgegate: name }))]);
}
