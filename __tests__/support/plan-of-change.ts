/**
 * Plans of changes, made by the real Terraform and the real AWS provider without an account: the plan of one config is
 * written down as if it had been applied, and the plan of another is made on that state. What AWS would have answered
 * (ARNs, IDs, versions) is made up.
 */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MOCKS } from "./mock-provider";
import type { TerraformFolder } from "./terraform";

type Values = Record<string, unknown>;

interface FirstPlan {
  terraform_version: string;
  planned_values: { root_module: ModuleValues };
  resource_changes: { address: string; mode: string; change: { after_unknown: Values } }[];
}

interface ModuleValues {
  resources?: ResourceValues[];
  child_modules?: (ModuleValues & { address: string })[];
}

interface ResourceValues {
  address: string;
  mode: string;
  type: string;
  name: string;
  index?: string | number;
  provider_name: string;
  schema_version: number;
  values?: Values;
  sensitive_values?: Values;
}

/**
 * Writes a state in which everything that a folder plans to create is there.
 *
 * @returns the JSON of that first plan
 */
export function pretendApplied(terraform: TerraformFolder): string {
  const { json } = terraform.plan();
  const plan = JSON.parse(json) as FirstPlan;
  const unknown = new Map(plan.resource_changes.map(({ address, change }) => [address, change.after_unknown]));
  writeFileSync(
    join(terraform.folder, "terraform.tfstate"),
    JSON.stringify({
      version: 4,
      terraform_version: plan.terraform_version,
      serial: 1,
      lineage: "00000000-0000-4000-8000-000000000000",
      outputs: {},
      resources: instancesOf(plan.planned_values.root_module, undefined, unknown),
    }),
  );
  return json;
}

/** Plans what is now written, on the state that is there. @returns `terraform show -json` */
export function planOfChange(terraform: TerraformFolder, stackDir?: string): string {
  if (stackDir !== undefined) cpSync(stackDir, terraform.folder, { recursive: true, filter: (path) => !path.endsWith(".lock.hcl") });
  const file = join(terraform.folder, "change");
  const planned = terraform.run(["plan", "-input=false", "-no-color", "-refresh=false", `-out=${file}`]);
  if (planned.status !== 0) throw new Error(planned.output);
  return terraform.run(["show", "-json", file]).output;
}

/** The format of https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statefile/version4.go */
function instancesOf(module: ModuleValues, address: string | undefined, unknown: Map<string, Values>): object[] {
  const resources = (module.resources ?? []).filter(({ mode }) => mode === "managed");
  const names = [...new Set(resources.map(({ type, name }) => `${type}.${name}`))];
  const groups = names.map((full) => resources.filter(({ type, name }) => `${type}.${name}` === full));
  const own = groups.map((instances) => ({
    ...(address !== undefined && { module: address }),
    mode: "managed",
    type: instances[0]!.type,
    name: instances[0]!.name,
    provider: `provider["${instances[0]!.provider_name}"]`,
    instances: instances.map((one) => ({
      ...(one.index !== undefined && { index_key: one.index }),
      schema_version: one.schema_version,
      attributes: applied(one, unknown.get(one.address) ?? {}),
      sensitive_attributes: [],
    })),
  }));
  return [...own, ...(module.child_modules ?? []).flatMap((child) => instancesOf(child, child.address, unknown))];
}

/** With what only an apply makes known, as far as other resources refer to it. */
function applied({ type, name, index, values }: ResourceValues, unknown: Values): Values {
  const id = [type.replace(/^aws_/, ""), name, index].filter((part) => part !== undefined).join("-");
  const made: Values = {
    id,
    arn: `arn:aws:service:us-east-1:111122223333:${id}`,
    domain_name: `${id.replaceAll("_", "-")}.cloudfront.net`,
    bucket_regional_domain_name: `${id.replaceAll("_", "-")}.s3.us-east-1.amazonaws.com`,
    etag: "E1",
    hosted_zone_id: "Z2FDTNDATAQYW2",
    version: "1",
    ...(JSON.parse(JSON.stringify(MOCKS[type as keyof typeof MOCKS] ?? {}).replaceAll(/\bmock\b/gi, id)) as Values),
  };
  const known = Object.entries(made).filter(([attribute]) => unknown[attribute] === true);
  const all = { ...values, ...Object.fromEntries(known) };
  return type === "terraform_data" ? { ...all, input: typed(values!["input"]), output: typed(values!["input"]) } : all;
}

/** A value of any type is written with its type. */
function typed(value: unknown): { value: unknown; type: unknown } {
  return { value, type: typeOf(value) };
}

function typeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (typeof value === "object" && value !== null)
    return ["object", Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typeOf(member)]))];
  return value === null ? "dynamic" : { boolean: "bool", number: "number" }[typeof value as string] ?? "string";
}
