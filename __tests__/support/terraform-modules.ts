/**
 * Several stacks as modules of one configuration. One plan of it starts the provider and reads its schema once, and
 * still says of each stack what becomes of it.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a plan of several stacks says about one of them. */
export interface PartOfPlan {
  /** Errors and warnings; one that names no stack is everybody's. */
  problems: string[];
  /** Addresses in the stack, by action. */
  changes: Record<string, string[]>;
}

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
type Message = { type: "diagnostic"; diagnostic: Diagnostic } | { type: "planned_change"; change: PlannedChange };

interface Diagnostic {
  severity: string;
  summary: string;
  address?: string;
  range?: { filename: string };
}

interface PlannedChange {
  action: string;
  resource: { module: string; resource: string };
}

/**
 * Modules get the providers of the configuration that calls them: one for each way in which the stacks configure it.
 *
 * @param stackDirs folders of synthesized stacks, by the names of their modules
 * @param folder created where it does not exist
 * @param settings the `terraform` block
 * @param provider arguments that every provider gets
 */
export function writeModules(
  stackDirs: Record<string, string>,
  folder: string,
  settings: object,
  provider: object,
): void {
  const configurations: string[] = [];
  const module: Record<string, object> = {};
  for (const [name, stackDir] of Object.entries(stackDirs)) {
    const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
      provider: { aws: [object] };
      terraform: object;
    };
    const configuration = JSON.stringify(stack.provider.aws[0]);
    if (!configurations.includes(configuration)) configurations.push(configuration);
    module[name] = { source: `./${name}`, providers: { aws: `aws.${aliasOf(configurations.indexOf(configuration))}` } };
    mkdirSync(join(folder, name), { recursive: true });
    const asModule = { ...stack, provider: undefined, terraform: { ...stack.terraform, backend: undefined } };
    writeFileSync(join(folder, name, "cdk.tf.json"), JSON.stringify(asModule));
    // The paths are relative to where Terraform runs, and each holds a hash of the content.
    const assets = join(stackDir, "assets");
    if (existsSync(assets)) cpSync(assets, join(folder, "assets"), { recursive: true });
  }
  const aws = configurations.map((configuration, place) => ({
    ...(JSON.parse(configuration) as object),
    ...provider,
    alias: aliasOf(place),
  }));
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: settings, provider: { aws }, module }));
}

/** @param place of the provider's configuration among those of a root configuration */
export function aliasOf(place: number): string {
  return `stacks_${place}`;
}

/** @param output of `terraform plan -json` */
export function partsOfPlan(output: string, names: readonly string[]): Record<string, PartOfPlan> {
  const parts = Object.fromEntries(names.map((name): [string, PartOfPlan] => [name, { problems: [], changes: {} }]));
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  for (const message of lines.map((line) => JSON.parse(line) as Message)) {
    if (message.type === "planned_change") {
      const { action, resource } = message.change;
      (parts[resource.module.slice("module.".length)]!.changes[action] ??= []).push(resource.resource);
    } else if (message.type === "diagnostic") {
      const { severity, summary, address, range } = message.diagnostic;
      const problem = `${severity}: ${summary} (${address ?? range?.filename ?? "no place"})`;
      const concerned = names.filter(
        (name) => address?.startsWith(`module.${name}.`) || range?.filename.startsWith(`${name}/`),
      );
      for (const name of concerned.length > 0 ? concerned : names) parts[name]!.problems.push(problem);
    }
  }
  return parts;
}
