import { parseRepository } from "../../../stacks/permissions/repository";
import { trustPolicies } from "../../../stacks/permissions/trust";

const conditions = (text: string) => {
  const { plan, deploy } = trustPolicies(parseRepository(text)!, "111122223333");
  return [plan, deploy].map((policy) => {
    const { Statement } = JSON.parse(policy) as { Statement: { Condition: object }[] };
    expect(Statement).toHaveLength(1);
    return Statement[0]!.Condition;
  });
};

const GITHUB = "token.actions.githubusercontent.com";
const github = (...subjects: string[]) => ({
  StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com", [`${GITHUB}:sub`]: subjects },
});

describe("pull requests and main may plan, and what somebody approved may deploy", () => {
  test.each([
    [
      "github:acme/wiki",
      github("repo:acme/wiki:pull_request", "repo:acme/wiki:ref:refs/heads/main"),
      github("repo:acme/wiki:environment:production"),
    ],
    [
      "github:acme@123456/my.wiki@456789:live",
      github("repo:acme@123456/my.wiki@456789:pull_request", "repo:acme@123456/my.wiki@456789:ref:refs/heads/main"),
      github("repo:acme@123456/my.wiki@456789:environment:live"),
    ],
  ])("%s", (text, plan, deploy) => expect(conditions(text)).toEqual([plan, deploy]));
});

describe("any branch may plan, and one may deploy: a subject of GitLab names no environment", () => {
  test.each([
    ["gitlab:acme/web/wiki", "gitlab.com", "acme/web/wiki", "main"],
    ["git.example.com:acme/wiki:release/1", "git.example.com", "acme/wiki", "release/1"],
  ])("%s", (text, host, project, branch) => {
    const audience = { [`${host}:aud`]: "sts.amazonaws.com" };
    const subject = (ref: string) => ({ [`${host}:sub`]: [`project_path:${project}:ref_type:branch:ref:${ref}`] });
    expect(conditions(text)).toEqual([
      { StringEquals: audience, StringLike: subject("*") },
      { StringEquals: { ...audience, ...subject(branch) } },
    ]);
  });
});

test("the issuer is the OpenID Connect provider of the roles' account", () => {
  expect(JSON.parse(trustPolicies(parseRepository("gitlab:acme/wiki")!, "111122223333").deploy)).toMatchObject({
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/gitlab.com" },
      },
    ],
  });
});

// A pattern would let other people's repositories in.
test.each([
  "acme/wiki",
  "github:acme",
  "github:acme/*",
  "github:*/wiki",
  "github:acme/wi?i",
  "github:acme@12/wiki",
  "github:acme/wiki@34",
  "github:acme/wiki:pull_request:x",
  "github:acme/wiki:*",
  "github:acme/wiki\n",
  "gitlab:wiki",
  "gitlab:acme/*",
  "gitlab:acme/wiki:*",
  "https://gitlab.com/acme/wiki",
])("%j names no single repository", (text) => expect(parseRepository(text)).toBeUndefined());
