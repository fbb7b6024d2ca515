/**
 * A checkout of its own that is deployed as docs/runbooks/first-deploy.md says: the CDKTF CLI, the real AWS provider,
 * and an account that the environment names. Its configuration is the user's, but for one override file.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { copyCheckout } from "./checkout";
import { AWS_PROVIDER_VERSION, cliConfig, terraformEnvironment, type Run } from "./terraform";
import { describeWith } from "./tools";

/** Too large for a dependency (161 MB); npm keeps what it once got. */
const CDKTF_CLI = "cdktf-cli@0.21.0";
/** As it is documented; run here with a config of the test's own. */
export const DEPLOY_COMMAND = `npx ${CDKTF_CLI} deploy handbook`;
export const DESTROY_COMMAND = `npx ${CDKTF_CLI} destroy handbook`;
/** Deploys a value that is otherwise refused. */
const MEANT = { TF_CLI_ARGS_apply: "-replace=terraform_data.fixed_settings" };
export const MEANT_COMMAND = `TF_CLI_ARGS_apply=${MEANT.TF_CLI_ARGS_apply} ${DEPLOY_COMMAND}`;
const CHECKOUT = resolve(__dirname, "../..");

const OVERRIDE = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: AWS_PROVIDER_VERSION } } },
  // The provider would wait for half a minute before it asks for the first time whether CloudFront is done.
  resource: { aws_cloudfront_distribution: { gateway: { wait_for_deployment: false } } },
};

/** What a plan does to a resource; the attributes are those whose value changes or is not known yet. */
export interface Change {
  address: string;
  actions: string[];
  attributes: string[];
}

export interface PlanOfChanges {
  changes: Change[];
  /** `terraform show -json`. */
  json: string;
  /** Terraform's own verdict: whether there is anything to do. */
  isEmpty: boolean;
}

export interface Deployment {
  configFile: string;
  /** The checkout's folder. */
  checkout: string;
  /** Of every command, with Terraform's variables. */
  environment: NodeJS.ProcessEnv;
  /** The file that makes Terraform fit for the account; belongs beside `cdk.tf.json`. */
  override: string;
  /** The state: a local file. */
  stateFile: string;
  write(file: string, text: string): void;
  append(file: string, text: string): void;
  /** Puts the checkout's own file there again. */
  restore(file: string): void;
  /** `cdktf deploy`. @param meant with values that are otherwise refused. @throws Error with what it printed */
  deploy(meant?: "meant"): Promise<void>;
  /** Synthesizes again, and plans. @throws Error with what Terraform printed */
  plan(options?: { refresh: boolean }): Promise<PlanOfChanges>;
  /** Applies the last plan, as it was reviewed. @throws Error with what Terraform printed */
  applyPlan(): Promise<void>;
  /** `cdktf destroy`. @throws Error with what it printed */
  destroy(): Promise<void>;
  outputs(): Promise<Record<string, unknown>>;
  /** Addresses of the resources that the synthesized stack names. */
  synthesized(): string[];
  /** Addresses of the resources in state. */
  resources(): Promise<string[]>;
  /** Ends what still runs, after a time-out. */
  close(): void;
  /** All that a deployment left on the disk or printed: file name (or command) to text, plans and zips unpacked. */
  traces(): Record<string, string>;
}

export interface DeploymentOptions {
  /** The name of the stack. */
  name: string;
  /** The config's file; it is there before the first synth. */
  config: string;
  environment: Record<string, string>;
  variables: Record<string, string>;
}

type Open = (options: DeploymentOptions) => Deployment;

/** `describe` with all that a deployment takes; skipped, or under CI failed, where something cannot be had. */
export function describeWithDeployment(name: string, body: (open: Open, moto: string) => void): void {
  describeWith("terraform", name, (terraform) =>
    describeWith("moto", "with an account of its own", (moto) => {
      if (terraform === "" || moto === "") return body(unavailable, moto);
      const { status, stderr } = spawnSync("npx", ["--yes", CDKTF_CLI, "--version"], { encoding: "utf8" });
      if (status !== 0 && !process.env["CI"]) {
        process.stderr.write(`skipped: ${name}: npm cannot get ${CDKTF_CLI}\n`);
        describe.skip(name, () => body(unavailable, moto));
        return;
      }
      test("the CDKTF CLI is there", () => expect({ status, stderr }).toMatchObject({ status: 0 }));
      const folder = mkdtempSync(join(tmpdir(), "edgegate-deployment-"));
      afterAll(() => rmSync(folder, { recursive: true }));
      body((options) => openDeployment(terraform, folder, options), moto);
    }),
  );
}

