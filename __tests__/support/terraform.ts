/**
 * Terraform with the real AWS provider on a copy of a synthesized stack. The provider comes from a mirror on this
 * machine where there is one (the environment variable TERRAFORM_MIRROR names its folder), else from the registry. What
 * stands in for an AWS account is an override file in the copy only.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OFFLINE_PROVIDER } from "../../export/offline-provider";
import { partsOfPlan, writeModules, type PartOfPlan } from "./terraform-modules";
import { describeWith } from "./tools";

/** The oldest provider that the stack supports; what is planned on it holds for the newer ones. */
export const AWS_PROVIDER_VERSION = "5.100.0";
const REGISTRY_NAME = "registry.terraform.io/hashicorp/aws";
/** Taken from the same mirror where that has it. */
const AZUREAD_REGISTRY_NAME = "registry.terraform.io/hashicorp/azuread";
const CACHE = resolve(__dirname, "../../.cache/terraform");

/** https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
const PLUGIN_FOLDERS = [
  join(homedir(), ".terraform.d/plugins"),
  "/usr/local/share/terraform/plugins",
  "/usr/share/terraform/plugins",
];

const WITHOUT_ACCOUNT = {
  ...OFFLINE_PROVIDER,
  // There is none to compare. In JSON, a plain null would leave what is configured.
  allowed_account_ids: "${null}",
};
const OVERRIDE = {
  terraform: {
    backend: { local: { path: "terraform.tfstate" } },
    required_providers: { aws: { source: "hashicorp/aws", version: AWS_PROVIDER_VERSION } },
  },
  provider: { aws: [WITHOUT_ACCOUNT] },
};

export interface Run {
  /** Exit code. */
  status: number;
  /** What it printed, standard error included. */
  output: string;
}

export interface PlannedResource {
  address: string;
  type: string;
  name: string;
  index?: string | number;
  /** Values that are known when planning. */
  values: Record<string, unknown>;
}

export interface Plan {
  resources: PlannedResource[];
  outputs: Record<string, { value?: unknown }>;
  /** `terraform show -json`. */
  json: string;
  /** The plan file. */
  file: string;
  /** What the operator sees. */
  output: string;
}

/** A copy of a stack, initialized. */
export interface TerraformFolder {
  folder: string;
  run(args: readonly string[], variables?: Record<string, string>): Run;
  /** @throws Error with Terraform's output when the plan fails */
  plan(variables?: Record<string, string>): Plan;
}

/** @param environment of Terraform: where an account other than none is */
type Open = (stackDir: string, environment?: Record<string, string>) => TerraformFolder;
/** Plans stacks as modules of one configuration: starts the provider and reads its schema once. */
type PlanTogether = (stackDirs: Record<string, string>) => Record<string, PartOfPlan>;

/** The same stacks, in a folder to work in. */
type OpenTogether = (stackDirs: Record<string, string>) => TerraformFolder;

