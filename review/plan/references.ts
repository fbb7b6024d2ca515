/**
 * Resolves an expression's reference through outputs and variables of modules. A plan has references even for values
 * that are known only after the apply
 * (https://developer.hashicorp.com/terraform/internals/json-format#expression-representation).
 */
import type { ModuleConfiguration, Plan, Values } from "./plan";
import { block, strings } from "./values";

/** A resource's attribute, such as `module.gateway.aws_cloudfront_function.gate` and `arn`. */
export interface Reference {
  /** Without the instance keys of modules and resources. */
  address: string;
  attribute: string;
}

/** `module.a["x"].aws_b.c[0]` without its keys: expressions are written once for all instances. */
export function withoutKeys(address: string): string {
  return address.replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, "");
}

/**
 * The attribute from which an expression takes its value.
 *
 * @param module address of the module that the expression is written in, without instance keys
 * @returns undefined if it is not one attribute of one resource, as it is: a condition, a local, an index into a list
 */
export function referenceOf(plan: Plan, module: string, expression: unknown): Reference | undefined {
  return resolve(
    plan.configuration,
    module === "" ? [] : module.split(".").filter((_, i) => i % 2 === 1),
    expression,
    0,
  );
}

/** The expressions of a resource; undefined if the plan does not have them. */
export function expressionsOf(plan: Plan, module: string, address: string): Values | undefined {
  const own = module === "" ? address : address.slice(module.length + 1);
  const path = withoutKeys(module)
    .split(".")
    .filter((_, i) => i % 2 === 1);
  const configuration = configurationOf(plan.configuration, path);
  return configuration?.resources?.find((resource) => resource.address === withoutKeys(own))?.expressions;
}

/** Modules in modules in modules; a cycle cannot be written, but a forged plan can have one. */
const DEEPEST = 32;

function resolve(
  root: ModuleConfiguration,
  path: readonly string[],
  expression: unknown,
  depth: number,
): Reference | undefined {
  const { references, constant_value: constant } = block(expression);
  // Terraform lists each reference together with its prefix: `a.b.arn` and `a.b`.
  const all = strings(references);
  const whole = all.filter((one) => !all.some((other) => other !== one && other.startsWith(`${one}.`)));
  const [only] = whole;
  if (only === undefined || whole.length > 1 || depth > DEEPEST) return undefined;
  // JSON syntax keeps the template: anything around the reference makes another value of it.
  if (typeof constant === "string" && constant !== `\${${only}}`) return undefined;
  const steps = withoutKeys(only).split(".");
  if (steps[0] === "var" && steps.length === 2) {
    const parent = configurationOf(root, path.slice(0, -1));
    const argument = parent?.module_calls?.[path.at(-1) ?? ""]?.expressions?.[steps[1]!];
    return argument === undefined ? undefined : resolve(root, path.slice(0, -1), argument, depth + 1);
  }
  if (steps[0] === "module" && steps.length === 3) {
    const inner = [...path, steps[1]!];
    const output = configurationOf(root, inner)?.outputs?.[steps[2]!]?.expression;
    return output === undefined ? undefined : resolve(root, inner, output, depth + 1);
  }
  if (steps.length !== 3 || ["data", "each", "local", "path", "self", "terraform", "var", "module"].includes(steps[0]!))
    return undefined;
  return { address: [...path.map((name) => `module.${name}`), steps[0], steps[1]].join("."), attribute: steps[2]! };
}

function configurationOf(root: ModuleConfiguration, path: readonly string[]): ModuleConfiguration | undefined {
  return path.reduce<ModuleConfiguration | undefined>((module, name) => module?.module_calls?.[name]?.module, root);
}
