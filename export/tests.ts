/** A test that ships with the module: `terraform test` in its folder, without an account. */
import type { Config } from "../config/schema";
import { argumentsOf } from "./arguments";
import { callArguments } from "./call";
import { argument, block, blockText, type Block } from "./hcl/layout";
import { expressionOf } from "./hcl/value";
import type { GatewayModule } from "./module";
import { REGION } from "../stacks/provider-check";
import { put } from "./nested";
import { OFFLINE_PROVIDER } from "./offline-provider";

export function testsOf(config: Config, module: GatewayModule): string {
  const names = [...new Set(module.replaced.filter(isChecked).map(({ place }) => place[0]!))];
  return [
    block(
      'provider "aws"',
      Object.entries({ region: REGION, ...OFFLINE_PROVIDER }).map(([name, value]) =>
        argument(name, JSON.stringify(value)),
      ),
    ),
    block("variables", callArguments(config, module)),
    plans(),
    ...names.map((name) => refuses(name, config, module)),
  ]
    .map((each) => `${blockText(each)}\n`)
    .join("\n");
}

function plans(): Block {
  return block('run "plans_a_gateway"', [
    argument("command", "plan"),
    block("assert", [
      argument("condition", 'strcontains(aws_cloudfront_function.gate.code, "function policy(")'),
      argument("error_message", '"The gate has no policy."'),
    ]),
  ]);
}

/** Uses an empty text, which every variable with a condition refuses. */
function refuses(name: string, config: Config, module: GatewayModule): Block {
  const { place, value } = module.replaced.find((each) => each.place[0] === name && isChecked(each))!;
  const given = structuredClone(argumentsOf(config, module));
  put(given, place, Array.isArray(value) ? [""] : typeof value === "number" ? 0 : "");
  return block(`run "refuses_a_wrong_${name}"`, [
    argument("command", "plan"),
    block("variables", [argument(name, expressionOf(given[name], { place: name, templates: false }))]),
    argument("expect_failures", `[var.${name}]`),
  ]);
}

/** A display name may be any text except an empty one. */
function isChecked({ option }: GatewayModule["replaced"][number]): boolean {
  return !option.path.endsWith(".label");
}