function openDeployment(
  terraform: string,
  folder: string,
  { name, config, environment, variables }: DeploymentOptions,
): Deployment {
  const checkout = join(folder, "checkout");
  const stackDir = join(checkout, "cdktf.out/stacks", name);
  const planFile = join(stackDir, "plan");
  const cliConfigFile = join(folder, "cli.tfrc");
  const printed: Record<string, string> = {};
  const running = new Set<ChildProcess>();

  copyCheckout(checkout);
  mkdirSync(stackDir, { recursive: true });
  writeFileSync(join(stackDir, "test_override.tf.json"), JSON.stringify(OVERRIDE));
  writeFileSync(cliConfigFile, cliConfig());

  const env = {
    ...process.env,
    ...environment,
    ...terraformEnvironment(cliConfigFile, variables),
    EDGEGATE_CONFIG: config,
    // It would keep a copy of the provider in the home directory.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
  };

  /** Beside this process, because the functions of the account run in it. */
  async function run(command: string, args: readonly string[], cwd = checkout, more = {}): Promise<Run> {
    // A group of its own: the CLI starts Terraform, which starts the provider.
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const status = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? -1));
    });
    running.delete(child);
    const title = `${command} ${args.join(" ")}`;
    printed[title] = (printed[title] ?? "") + output;
    return { status, output };
  }

  async function succeed(command: string, args: readonly string[], cwd?: string, more = {}): Promise<string> {
    const { status, output } = await run(command, args, cwd, more);
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${output.slice(-8_000)}`);
    return output;
  }

  // Locking asks the registry for every platform's provider, mirror or not.
  const cdktf = (verb: string, more = {}) =>
    succeed("npx", ["--yes", CDKTF_CLI, verb, name, "--auto-approve", "--skip-provider-lock"], checkout, more);

  return {
    configFile: join(checkout, config),
    checkout,
    environment: env,
    override: join(stackDir, "test_override.tf.json"),
    stateFile: join(checkout, `terraform.${name}.tfstate`),
    write: (file, text) => writeFileSync(join(checkout, file), text),
    append: (file, text) => appendFileSync(join(checkout, file), text),
    restore: (file) => cpSync(join(CHECKOUT, file), join(checkout, file)),
    deploy: async (meant) => void (await cdktf("deploy", meant && MEANT)),
    destroy: async () => void (await cdktf("destroy")),
    async plan({ refresh } = { refresh: true }) {
      await succeed("npm", ["run", "synth"]);
      const args = [
        "plan",
        "-input=false",
        "-no-color",
        "-detailed-exitcode",
        `-refresh=${refresh}`,
        `-out=${planFile}`,
      ];
      const { status, output } = await run(terraform, args, stackDir);
      // https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
      if (status !== 0 && status !== 2) throw new Error(output.slice(-8_000));
      const json = await succeed(terraform, ["show", "-json", planFile], stackDir);
      return { changes: changesOf(json), json, isEmpty: status === 0 };
    },
    applyPlan: async () => void (await succeed(terraform, ["apply", "-input=false", "-no-color", planFile], stackDir)),
    async outputs() {
      const values = JSON.parse(await succeed(terraform, ["output", "-json"], stackDir)) as Record<
        string,
        { value: unknown }
      >;
      return Object.fromEntries(Object.entries(values).map(([output, { value }]) => [output, value]));
    },
    synthesized() {
      const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
        resource: Record<string, object>;
      };
      return Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((each) => `${type}.${each}`));
    },
    resources: async () =>
      (await succeed(terraform, ["state", "list"], stackDir)).split("\n").filter((line) => line !== ""),
    close: () => running.forEach(({ pid }) => process.kill(-pid!, "SIGKILL")),
    traces: () => ({ ...filesBelow(checkout), ...printed }),
  };
}

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
export function changesOf(json: string): Change[] {
  const { resource_changes: changes = [] } = JSON.parse(json) as {
    resource_changes?: {
      address: string;
      change: { actions: string[]; before: object | null; after: object | null; after_unknown: object };
    }[];
  };
  return changes
    .filter(({ change }) => change.actions.join() !== "no-op")
    .map(({ address, change: { actions, before, after, after_unknown } }) => {
      const [old, next, unknown] = [before, after, after_unknown].map(
        (value) => (value ?? {}) as Record<string, unknown>,
      );
      const names = [...new Set([...Object.keys(old!), ...Object.keys(next!), ...Object.keys(unknown!)])].sort();
      return {
        address,
        actions,
        attributes: names.filter(
          (name) => holdsTrue(unknown![name]) || JSON.stringify(old![name]) !== JSON.stringify(next![name]),
        ),
      };
    });
}

/** `after_unknown` has the shape of the value, and `true` where something in it is not known. */
function holdsTrue(value: unknown): boolean {
  return value === true || (typeof value === "object" && value !== null && Object.values(value).some(holdsTrue));
}

/** Not what was there before the deployment: dependencies and the provider. Archives, such as plans, are unpacked. */
export function filesBelow(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\/(node_modules|\.terraform)\//.test(file)) continue;
    const bytes = readFileSync(file);
    found[file] = bytes.toString("latin1");
    if (bytes.subarray(0, 4).toString("latin1") !== "PK\x03\x04") continue;
    for (const [name, content] of Object.entries(unzipSync(bytes)))
      found[`${file}!${name}`] = Buffer.from(content).toString("latin1");
  }
  return found;
}

function unavailable(): never {
  throw new Error("a skipped test ran");
}
