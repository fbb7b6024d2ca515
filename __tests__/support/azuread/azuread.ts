/**
 * Terraform on stacks for Microsoft Entra, without a tenant. A provider that has the real one's schema but no tenant
 * (provider.js) plans and applies. The real provider cannot even plan without a tenant; where it is to be had, from a
 * mirror or the registry, it checks what can be checked without one.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { OFFLINE_PROVIDER } from "../../../export/offline-provider";
import { cliConfig, terraformEnvironment, type Run } from "../terraform";
import { describeWith } from "../tools";

const PROVIDER_VERSION = "3.7.0";
const REGISTRY_NAME = "registry.terraform.io/hashicorp/azuread";
const BACKEND = { terraform: { backend: { local: { path: "terraform.tfstate" } } } };
const WITH_AWS = { ...BACKEND, provider: { aws: [OFFLINE_PROVIDER] } };
const PINNED = {
  terraform: { required_providers: { azuread: { source: "hashicorp/azuread", version: PROVIDER_VERSION } } },
};

/** What the provider answers for every value that the schema calls sensitive and computed. */
export const SECRET_OF_ENTRA = "Q~made.by-entra_0123456789abcdefghijklmn";
/** With what Terraform itself signs in to the tenant. */
export const SECRET_OF_TERRAFORM = "Z~given.to-terraform_0123456789abcdefghij";

export interface Change {
  address: string;
  actions: string[];
}

export interface Plan {
  /** Errors and warnings. */
  problems: string;
  /** What it does, other than nothing. */
  changes: Change[];
  /** Names of the outputs that change. */
  outputs: string[];
  /** Known values of the resources, by address. */
  values: Record<string, Record<string, unknown>>;
}

/** A copy of a stack; `synthesize` puts a changed stack over it, with the same state. */
export interface AzureadFolder {
  folder: string;
  run(args: readonly string[]): Run;
  synthesize(stackDir: string): void;
  /** @throws Error with what Terraform printed */
  plan(): Plan;
  /** Applies the last plan. @throws Error with what Terraform printed */
  apply(): void;
  /** Everything that Terraform keeps or prints, by where it is; plans unpacked. */
  traces(): Record<string, string>;
}

export interface Azuread {
  /** With the provider that has no tenant, and an AWS provider without an account. @param below the root's folder in it */
  open(stackDir: string, below?: string): AzureadFolder;
  /** In the stack's own folder, with its own backend. */
  openInPlace(stackDir: string): AzureadFolder;
  /** Folders for what needs no tenant (`validate`, `test`): one with each provider that is to be had. */
  openEach(stackDir: string): Record<string, AzureadFolder>;
}

/** `describe` with Terraform; skipped, or under CI failed, where it is missing. */
export function describeWithAzuread(name: string, body: (azuread: Azuread) => void): void {
  describeWith("terraform", name, (terraform) => {
    let root: string;
    let provider: ChildProcess | undefined;
    let reattach: string;
    let copies = 0;

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), "edgegate-azuread-"));
      provider = spawn(process.execPath, [join(__dirname, "provider.js"), SECRET_OF_ENTRA], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(provider.stdout!, "data")) as [Buffer];
      reattach = line.toString().trim();
      writeFileSync(join(root, "cli.tfrc"), cliConfig());
    });
    afterAll(() => {
      provider?.kill();
      rmSync(root, { recursive: true });
    });

    const environment = () => terraformEnvironment(join(root, "cli.tfrc"), {});
    const withoutTenant = () => ({ ...environment(), TF_REATTACH_PROVIDERS: reattach });
    const copyOf = (stackDir: string, override: object, below = ".") => {
      const folder = join(root, `stack-${copies++}`);
      cpSync(stackDir, folder, { recursive: true });
      writeFileSync(join(folder, below, "test_override.tf.json"), JSON.stringify(override));
      return join(folder, below);
    };
    const open = (stackDir: string, below?: string) =>
      openFolder(terraform, copyOf(stackDir, below === undefined ? BACKEND : WITH_AWS, below), withoutTenant());
    body({
      open,
      openInPlace: (stackDir) => openFolder(terraform, stackDir, withoutTenant()),
      openEach(stackDir) {
        const folders = { "the schema": open(stackDir) };
        if (!hasRealProvider(terraform, root)) return folders;
        const override = { terraform: { ...BACKEND.terraform, ...PINNED.terraform } };
        return { ...folders, "the real provider": openFolder(terraform, copyOf(stackDir, override), environment()) };
      },
    });
  });
}

/** Tried once per test file. */
const REAL = new Map<string, boolean>();

function hasRealProvider(terraform: string, root: string): boolean {
  const known = REAL.get(root);
  if (known !== undefined) return known;
  const folder = join(root, "real");
  mkdirSync(folder);
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(PINNED));
  const env = { ...process.env, ...terraformEnvironment(join(root, "cli.tfrc"), {}) };
  const { status } = spawnSync(terraform, ["init", "-input=false"], { cwd: folder, env });
  if (status !== 0)
    process.stderr.write(`${REGISTRY_NAME} ${PROVIDER_VERSION} is not to be had: checked with its schema only\n`);
  REAL.set(root, status === 0);
  return status === 0;
}

function openFolder(terraform: string, folder: string, environment: Record<string, string>): AzureadFolder {
  const planFile = join(folder, "plan");
  const printed: Record<string, string> = {};
  const env = { ...process.env, ...environment, ARM_CLIENT_SECRET: SECRET_OF_TERRAFORM };

  function run(args: readonly string[]): Run {
    const options = { cwd: folder, env, encoding: "utf8" as const, maxBuffer: 64 * 1024 * 1024 };
    const { status, stdout, stderr } = spawnSync(terraform, args, options);
    const output = stdout + stderr;
    printed[`terraform ${args[0]}`] = (printed[`terraform ${args[0]}`] ?? "") + output;
    return { status: status ?? -1, output };
  }
  function succeed(...args: string[]): string {
    const { status, output } = run(args);
    if (status !== 0) throw new Error(output);
    return output;
  }

  succeed("init", "-input=false", "-no-color");
  return {
    folder,
    run,
    synthesize: (changed) => cpSync(changed, folder, { recursive: true }),
    plan() {
      const output = succeed("plan", "-input=false", "-no-color", `-out=${planFile}`);
      const { resource_changes: changes = [], output_changes: outputs = {} } = JSON.parse(
        succeed("show", "-json", planFile),
      ) as PlanJson;
      return {
        problems: (output.match(/^(│ )?(Warning|Error): .*/gm) ?? []).join("\n"),
        changes: changes
          .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
          .map(({ address, change: { actions } }) => ({ address, actions })),
        outputs: Object.keys(outputs).filter((name) => outputs[name]!.actions.join() !== "no-op"),
        values: Object.fromEntries(changes.map(({ address, change: { after } }) => [address, after ?? {}])),
      };
    },
    apply: () => void succeed("apply", "-input=false", "-no-color", planFile),
    traces: () => ({
      ...printed,
      state: readFileSync(join(folder, "terraform.tfstate"), "utf8"),
      ...Object.fromEntries(
        Object.entries(unzipSync(readFileSync(planFile))).map(([name, bytes]) => [
          `plan!${name}`,
          Buffer.from(bytes).toString("latin1"),
        ]),
      ),
    }),
  };
}

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
interface PlanJson {
  resource_changes?: { address: string; change: { actions: string[]; after: Record<string, unknown> | null } }[];
  output_changes?: Record<string, { actions: string[] }>;
}
