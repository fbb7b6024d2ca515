/** HCL that calls the module, for its README, example and tests. */
import type { Config } from "../config/schema";
import { argumentsOf } from "./arguments";
import { argument, block, blockText, type Argument } from "./hcl/layout";
import { expressionOf } from "./hcl/value";
import type { GatewayModule } from "./module";

/** The variables that have no default, with the values of the config. The others have them already. */
export function callArguments(config: Config, module: GatewayModule): Argument[] {
  const required = module.replaced.filter(({ isRequired }) => isRequired);
  return Object.entries(argumentsOf(config, { ...module, replaced: required })).map(([name, value]) =>
    argument(name, expressionOf(value, { place: name, templates: false })),
  );
}

/** A configuration of its own: `terraform init` and `terraform plan` in its folder. */
export function exampleOf(config: Config, module: GatewayModule): string {
  const { required_version, required_providers } = module.json.terraform as {
    required_version: string;
    required_providers: { aws: { source: string; version: string } };
  };
  const { source, version } = required_providers.aws;
  const text = (value: string) => expressionOf(value, { place: "example", templates: false });
  return [
    block("terraform", [
      argument("required_version", text(required_version)),
      block("required_providers", [
        argument("aws", expressionOf({ source, version }, { place: "example", templates: false })),
      ]),
    ]),
    block('provider "aws"', [
      argument("region", text("us-east-1")),
      block("default_tags", [
        argument("tags", expressionOf({ edgegate: config.name }, { place: "tags", templates: false })),
      ]),
    ]),
    block('module "gateway"', [
      { ...argument("source", text("../..")), isApart: true },
      ...callArguments(config, module),
    ]),
    block('output "gateway"', [argument("value", "module.gateway")]),
  ]
    .map((each) => `${blockText(each)}\n`)
    .join("\n");
}
