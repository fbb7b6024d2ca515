/** What every pipeline must keep to: a pull request says what a stranger wants, and actions are other people's code. */
import { relative, resolve } from "node:path";
import { ciFiles } from "../../cli/ci-files";
import { gitlabJobs, OWN, readWorkflow, SHIPPED, workflowsIn, type Job } from "./pipelines";

const WORKFLOWS = [...workflowsIn(OWN), ...workflowsIn(SHIPPED)].map(([path, text]): [string, string] => [
  relative(resolve(__dirname, "../.."), path),
  text,
]);
const OF_USERS = workflowsIn(SHIPPED).map(([path, text]): [string, string] => [path.slice(SHIPPED.length + 1), text]);

const jobsOf = (text: string) => Object.entries(readWorkflow(text).jobs);
const runsOf = (job: Job) => job.steps.flatMap(({ run }) => run ?? []);
/** Runs what npm installed. */
const runsPackages = (scripts: readonly string[]) =>
  scripts.some((script) => /\b(npm|npx|node|yarn|pnpm)\b/.test(script));

describe.each(WORKFLOWS)("%s", (_, text) => {
  test("pins every action by its commit, and says which version that is", () => {
    const uses = text.split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/ uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test("gives the token nothing that a job does not ask for, and each job its time", () => {
    const { permissions } = readWorkflow(text);
    expect(Object.entries(permissions!).filter(([name, access]) => name !== "contents" || access !== "read")).toEqual(
      [],
    );
    for (const [, job] of jobsOf(text)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  // https://docs.github.com/en/actions/reference/security/secure-use
  test("never runs a stranger's code with the rights of the repository", () => {
    expect(Object.keys(readWorkflow(text).on)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pull_request_target|workflow_run|issue_comment)$/)]),
    );
    const checkouts = jobsOf(text).flatMap(([, job]) =>
      job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")),
    );
    for (const step of checkouts) expect(step.with).toEqual({ "persist-credentials": false });
  });

  test("has no expression inside a script: what a stranger writes would become part of a command", () => {
    const scripts = jobsOf(text).flatMap(([, job]) => runsOf(job));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test("keeps what npm installed away from tokens that may write", () => {
    const mixed = jobsOf(text).filter(
      ([, { permissions = {}, ...job }]) =>
        runsPackages(runsOf({ ...job, permissions })) && Object.values(permissions).includes("write"),
    );
    expect(mixed.map(([name]) => name)).toEqual([]);
  });
});

test("an action has one version everywhere", () => {
  const versions = new Map<string, Set<string>>();
  for (const [, name, version] of WORKFLOWS.flatMap(([, text]) => [...text.matchAll(/uses: ([^@\s]+)@(.+)$/gm)]))
    versions.set(name!, (versions.get(name!) ?? new Set()).add(version!));
  expect([...versions].filter(([, all]) => all.size > 1)).toEqual([]);
});

describe.each(OF_USERS)("the user's %s", (_, text) => {
  const { permissions, jobs } = readWorkflow(text);

  test("starts without any permission", () => {
    expect(permissions).toEqual({});
  });

  test("gives AWS credentials only to jobs that run Terraform and nothing from npm", () => {
    const withCredentials = Object.values(jobs).filter(({ permissions }) => permissions?.["id-token"] === "write");
    expect(withCredentials.length).toBeGreaterThan(0);
    for (const job of withCredentials) {
      expect(runsPackages(runsOf(job))).toBe(false);
      expect(job.steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    }
    for (const job of Object.values(jobs).filter((job) => !withCredentials.includes(job)))
      expect(JSON.stringify(job)).not.toMatch(/configure-aws-credentials|terraform (-chdir|apply|plan)/);
  });

  test("keeps a plan for a week at most, and only encrypted", () => {
    const uploads = Object.values(jobs).flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@")),
    );
    for (const { with: artifact = {} } of uploads) {
      expect(["${{ env.STACK_DIR }}", "plan.tgz.gpg", "review.md", "drift.txt"]).toContain(artifact["path"]);
      expect([1, "${{ github.event_name == 'push' && 7 || 1 }}"]).toContain(artifact["retention-days"]);
    }
  });
});

test("who may apply is asked by an environment, and only the saved plan is applied", () => {
  const { jobs } = readWorkflow(ciFiles("github", "wiki")[".github/workflows/gateway.yml"]!);
  const applying = Object.values(jobs).filter((job) => runsOf(job).some((script) => / apply /.test(script)));
  expect(applying).toEqual([jobs["apply"]]);
  expect(jobs["apply"]).toMatchObject({ environment: "production", needs: ["plan", "review"] });
  expect(runsOf(jobs["apply"]!).join("\n")).toMatch(/ apply .*\btfplan$/m);
  expect(runsOf(jobs["apply"]!).join("\n")).not.toContain("auto-approve");
});

describe("the GitLab pipeline", () => {
  const { stages, jobs } = gitlabJobs();

  test("checks, plans, reviews and applies, in this order", () => {
    expect(Object.entries(jobs).map(([name, { stage }]) => [name, stage])).toEqual(
      stages.map((stage) => [stage, stage]),
    );
  });

  test("gives AWS credentials only to jobs that run Terraform and nothing from npm", () => {
    for (const { id_tokens, image, script } of Object.values(jobs)) {
      expect(runsPackages(script)).toBe(id_tokens === undefined);
      expect(script.some((line) => line.startsWith("terraform "))).toBe(id_tokens !== undefined);
      expect(typeof image === "string" ? image : image.name).toMatch(/^(node|hashicorp\/terraform):\d+[\w.-]+$/);
    }
  });

  test("applies main's saved plan only, by hand, to an environment that can be protected", () => {
    expect(jobs["apply"]!.rules).toEqual([
      { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"', when: "manual" },
    ]);
    expect(jobs["apply"]).toMatchObject({ environment: { name: "production" } });
    expect(jobs["apply"]!.script.at(-1)).toMatch(/ apply -input=false .*\btfplan$/);
  });

  test("shows artifacts to developers only, and for a week at most", () => {
    for (const { artifacts } of Object.values(jobs).filter(({ artifacts }) => artifacts !== undefined))
      expect(artifacts).toMatchObject({ access: "developer", expire_in: expect.stringMatching(/^(1 day|7 days)$/) });
  });
});

test.each(["github", "gitlab"] as const)("the files for %s name the user's stack, and no other", (system) => {
  const texts = Object.values(ciFiles(system, "handbook"));
  for (const text of texts) {
    expect(text).toContain("STACK_DIR: cdktf.out/stacks/handbook\n");
    expect(text).not.toContain("wiki");
  }
});
