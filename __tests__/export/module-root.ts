/**
 * Files of the exported module, called many times by one configuration without a provider: Terraform starts once for
 * hundreds of inputs.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../support/terraform";

export const MODULE = join(__dirname, "../../export/module");

/** What compiles the policy. */
export const POLICY_FILES = [
  "maintenance.tf",
  "policy.tf",
  "policy-checks.tf",
  "policy-requirements.tf",
  "policy-rule-checks.tf",
  "policy-source.tf",
  "requirements.tf",
];

export interface ModuleFiles {
  /** Names in {@link MODULE}. */
  files: readonly string[];
  /** What the rest of the module would declare, and the output "value", in Terraform's JSON. */
  rest: object;
}

/**
 * The output "value" of the module for each of the calls.
 *
 * @param calls values of the variables
 * @throws Error with Terraform's output when the plan fails
 */
export function valuesOf(terraform: string, module: ModuleFiles, calls: readonly object[]): unknown[] {
  return inNewFolder((folder) => {
    copyModule(module, join(folder, "module"));
    const variables = [...new Set(calls.flatMap((call) => Object.keys(call)))];
    writeFileSync(join(folder, "calls.json"), JSON.stringify(Object.fromEntries(calls.entries())));
    writeJson(join(folder, "main.tf.json"), {
      locals: { calls: '${jsondecode(file("${path.module}/calls.json"))}' },
      module: {
        call: {
          source: "./module",
          for_each: "${local.calls}",
          ...Object.fromEntries(variables.map((name) => [name, `\${try(each.value.${name}, null)}`])),
        },
      },
      output: { values: { value: "${{for key, call in module.call : key => call.value}}" } },
    });
    run(terraform, folder, "init", "-input=false");
    run(terraform, folder, "plan", "-input=false", "-out=plan");
    const { planned_values: planned } = JSON.parse(run(terraform, folder, "show", "-json", "plan")) as {
      planned_values: { outputs: { values: { value: Record<string, unknown> } } };
    };
    return calls.map((_, i) => planned.outputs.values.value[i]);
  });
}

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic */
interface Diagnostic {
  summary: string;
  detail: string;
  range?: { filename: string };
}

export interface Refusals {
  /** The lines of the messages of failed validations and of the output's failed preconditions, by call. */
  problems: string[][];
  /** The validations that failed, as `file:line`. */
  validations: Set<string>;
}

/**
 * What Terraform refuses.
 *
 * @throws Error for any other problem than a failed validation
 */
export function refusalsOf(terraform: string, module: ModuleFiles, calls: readonly object[]): Refusals {
  return inNewFolder((folder) => {
    // A diagnostic names the file of the validation, but not the call.
    calls.forEach((_, i) => copyModule(module, join(folder, `call-${i}`)));
    const modules = calls.map((call, i) => {
      const values = Object.keys(call).map((name) => [name, `\${var.calls[${i}].${name}}`]);
      return [`call-${i}`, { source: `./call-${i}`, ...(Object.fromEntries(values) as object) }];
    });
    // Values of variables: Terraform validates what it knows without them first, and plans nothing if that fails.
    writeJson(join(folder, "main.tf.json"), { variable: { calls: {} }, module: Object.fromEntries(modules) });
    writeJson(join(folder, "terraform.tfvars.json"), { calls });
    run(terraform, folder, "init", "-input=false");
    const refusals: Refusals = { problems: calls.map(() => []), validations: new Set() };
    for (const line of spawn(terraform, folder, "plan", "-input=false", "-json").output.trim().split("\n")) {
      const { diagnostic } = JSON.parse(line) as { diagnostic?: Diagnostic };
      if (!diagnostic) continue;
      const { summary, detail, range } = diagnostic;
      const [, place] = /^call-(\d+)\/rest\.tf\.json$/.exec(range?.filename ?? "") ?? [];
      if (place !== undefined && summary === "Module output value precondition failed") {
        refusals.problems[Number(place)]!.push(...detail.split("\n"));
        continue;
      }
      const [, message, call, validation] =
        /^(.*)\n\nThis was checked by the validation rule at call-(\d+)\/(.*:\d+),/s.exec(detail) ?? [];
      if (message === undefined) throw new Error(`${summary}: ${detail}`);
      refusals.problems[Number(call)]!.push(...message.split("\n"));
      refusals.validations.add(validation!);
    }
    return refusals;
  });
}

function copyModule({ files, rest }: ModuleFiles, folder: string): void {
  mkdirSync(folder);
  for (const file of files) cpSync(join(MODULE, file), join(folder, file));
  writeJson(join(folder, "rest.tf.json"), rest);
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, JSON.stringify(value));
}

function inNewFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(terraform: string, folder: string, ...args: string[]): string {
  const { status, output, errors } = spawn(terraform, folder, ...args);
  if (status !== 0) throw new Error(output + errors);
  return output;
}

function spawn(terraform: string, cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(terraform, args, {
    cwd,
    env: { ...process.env, ...terraformEnvironment("/dev/null", {}) },
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  return { status, output: stdout, errors: stderr };
}
