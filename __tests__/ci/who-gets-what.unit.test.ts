/** Which jobs run for whom. What they do: the apply tier. */
import { ciFiles } from "../../cli/ci-files";
import { readWorkflow } from "./pipelines";
import { planJobs } from "./run-workflow";

const WORKFLOW = readWorkflow(ciFiles("github", "wiki")[".github/workflows/gateway.yml"]!);

const pullRequest = (from: string, login = "alice") => ({
  github: {
    event_name: "pull_request",
    repository: "acme/wiki",
    event: { pull_request: { head: { repo: { full_name: from } }, user: { login } } },
  },
});
const PUSH = { github: { event_name: "push", repository: "acme/wiki", event: {} } };

test.each([
  ["a pull request of the repository", pullRequest("acme/wiki"), "true", ["check", "plan", "review", "comment"]],
  ["a pull request from a fork", pullRequest("mallory/wiki"), "true", ["check"]],
  ["a pull request whose fork was deleted", pullRequest(""), "true", ["check"]],
  ["a pull request of Dependabot", pullRequest("acme/wiki", "dependabot[bot]"), "true", ["check"]],
  ["main, with changes", PUSH, "true", ["check", "plan", "review", "apply"]],
  ["main, with nothing to do", PUSH, "false", ["check", "plan", "review"]],
])("%s", (_, contexts, changes, jobs) => {
  expect(planJobs(WORKFLOW, contexts, { plan: { changes } })).toEqual(jobs);
});
