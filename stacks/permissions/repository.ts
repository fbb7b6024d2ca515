/** Reads from the command line which repository may plan and deploy. Imports nothing: `--help` loads it. */

const MAIN = "main";

/** A repository, and the jobs in it that may deploy. */
export interface Repository {
  /** The issuer's host, and path if it has one. */
  issuer: string;
  /** Values of the claim `sub`, of which one is enough. With `*` for any branch. */
  plan: readonly string[];
  deploy: string;
}

/**
 * @param text `github:<owner>/<repository>[:<environment>]`, with IDs as in `github:acme@12/wiki@34` where the subjects
 * of the repository have them; `gitlab:<group>/<project>[:<branch>]`, or your own GitLab host instead of `gitlab`
 * @returns undefined if it is neither
 */
export function parseRepository(text: string): Repository | undefined {
  return github(text) ?? gitlab(text);
}

/**
 * https://docs.github.com/en/actions/reference/security/oidc. Repositories since July 2026 have IDs in their subjects:
 * https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 */
function github(text: string): Repository | undefined {
  const owner = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  const names = `${owner}/[\\w.-]+|${owner}@\\d+/[\\w.-]+@\\d+`;
  const [, repository, environment = "production"] = new RegExp(`^github:(${names})(?::([\\w.-]+))?$`).exec(text) ?? [];
  if (repository === undefined) return undefined;
  return {
    issuer: "token.actions.githubusercontent.com",
    plan: [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/${MAIN}`],
    deploy: `repo:${repository}:environment:${environment}`,
  };
}

/** https://docs.gitlab.com/ci/cloud_services/aws/: a subject names project and branch, but no environment. */
function gitlab(text: string): Repository | undefined {
  const [, host, project, branch = MAIN] =
    /^(gitlab|[a-z0-9-]+(?:\.[a-z0-9-]+)+):([\w.-]+(?:\/[\w.-]+)+)(?::([\w./-]+))?$/.exec(text) ?? [];
  if (host === undefined) return undefined;
  const subject = (name: string) => `project_path:${project}:ref_type:branch:ref:${name}`;
  return { issuer: host === "gitlab" ? "gitlab.com" : host, plan: [subject("*")], deploy: subject(branch) };
}
