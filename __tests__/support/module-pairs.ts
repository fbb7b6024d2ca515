/** Modules and stacks of the same configs as modules of one configuration, so that one plan of it plans them all. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { artifacts as shipped } from "../../build/artifacts";
import type { Config } from "../../config/schema";
import { argumentsOf } from "../../export/arguments";
import { filesOf } from "../../export/files";
import { withBroughtClients } from "../../export/identity/managed-clients";
import { moduleOf } from "../../export/module";
import { synthesize } from "../../stacks/synthesize";
import { literal } from "../../stacks/terraform-text";
import { MOCKS } from "./mock-provider";
import { withOtherValues } from "./module-call";
import type { TerraformFolder } from "./terraform";
import { aliasOf } from "./terraform-modules";

interface Pair {
  config: Config;
  /** Without it, a plan takes a fraction of the time. */
  hasWebAcl: boolean;
  /** The policy of the exported config, if it is another one. */
  exported?: Config["policy"];
}

/** Arguments that are known, by address. */
type Resources = Record<string, Record<string, unknown>>;

/** @param folder gets the root configuration */
export function writePairs(folder: string, pairs: Readonly<Record<string, Pair>>): void {
  const module: Record<string, object> = {};
  // Each provider is a process of its own, so stacks that configure it alike share one.
  const configurations: string[] = [];
  for (const [name, { config, hasWebAcl, exported = config.policy }] of Object.entries(pairs)) {
    // The module gets what other modules make as variables, so its twin is a stack that gets it as values.
    const configuration = JSON.stringify(writeStack(folder, name, withBroughtClients(config), hasWebAcl));
    if (!configurations.includes(configuration)) configurations.push(configuration);
    const providers = { aws: `aws.${aliasOf(configurations.indexOf(configuration))}` };
    module[`stack-${name}`] = { source: `./stack-${name}`, providers };
    module[`module-${name}`] = {
      source: `./module-${name}`,
      providers,
      ...writeModule(folder, name, { config, hasWebAcl, exported }),
    };
  }
  const aws = configurations.map((configuration, place) => ({
    ...(JSON.parse(configuration) as object),
    alias: aliasOf(place),
  }));
  write(folder, "main.tf.json", JSON.stringify({ provider: { aws: [{ region: "us-east-1" }, ...aws] }, module }));
}

function writeStack(folder: string, name: string, config: Config, hasWebAcl: boolean): object {
  const { stackDir } = synthesize(config, { outdir: join(folder, "out", name), stackName: "gateway" });
  const { provider, ...stack } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
    provider: { aws: [object] };
    terraform: object;
  };
  cpSync(join(stackDir, "assets"), join(folder, "assets"), { recursive: true });
  const text = JSON.stringify({ ...stack, terraform: { ...stack.terraform, backend: undefined } });
  write(folder, `stack-${name}/main.tf.json`, hasWebAcl ? text : withoutWebAcl(text));
  return provider.aws[0];
}

/** Exported from a config with other values, and called with those of this one. @returns the arguments of the call */
function writeModule(folder: string, name: string, { config, hasWebAcl, exported }: Required<Pair>): object {
  const other = { ...withOtherValues(config, moduleOf(config).replaced), policy: exported };
  const module = moduleOf(other);
  const json = hasWebAcl ? module.json : (JSON.parse(withoutWebAcl(JSON.stringify(module.json))) as typeof module.json);
  for (const [path, content] of Object.entries(filesOf({ ...module, json }, other, shipped())))
    write(folder, join(`module-${name}`, path), content);
  return literal(argumentsOf(withBroughtClients(config), module));
}

function withoutWebAcl(text: string): string {
  const json = JSON.parse(text) as { resource: Record<string, object> };
  delete json.resource["aws_wafv2_web_acl"];
  return JSON.stringify(json).replaceAll("${aws_wafv2_web_acl.web_acl.arn}", MOCKS.aws_wafv2_web_acl.arn);
}

/** @returns what is planned for each module of the configuration, by its name */
export function planPairs(root: TerraformFolder): Record<string, Resources> {
  withProvidersForNobody(root.folder);
  for (const args of [["init"], ["plan", "-out=plan"]]) {
    const { status, output } = root.run([...args, "-input=false", "-no-color"]);
    if (status !== 0) throw new Error(output.slice(output.indexOf("Error:")));
  }
  const { planned_values: planned } = JSON.parse(root.run(["show", "-json", "plan"]).output) as {
    planned_values: {
      root_module: { child_modules: { address: string; resources: { address: string; values?: object }[] }[] };
    };
  };
  return Object.fromEntries(
    planned.root_module.child_modules.map(({ address, resources }) => [
      address.slice("module.".length),
      Object.fromEntries(
        resources.map(({ address: full, values = {} }) => [full.slice(address.length + 1), withoutFolder(values)]),
      ),
    ]),
  );
}

/** The override of the harness is for one provider. */
function withProvidersForNobody(folder: string): void {
  const file = join(folder, "test_override.tf.json");
  const override = JSON.parse(readFileSync(file, "utf8")) as { provider: { aws: [object] } };
  const { provider } = JSON.parse(readFileSync(join(folder, "main.tf.json"), "utf8")) as typeof override;
  const aws = provider.aws.map((each) => ({ ...each, ...override.provider.aws[0] }));
  writeFileSync(file, JSON.stringify({ ...override, provider: { aws } }));
}

/** The bundles of a module are elsewhere; their hashes stay. */
function withoutFolder({ filename, ...values }: { filename?: string }): Record<string, unknown> {
  return { ...values, ...(filename !== undefined && { filename: basename(filename) }) };
}

function write(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
