/**
 * Plans of changes, made by the real Terraform and the real AWS provider without an account. The state before a change is
 * what a plan of the same configuration says will be there; what only AWS could tell (ARNs, IDs, versions) is made up.
 * Terraform itself confirms the state: another plan on it must be empty.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MOCKS } from "./mock-provider";
import type { TerraformFolder } from "./terraform";

type Values = Record<string, unknown>;

interface PlanJson {
  planned_values: { root_module: { resources?: PlannedValues[] } };
  resource_changes: { address: string; mode: string; change: { actions: string[]; after_unknown: Values } }[];
}

interface PlannedValues {
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

/** Resources as a state writes them; without a module. */
export type State = readonly { type: string; provider: string }[];

/** How often a made up value makes others known, which make others known. */
const ROUNDS = 4;

/**
 * The state in which everything that a stack describes is there.
 *
 * @throws Error with what still changes, if it does not settle
 */
export function stateOf(terraform: TerraformFolder): State {
  let changing: string[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const plan = JSON.parse(planOfChange(terraform)) as PlanJson;
    changing = plan.resource_changes.flatMap(({ address, mode, change }) =>
      mode === "managed" && change.actions[0] !== "no-op" ? [address] : [],
    );
    if (changing.length === 0) return resourcesIn(terraform);
    const unknown = new Map(plan.resource_changes.map(({ address, change }) => [address, change.after_unknown]));
    writeState(terraform, { "": stateResources(plan.planned_values.root_module.resources ?? [], unknown) });
  }
  throw new Error(`these still change on a state of their own: ${changing.join(", ")}`);
}

/**
 * @param states by the name of the module; "" for the root
 * @param alias of the provider; Terraform destroys with the one in the state
 */
export function writeState({ folder }: TerraformFolder, states: Record<string, State>, alias = ""): void {
  const resources = Object.entries(states).flatMap(([module, state]) =>
    state.map((resource) => ({
      ...resource,
      ...(module !== "" && { module: `module.${module}` }),
      provider: resource.provider + (alias === "" || resource.type === "terraform_data" ? "" : `.${alias}`),
    })),
  );
  writeFileSync(
    join(folder, "terraform.tfstate"),
    JSON.stringify({ version: 4, serial: 1, lineage: "00000000-0000-4000-8000-000000000000", outputs: {}, resources }),
  );
}

/** Plans what is written, on the state that is there. @returns `terraform show -json` */
export function planOfChange({ folder, run }: TerraformFolder): string {
  const file = join(folder, "change");
  const planned = run(["plan", "-input=false", "-no-color", "-refresh=false", `-out=${file}`]);
  if (planned.status !== 0) throw new Error(planned.output);
  return run(["show", "-json", file]).output;
}

function resourcesIn({ folder }: TerraformFolder): State {
  return (JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8")) as { resources: State }).resources;
}

/** The format of https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statefile/version4.go */
function stateResources(planned: readonly PlannedValues[], unknown: Map<string, Values>): State {
  const managed = planned.filter(({ mode }) => mode === "managed");
  const keys = [...new Set(managed.map(({ type, name }) => `${type}.${name}`))];
  return keys.map((key) => {
    const instances = managed.filter(({ type, name }) => `${type}.${name}` === key);
    const { type, name, provider_name: provider } = instances[0]!;
    return {
      mode: "managed",
      type,
      name,
      provider: `provider["${provider}"]`,
      instances: instances.map((one) => ({
        ...(one.index !== undefined && { index_key: one.index }),
        schema_version: one.schema_version,
        attributes: applied(one, unknown.get(one.address) ?? {}),
        // A change of what is sensitive is a change to Terraform.
        sensitive_attributes: Object.entries(one.sensitive_values ?? {})
          .filter(([, mark]) => mark === true)
          .map(([value]) => [{ type: "get_attr", value }]),
      })),
    };
  });
}

/** With what only an apply makes known, as far as others refer to it or the provider would ask for it again. */
function applied({ type, name, index, values = {} }: PlannedValues, unknown: Values): Values {
  const id = [type.replace(/^aws_/, ""), name, index].filter((part) => part !== undefined).join("-");
  const host = id.replaceAll(/[^a-z0-9]/g, "-");
  const made: Values = {
    id,
    arn: `arn:aws:service:us-east-1:111122223333:${id}`,
    architectures: ["x86_64"],
    bucket_regional_domain_name: `${host}.s3.us-east-1.amazonaws.com`,
    domain_name: `${host}.cloudfront.net`,
    etag: "E1",
    hosted_zone_id: "Z2FDTNDATAQYW2",
    managed_policy_arns: [],
    trusted_key_groups: [],
    trusted_signers: [],
    version: "1",
    ...(JSON.parse(JSON.stringify(MOCKS[type as keyof typeof MOCKS] ?? {}).replaceAll(/\bmock\b/gi, id)) as Values),
  };
  const all = {
    ...values,
    ...Object.fromEntries(Object.entries(made).filter(([attribute]) => unknown[attribute] === true)),
  };
  // As the provider writes it down: one of the two values, and the tier that AWS chose.
  if (type === "aws_ssm_parameter") return { ...all, value: null, tier: "Standard" };
  return type === "terraform_data" ? { ...all, input: typed(values["input"]), output: typed(values["input"]) } : all;
}

/** A value that may have any type is written with its type. */
function typed(value: unknown): { value: unknown; type: unknown } {
  return { value, type: typeOf(value) };
}

function typeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (typeof value === "object" && value !== null)
    return ["object", Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typeOf(member)]))];
  return value === null ? "dynamic" : ({ boolean: "bool", number: "number" }[typeof value as string] ?? "string");
}
