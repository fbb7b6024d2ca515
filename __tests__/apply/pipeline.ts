/** A repository with the pipelines of `edgegate init --ci github`, for a gateway that is deployed already. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ciFiles } from "../../cli/ci-files";
import { readWorkflow } from "../ci/pipelines";
import { runWorkflow, type Run } from "../ci/run-workflow";
import type { AwsAccount } from "../support/aws-account";
import { filesBelow, type Deployment } from "../support/deployment";

export const STATE = { bucket: "states", region: "us-east-1" };
const PULL_REQUEST = 7;
const REPOSITORY = "acme/handbook";
export const PASSPHRASE = "a passphrase that only GitHub knows";
/** The access keys of the roles. */
export const ROLES = { plan: "planning", deploy: "deploying" };

export interface GithubState {
  protectionRules: string[];
  comments: { id: number; body: string }[];
  issues: { number: number; state: string; title: string; body: string }[];
}

export interface Pipeline {
  /** What somebody pushed. @param file of the checkout */
  push(file: string, text: string): void;
  /** @param only these jobs of the last run again */
  run(file: "gateway" | "gateway-drift", event: "pull_request" | "push" | "schedule", only?: string[]): Promise<Run>;
  github(): GithubState;
  protect(rules: string[]): void;
  state(): Promise<string>;
  /** Everything that the jobs left, with what they printed. */
  traces(): Record<string, string>;
  /** What GitHub keeps: artifact and file to bytes. */
  artifacts(): Record<string, Buffer>;
  /** The deployment goes on with the state. */
  close(): Promise<void>;
}

/** Takes the state over: from now on it is in the bucket. */
export async function openPipeline(
  deployment: Deployment,
  account: AwsAccount,
  { name, folder }: { name: string; folder: string },
): Promise<Pipeline> {
  const [repository, jobs, githubFile] = ["repository", "jobs", "github.json"].map((each) => join(folder, each)) as [
    string,
    string,
    string,
  ];
  const key = `edgegate/${name}.tfstate`;
  mkdirSync(jobs, { recursive: true });
  cpSync(deployment.checkout, repository, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/^cdktf\.out$|\.tfstate/.test(basename(path)),
  });
  const workflows = ciFiles("github", name);
  writeFileSync(githubFile, JSON.stringify({ protectionRules: [], comments: [], issues: [] } satisfies GithubState));
  await account.putObject(STATE.bucket, key, readFileSync(deployment.stateFile, "utf8"));

  const runner = {
    folder: jobs,
    repository,
    environment: {
      ...deployment.environment,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_STATE: githubFile,
      OVERRIDE: deployment.override,
      // The account has one address for all buckets.
      TF_CLI_ARGS_init: "-backend-config=use_path_style=true",
    },
    credentials: (role: string) => ({ AWS_ACCESS_KEY_ID: role.split("/").at(-1)! }),
  };
  const role = (key: string) => `arn:aws:iam::111122223333:role/${key}`;
  const contexts = (event: string) => ({
    github: {
      event_name: event,
      repository: REPOSITORY,
      ref: event === "pull_request" ? `refs/pull/${PULL_REQUEST}/merge` : "refs/heads/main",
      token: "a token",
      server_url: "https://github.com",
      run_id: "1",
      event: {
        pull_request: { number: PULL_REQUEST, head: { repo: { full_name: REPOSITORY } }, user: { login: "alice" } },
      },
    },
    vars: { AWS_PLAN_ROLE_ARN: role(ROLES.plan), AWS_DEPLOY_ROLE_ARN: role(ROLES.deploy) },
    secrets: { PLAN_PASSPHRASE: PASSPHRASE },
  });
  let printed = "";
  const github = () => JSON.parse(readFileSync(githubFile, "utf8")) as GithubState;

  return {
    push: (file, text) => writeFileSync(join(repository, file), text),
    async run(file, event, only) {
      const workflow = readWorkflow(workflows[`.github/workflows/${file}.yml`]!);
      const run = await runWorkflow(workflow, runner, { contexts: contexts(event), ...(only && { only }) });
      printed += run.output;
      return run;
    },
    github,
    protect: (protectionRules) => writeFileSync(githubFile, JSON.stringify({ ...github(), protectionRules })),
    state: () => account.getObject(STATE.bucket, key),
    traces: () => ({ ...filesBelow(folder), "what the pipelines printed": printed }),
    artifacts() {
      const all = readdirSync(join(jobs, "artifacts"), { recursive: true, withFileTypes: true });
      return Object.fromEntries(
        all
          .filter((entry) => entry.isFile())
          .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]),
      );
    },
    close: async () => writeFileSync(deployment.stateFile, await account.getObject(STATE.bucket, key)),
  };
}
