/** The token endpoint of a shipped auth handler, and the tokens that its clients exchange there. */
import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import type { ServiceToken } from "../../ledger/records";
import type { AccessTokenIssuer } from "../../session/access-tokens";
import { tokenKey } from "../../session/keys";
import { hmac } from "../../session/node-hash";
import { decodePayload, EDGE_TOKEN_VERSION, splitToken, type Session } from "../../session/token";
import { startAuth, type AuthEnvironment, type AuthOptions } from "./auth-fixture";
import type { EdgeResponse, ViewerRequest } from "./cloudfront-event";
import { signIdToken, type SigningKey } from "./idp/keys";
import { makeServiceToken, type MadeToken } from "./service-tokens";

export const API = "https://app.example.com";
export const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
export const TYPE = "urn:ietf:params:oauth:token-type:";

/**
 * Tokens as the vendors document them, for the audience of this site.
 *
 * https://docs.github.com/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
export const WORKLOADS = {
  github: {
    iss: "https://token.actions.githubusercontent.com",
    sub: "repo:octo-org/octo-repo:environment:production",
    aud: API,
    jti: "example-id",
    environment: "production",
    ref: "refs/heads/main",
    ref_type: "branch",
    ref_protected: "true",
    sha: "example-sha",
    repository: "octo-org/octo-repo",
    repository_id: "74",
    repository_owner: "octo-org",
    repository_owner_id: "65",
    repository_visibility: "private",
    actor: "octocat",
    actor_id: "12",
    run_id: "example-run-id",
    run_number: "10",
    run_attempt: "2",
    runner_environment: "github-hosted",
    head_ref: "",
    base_ref: "",
    event_name: "workflow_dispatch",
    workflow: "example-workflow",
    workflow_ref: "octo-org/octo-repo/.github/workflows/deploy.yml@refs/heads/main",
    job_workflow_ref: "octo-org/octo-repo/.github/workflows/deploy.yml@refs/heads/main",
  },
  gitlab: {
    iss: "https://gitlab.example.com",
    sub: "project_path:my-group/my-project:ref_type:branch:ref:main",
    aud: API,
    jti: "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
    namespace_id: "72",
    namespace_path: "my-group",
    project_id: "20",
    project_path: "my-group/my-project",
    user_id: "1",
    user_login: "sample-user",
    user_email: "sample-user@example.com",
    pipeline_id: "574",
    pipeline_source: "push",
    job_id: "302",
    ref: "main",
    ref_type: "branch",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    environment: "production",
    environment_protected: "true",
    deployment_tier: "production",
    runner_environment: "gitlab-hosted",
    sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
  },
  aws: {
    iss: "https://abc123-def456-ghi789-jkl012.tokens.sts.global.api.aws",
    sub: "arn:aws:iam::123456789012:role/DataProcessingRole",
    aud: API,
    jti: "xyz123-def456-ghi789-jkl012",
    "https://sts.amazonaws.com/": {
      aws_account: "123456789012",
      source_region: "us-east-1",
      org_id: "o-abc1234567",
      principal_tags: { environment: "production" },
      lambda_source_function_arn: "arn:aws:lambda:us-east-1:123456789012:function:process-data",
    },
  },
} satisfies Record<string, JWTPayload>;

/** Claims that replace those of an honest token; undefined removes one. */
type Changes = Record<string, unknown>;

export interface Exchange {
  environment: AuthEnvironment;
  /** An access token (RFC 9068) of alice, who signed in at the identity provider ten minutes ago. */
  accessToken(changes?: Changes, key?: SigningKey): Promise<string>;
  /** The token of a CI job or an IAM role. */
  workloadToken(kind: keyof typeof WORKLOADS, changes?: Changes): Promise<string>;
  /** Puts a service token into the ledger, as the revoker does. */
  serviceToken(changes?: Partial<ServiceToken>): Promise<MadeToken>;
  /** Sends what is in `form` beside what a request must have; undefined leaves a parameter out. */
  post(
    subjectToken: string,
    form?: Record<string, string | undefined>,
    request?: Partial<ViewerRequest>,
  ): Promise<EdgeResponse>;
  /** The session in the edge token of an answer. @throws Error when the gate would not believe the token */
  sessionIn(response: EdgeResponse): Session;
  close(): Promise<void>;
}

export async function startExchange(options: AuthOptions = {}): Promise<Exchange> {
  const environment = await startAuth(options);
  const { idp, clock, settings, secret, keys, aws } = environment;
  const jwksUri = `${idp.issuer}/jwks`;
  const workload = (kind: keyof typeof WORKLOADS, more: Partial<AccessTokenIssuer>): AccessTokenIssuer => ({
    issuer: WORKLOADS[kind].iss,
    profile: kind,
    audience: [API],
    jwksUri,
    ...more,
  });
  environment.publishSettings({
    ...settings,
    accessTokens: {
      main: {
        issuer: idp.issuer,
        audience: [API],
        roles: { claim: "roles", grant: ["staff", "admin"] },
        claims: ["department"],
      },
      deploy: workload("github", {
        require: {
          repository: ["octo-org/octo-repo"],
          repository_owner_id: ["65"],
          environment: ["production"],
          ref: ["refs/heads/main"],
        },
        claims: ["repository"],
      }),
      pipeline: workload("gitlab", {
        require: { project_path: ["my-group/my-project"], ref_protected: ["true"], environment: ["production"] },
      }),
      role: workload("aws", { require: { sub: ["arn:aws:iam::123456789012:role/DataProcessingRole"] } }),
    },
  });

  const sign = async (claims: JWTPayload, typ: string, key = idp.key) =>
    secret(await signIdToken(claims, key, { typ }));

  return {
    environment,
    accessToken: (changes = {}, key) => {
      const now = clock.now();
      const claims = {
        iss: idp.issuer,
        sub: "alice",
        aud: API,
        client_id: "shell",
        iat: now,
        exp: now + 3600,
        auth_time: now - 600,
        jti: randomBytes(12).toString("hex"),
        scope: "orders.read orders.write",
        roles: ["staff", "unknown"],
        department: "sales",
        ...changes,
      };
      return sign(claims, "at+jwt", key);
    },
    workloadToken: (kind, changes = {}) => {
      const now = clock.now();
      return sign({ ...WORKLOADS[kind], iat: now, nbf: now, exp: now + 300, ...changes }, "JWT");
    },
    async serviceToken(changes = {}) {
      const place = { endpoint: aws.endpoint, table: settings.aws.revocationsTable, now: clock.now() };
      const made = await makeServiceToken(place, changes);
      secret(made.token);
      return made;
    },
    async post(subjectToken, form = {}, request = {}) {
      const fields = Object.entries({
        grant_type: GRANT,
        subject_token: subjectToken,
        subject_token_type: `${TYPE}access_token`,
        ...form,
      }).filter((field): field is [string, string] => field[1] !== undefined);
      const response = await environment.invoke({
        url: "/_gate/token",
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(fields).toString(),
        ...request,
      });
      if (response.status === 200) secret((JSON.parse(response.body) as { access_token: string }).access_token);
      return response;
    },
    sessionIn({ body }) {
      const { access_token: token } = JSON.parse(body) as { access_token: string };
      const parts = splitToken(token, EDGE_TOKEN_VERSION)!;
      if (hmac(tokenKey(hmac, keys.keys[parts.kid]!), parts.signed) !== parts.mac) throw new Error("the MAC is wrong");
      return decodePayload(parts.payload);
    },
    close: () => environment.close(),
  };
}
