/** CI jobs and IAM roles exchange what their platform vouches for; those that the config does not mean get nothing. */
import { EXCHANGE_REFUSALS, type ExchangeRefusal } from "../../../edge-handlers/auth/exchange/refusal";
import { startExchange, TYPE, WORKLOADS, type Exchange } from "../../support/exchange";
import { uidOf } from "../../support/session-tokens";

let exchange: Exchange;
beforeAll(async () => void (exchange = await startExchange()));
afterAll(() => exchange.close());

const JWT = { subject_token_type: `${TYPE}jwt` };

describe.each([
  ["github", "deploy", { repository: ["octo-org/octo-repo"] }],
  ["gitlab", "pipeline", {}],
  ["aws", "role", {}],
] as const)("a token of %s", (kind, idp, claims) => {
  test("becomes an edge token for as long as it is valid itself", async () => {
    const { environment, workloadToken, post, sessionIn } = exchange;
    const response = await post(await workloadToken(kind), JWT);
    const session = sessionIn(response);
    const { iss, sub } = WORKLOADS[kind];
    expect(session).toMatchObject({ uid: uidOf(iss, sub), idp, roles: [], email: "", authTime: 0, claims });
    expect(session.expiresAt - session.issuedAt).toBeLessThanOrEqual(300);
    // Operators find it by its subject.
    expect(await environment.ledger.session(session)).toMatchObject({ kind: "api", idp, login: sub });
    expect((await environment.ledger.items(`email#${sub.toLowerCase()}`)).length).toBe(1);
  });

  test("of another audience is refused", async () => {
    const { workloadToken, post } = exchange;
    const response = await post(await workloadToken(kind, { aud: "https://sts.example.com" }), JWT);
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ error_description: EXCHANGE_REFUSALS.audience.description });
  });

  test("counts again after a revocation only if it is newer", async () => {
    const { environment, workloadToken, post, sessionIn } = exchange;
    const { iss, sub } = WORKLOADS[kind];
    const old = await workloadToken(kind, { jti: "old" });
    environment.clock.advance(5);
    await environment.ledger.revoke({ kind: "user", uid: uidOf(iss, sub) });
    expect((await post(old, JWT)).status).toBe(400);
    environment.clock.advance(90);
    expect(sessionIn(await post(await workloadToken(kind, { jti: "new" }), JWT)).uid).toBe(uidOf(iss, sub));
  });
});

/** Of a job that somebody else can start. */
const FORK = { repository: "mallory/octo-repo", repository_owner: "mallory", repository_owner_id: "666" };
const PULL_REQUEST = {
  sub: "repo:octo-org/octo-repo:pull_request",
  event_name: "pull_request",
  ref: "refs/pull/7/merge",
  ref_type: "branch",
  ref_protected: "false",
  head_ref: "feature",
  base_ref: "main",
  environment: undefined,
};

test.each<[name: string, kind: keyof typeof WORKLOADS, reason: ExchangeRefusal, claims: Record<string, unknown>]>([
  ["a fork", "github", "claims", { ...FORK, sub: "repo:mallory/octo-repo:environment:production" }],
  ["a fork whose subject is customized", "github", "claims", FORK],
  ["an account that took over the owner's name", "github", "claims", { repository_owner_id: "666" }],
  ["another repository", "github", "claims", { repository: "octo-org/other" }],
  ["a repository whose name begins alike", "github", "claims", { repository: "octo-org/octo-repo-2" }],
  ["a repository in another case", "github", "claims", { repository: "Octo-Org/octo-repo" }],
  ["no repository", "github", "claims", { repository: undefined }],
  ["a list of repositories without this one", "github", "claims", { repository: ["octo-org/other"] }],
  ["a pull request", "github", "claims", PULL_REQUEST],
  ["a pull request into the environment", "github", "claims", { ...PULL_REQUEST, environment: "production" }],
  ["another environment", "github", "claims", { environment: "staging" }],
  ["no environment", "github", "claims", { environment: undefined }],
  ["another branch", "github", "claims", { ref: "refs/heads/feature" }],
  ["a tag of the branch's name", "github", "claims", { ref: "refs/tags/main", ref_type: "tag" }],
  ["an enterprise's own issuer", "github", "issuer", { iss: "https://token.actions.githubusercontent.com/evil" }],
  ["another project", "gitlab", "claims", { project_path: "my-group/other" }],
  ["a fork's merge request", "gitlab", "claims", { project_path: "mallory/my-project", ref_protected: "false" }],
  ["a branch that is not protected", "gitlab", "claims", { ref: "feature", ref_protected: "false" }],
  ["no environment", "gitlab", "claims", { environment: undefined }],
  ["another instance", "gitlab", "issuer", { iss: "https://gitlab.com" }],
  ["another role", "aws", "claims", { sub: "arn:aws:iam::123456789012:role/Other" }],
  [
    "a role of that name in another account",
    "aws",
    "claims",
    { sub: "arn:aws:iam::666666666666:role/DataProcessingRole" },
  ],
  ["another account's issuer", "aws", "issuer", { iss: "https://other.tokens.sts.global.api.aws" }],
])("%s is refused (%s)", async (_, kind, reason, changes) => {
  const { environment, workloadToken, post } = exchange;
  const before = (await environment.ledger.sessions()).length;
  const response = await post(await workloadToken(kind, changes), JWT);
  const { error, description } = EXCHANGE_REFUSALS[reason];
  expect(response.status).toBe(400);
  expect(JSON.parse(response.body)).toEqual({ error, error_description: description });
  expect((await environment.ledger.sessions()).length).toBe(before);
});

test("a token of one platform is not taken for one of another, though the same server signed both", async () => {
  const { workloadToken, post } = exchange;
  const mixed = await post(await workloadToken("github", { iss: WORKLOADS.gitlab.iss }), JWT);
  expect(JSON.parse(mixed.body)).toMatchObject({ error_description: EXCHANGE_REFUSALS.claims.description });
});
