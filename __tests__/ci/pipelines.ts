/** The pipelines of this project and those that `edgegate init --ci` writes, as data. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const ROOT = resolve(__dirname, "../..");
export const OWN = join(ROOT, ".github/workflows");
export const SHIPPED = join(ROOT, "examples/ci/github");
export const GITLAB = join(ROOT, "examples/ci/gitlab/gitlab-ci.yml");

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  defaults?: { run: { shell: string } };
  jobs: Record<string, Job>;
}

export interface Job {
  needs?: string | string[];
  if?: string;
  permissions?: Record<string, string>;
  environment?: string;
  outputs?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: Step[];
}

export interface Step {
  name?: string;
  id?: string;
  uses?: string;
  with?: Record<string, string | number | boolean>;
  run?: string;
  env?: Record<string, string>;
}

/** @returns by path: the text of each workflow in a folder */
export function workflowsIn(folder: string): [path: string, text: string][] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => [path, readFileSync(path, "utf8")]);
}

export const readWorkflow = (text: string): Workflow => parse(text) as Workflow;

/** https://docs.gitlab.com/ci/yaml/: the jobs by name, with what `extends` gives them. */
export interface GitlabJob {
  stage: string;
  image: string | { name: string };
  script: string[];
  id_tokens?: object;
  environment?: object;
  rules?: { if: string; when?: string }[];
  artifacts?: { access?: string; expire_in?: string; paths: string[] };
}

export function gitlabJobs(): { stages: string[]; jobs: Record<string, GitlabJob> } {
  const all = parse(readFileSync(GITLAB, "utf8")) as Record<string, Partial<GitlabJob> & { extends?: string }>;
  const jobs = Object.entries(all)
    .filter(([name, value]) => !name.startsWith(".") && "script" in value)
    .map(([name, job]): [string, GitlabJob] => [name, { ...all[job.extends ?? ""], ...job } as GitlabJob]);
  return { stages: all["stages"] as unknown as string[], jobs: Object.fromEntries(jobs) };
}
