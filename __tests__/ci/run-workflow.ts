/**
 * Runs a workflow on this machine, job by job: the scripts as they are written, each job in a folder of its own. Actions
 * are other people's code: what they do is done here. https://docs.github.com/en/actions/reference/workflows-and-actions
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Job, Step, Workflow } from "./pipelines";

export type Result = "success" | "failure" | "skipped";

export interface Run {
  /** By job. */
  results: Record<string, Result>;
  /** What all scripts printed. */
  output: string;
}

export interface Runner {
  /** For everything that jobs leave; artifacts and outputs stay for the next run of some of the jobs. */
  folder: string;
  /** What `actions/checkout` gives. */
  repository: string;
  /** Of every script. */
  environment: NodeJS.ProcessEnv;
  /** What `aws-actions/configure-aws-credentials` gives. @param role its ARN */
  credentials(role: string): Record<string, string>;
}

export interface Start {
  /** The contexts of expressions: `github`, `vars` and `secrets`. */
  contexts: Record<string, Record<string, unknown>>;
  /** Only these jobs, as in "Re-run failed jobs". */
  only?: readonly string[];
}

/** Jobs that would run, and what becomes of the others. @param outputs by job */
export function planJobs(workflow: Workflow, contexts: Start["contexts"], outputs: Record<string, object>): string[] {
  const results: Record<string, Result> = {};
  for (const [name, job] of Object.entries(workflow.jobs))
    results[name] = starts(job, { ...contexts, needs: needsOf(outputs) }, results) ? "success" : "skipped";
  return Object.keys(results).filter((name) => results[name] === "success");
}

/** @throws Error for an action that nothing here stands in for */
export async function runWorkflow(workflow: Workflow, runner: Runner, { contexts, only }: Start): Promise<Run> {
  const memory = join(runner.folder, "outputs.json");
  const outputs = (only ? JSON.parse(readFileSync(memory, "utf8")) : {}) as Record<string, Record<string, string>>;
  const run: Run = { results: {}, output: "" };
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const all = { ...contexts, needs: needsOf(outputs), env: workflow.env ?? {} };
    if (only && !only.includes(name)) run.results[name] = "success";
    else if (!starts(job, all, run.results)) run.results[name] = "skipped";
    else {
      const { succeeded, output, values } = await runJob(workflow, job, runner, all);
      run.results[name] = succeeded ? "success" : "failure";
      run.output += output;
      outputs[name] = values;
    }
  }
  writeFileSync(memory, JSON.stringify(outputs));
  return run;
}

const needsOf = (outputs: Record<string, object>) =>
  Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, { outputs: values }]));

/** A job whose need was skipped or failed is skipped. */
function starts(job: Job, contexts: Record<string, unknown>, results: Record<string, Result>): boolean {
  if ([job.needs ?? []].flat().some((need) => results[need] !== "success")) return false;
  return job.if === undefined || Boolean(evaluate(job.if, contexts));
}

async function runJob(
  workflow: Workflow,
  job: Job,
  runner: Runner,
  contexts: Record<string, unknown>,
): Promise<{ succeeded: boolean; output: string; values: Record<string, string> }> {
  const folder = mkdtempSync(join(runner.folder, "job-"));
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  let environment: NodeJS.ProcessEnv = { ...runner.environment, ...workflow.env };
  let output = "";
  const all = () => ({ ...contexts, steps });
  for (const step of job.steps) {
    const given = fill(step.with ?? {}, all());
    if (step.uses !== undefined) {
      environment = { ...environment, ...use(step, given, folder, runner) };
      continue;
    }
    const file = join(folder, ".output");
    writeFileSync(file, "");
    const ran = await script(step.run!, folder, {
      ...environment,
      ...fill(step.env ?? {}, all()),
      GITHUB_OUTPUT: file,
    });
    output += ran.output;
    if (step.id !== undefined) steps[step.id] = { outputs: pairsOf(readFileSync(file, "utf8")) };
    rmSync(file);
    if (ran.status !== 0) return { succeeded: false, output, values: {} };
  }
  return { succeeded: true, output, values: fill(job.outputs ?? {}, all()) };
}

/** What an action does. @returns what it adds to the environment */
function use({ uses }: Step, given: Record<string, string>, folder: string, runner: Runner): Record<string, string> {
  const action = uses!.split("@")[0]!;
  const artifact = join(runner.folder, "artifacts", given["name"] ?? "");
  switch (action) {
    case "actions/checkout":
      cpSync(runner.repository, folder, { recursive: true, verbatimSymlinks: true });
      return {};
    case "actions/setup-node":
    case "hashicorp/setup-terraform":
      return {};
    case "aws-actions/configure-aws-credentials":
      return runner.credentials(given["role-to-assume"]!);
    case "actions/upload-artifact": {
      const path = join(folder, given["path"]!);
      rmSync(artifact, { recursive: true, force: true });
      mkdirSync(artifact, { recursive: true });
      if (statSync(path).isDirectory()) upload(path, artifact, given["include-hidden-files"] === "true");
      else cpSync(path, join(artifact, basename(path)));
      return {};
    }
    case "actions/download-artifact":
      if (!existsSync(artifact)) throw new Error(`there is no artifact ${given["name"]}`);
      cpSync(artifact, join(folder, given["path"] ?? ""), { recursive: true });
      return {};
    default:
      throw new Error(`nothing stands in for ${action}`);
  }
}

function upload(path: string, artifact: string, hidden: boolean): void {
  for (const name of readdirSync(path))
    if (hidden || !name.startsWith(".")) cpSync(join(path, name), join(artifact, name), { recursive: true });
}

/** As `shell: bash` runs it. Beside this process, because the functions of the account run in it. */
async function script(
  text: string,
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ status: number; output: string }> {
  const env = {
    ...environment,
    PATH: `${join(__dirname, "bin")}:${environment["PATH"]}`,
    GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", text], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { status, output };
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("=") as [string, string]])),
  );
}

function fill(
  values: Record<string, string | number | boolean>,
  contexts: Record<string, unknown>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      String(value).replace(/\$\{\{(.+?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts))),
    ]),
  );
}

/**
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions: comparisons and `&&`, `||` and `!` mean
 * in the pipelines what they mean in JavaScript. A context without the value is empty.
 */
function evaluate(expression: string, contexts: Record<string, unknown>): unknown {
  const withValues = expression.replace(/'[^']*'|[a-z_]+(\.[\w-]+)+/g, (word) => {
    if (word.startsWith("'")) return word;
    const value = word
      .split(".")
      .reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], contexts);
    return JSON.stringify(value ?? "");
  });
  return new Function(`return (${withValues});`)();
}