/** `describe` with Terraform and the AWS provider; skipped, or under CI failed, where either cannot be had. */
export function describeWithTerraform(
  name: string,
  body: (open: Open, planTogether: PlanTogether, openTogether: OpenTogether) => void,
): void {
  describeWith("terraform", name, (terraform) => {
    const folder = mkdtempSync(join(tmpdir(), "edgegate-terraform-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    if (terraform === "") return body(unavailable, unavailable, unavailable);
    const initialized = initialize(terraform, folder);
    if (initialized.status !== 0 && !process.env["CI"]) {
      process.stderr.write(
        `skipped: ${name}: no AWS provider ${AWS_PROVIDER_VERSION}: neither a mirror nor the registry has it\n`,
      );
      describe.skip(name, () => body(unavailable, unavailable, unavailable));
      return;
    }
    test("the provider is there", () => expect(initialized).toMatchObject({ status: 0 }));
    let copies = 0;
    const newFolder = () => join(folder, `stack-${copies++}`);
    body(
      (stackDir, environment) => openStack(terraform, folder, stackDir, newFolder(), environment),
      (stackDirs) => planModules(terraform, folder, stackDirs, newFolder),
      (stackDirs) => openModules(terraform, folder, stackDirs, newFolder()),
    );
  });
}

function openStack(
  terraform: string,
  initialized: string,
  stackDir: string,
  folder: string,
  environment?: Record<string, string>,
): TerraformFolder {
  cpSync(stackDir, folder, { recursive: true });
  for (const name of [".terraform", ".terraform.lock.hcl", "test_override.tf.json"]) {
    cpSync(join(initialized, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  return folderOf(terraform, initialized, folder, environment);
}

function openModules(
  terraform: string,
  initialized: string,
  stackDirs: Record<string, string>,
  folder: string,
): TerraformFolder {
  writeModules(stackDirs, folder, OVERRIDE.terraform, WITHOUT_ACCOUNT);
  cpSync(join(initialized, ".terraform.lock.hcl"), join(folder, ".terraform.lock.hcl"));
  const opened = folderOf(terraform, initialized, folder);
  const { status, output } = opened.run(["init", "-input=false", "-no-color"]);
  if (status !== 0) throw new Error(output);
  return opened;
}

function folderOf(
  terraform: string,
  initialized: string,
  folder: string,
  environment?: Record<string, string>,
): TerraformFolder {
  const run = (args: readonly string[], variables?: Record<string, string>) =>
    runTerraform(terraform, folder, join(initialized, "cli.tfrc"), args, variables, environment);
  return {
    folder,
    run,
    plan(variables) {
      const file = join(folder, "plan");
      const planned = run(["plan", "-input=false", "-no-color", `-out=${file}`], variables);
      if (planned.status !== 0) throw new Error(planned.output);
      const { output: json } = run(["show", "-json", file]);
      const { planned_values: values } = JSON.parse(json) as {
        planned_values: {
          outputs: Plan["outputs"];
          root_module: { resources: (Omit<PlannedResource, "values"> & Partial<PlannedResource>)[] };
        };
      };
      const resources = values.root_module.resources.map((resource) => ({
        ...resource,
        values: resource.values ?? {},
      }));
      return { resources, outputs: values.outputs, json, file, output: planned.output };
    },
  };
}

/** Terraform plans none of several stacks if one is wrong; the others are then planned without it. */
function planModules(
  terraform: string,
  initialized: string,
  stackDirs: Record<string, string>,
  newFolder: () => string,
): Record<string, PartOfPlan> {
  const folder = newFolder();
  const names = Object.keys(stackDirs);
  writeModules(stackDirs, folder, OVERRIDE.terraform, WITHOUT_ACCOUNT);
  cpSync(join(initialized, ".terraform.lock.hcl"), join(folder, ".terraform.lock.hcl"));
  const run = (...args: string[]) => runTerraform(terraform, folder, join(initialized, "cli.tfrc"), args);
  const modules = run("init", "-input=false", "-json");
  const { status, output } = modules.status === 0 ? run("plan", "-input=false", "-json") : modules;
  const parts = partsOfPlan(output, names);
  if (status === 0) return parts;
  const isWrong = (name: string) => parts[name]!.problems.some((problem) => problem.startsWith("error"));
  const others = Object.entries(stackDirs).filter(([name]) => !isWrong(name));
  if (others.length === names.length) throw new Error(output);
  if (others.length === 0) return parts;
  return { ...parts, ...planModules(terraform, initialized, Object.fromEntries(others), newFolder) };
}

/** One init for all stacks of a test file; a stack's copy takes what it left. */
function initialize(terraform: string, folder: string): Run {
  writeFileSync(join(folder, "cli.tfrc"), cliConfig());
  writeFileSync(join(folder, "test_override.tf.json"), JSON.stringify(OVERRIDE));
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(OVERRIDE));
  return runTerraform(terraform, folder, join(folder, "cli.tfrc"), ["init", "-input=false", "-no-color"]);
}

function runTerraform(
  terraform: string,
  cwd: string,
  cliConfigFile: string,
  args: readonly string[],
  variables = {},
  environment = {},
): Run {
  const env = { ...process.env, ...environment, ...terraformEnvironment(cliConfigFile, variables) };
  const { status, stdout, stderr } = spawnSync(terraform, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: status ?? -1, output: stdout + stderr };
}

export function terraformEnvironment(cliConfigFile: string, variables: Record<string, string>): Record<string, string> {
  const given = process.env["TF_CLI_CONFIG_FILE"];
  return {
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    // A quarter of a plan's time goes into collecting the garbage of the provider's schema.
    // https://pkg.go.dev/runtime#hdr-Environment_Variables
    GOGC: "off",
    GOMEMLIMIT: "2GiB",
    // A file of the machine's own knows best, unless it is not there.
    TF_CLI_CONFIG_FILE: given && existsSync(given) ? given : cliConfigFile,
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
  };
}

/** https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation */
export function cliConfig(): string {
  const mirror = findMirror();
  if (mirror === undefined) {
    mkdirSync(CACHE, { recursive: true });
    return `plugin_cache_dir = ${JSON.stringify(CACHE)}\n`;
  }
  const mirrored = [REGISTRY_NAME, AZUREAD_REGISTRY_NAME].filter((name) => existsSync(join(mirror, name)));
  const only = JSON.stringify(mirrored);
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${only}
  }
  direct {
    exclude = ${only}
  }
}
`;
}

/** A folder with `registry.terraform.io/`: the named one, one of the usual places, else wherever one lies. */
function findMirror(): string | undefined {
  const provider = `${REGISTRY_NAME}/${AWS_PROVIDER_VERSION}`;
  const named = process.env["TERRAFORM_MIRROR"];
  const usual = [...PLUGIN_FOLDERS, ...foldersIn("/opt")];
  return [...(named ? [named] : []), ...usual].find((folder) => existsSync(join(folder, provider))) ?? search(provider);
}

/** Takes long on a busy machine. */
function search(provider: string): string | undefined {
  const { stdout } = spawnSync(
    "find",
    ["/", "-xdev", "-type", "d", "-path", `*/${provider}`, "-not", "-path", "*/.terraform/*"],
    { encoding: "utf8", timeout: 60_000 },
  );
  const found = (stdout ?? "").split("\n").find((path) => path !== "" && !path.startsWith(CACHE));
  return found?.slice(0, -`/${provider}`.length);
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function unavailable(): never {
  throw new Error("a skipped test ran");
}
