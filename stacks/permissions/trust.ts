/**
 * Trust policies of the roles that plan and deploy. Only jobs of one repository may assume them, with an OpenID Connect
 * token.
 */
import { policyDocument } from "../iam";
import type { Repository } from "./repository";

/** The audience that pipelines request, which the provider in IAM must list as a client ID. */
const AUDIENCE = "sts.amazonaws.com";

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 *
 * @param accountId the account with the roles and the issuer as an OpenID Connect provider
 */
export function trustPolicies(repository: Repository, accountId: string): { plan: string; deploy: string } {
  const { issuer } = repository;
  const document = (sid: string, subjects: readonly string[]) => {
    const subject = { [`${issuer}:sub`]: subjects };
    const audience = { [`${issuer}:aud`]: AUDIENCE };
    const anyBranch = subjects.some((each) => each.includes("*"));
    return policyDocument([
      {
        Sid: sid,
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: anyBranch
          ? { StringEquals: audience, StringLike: subject }
          : { StringEquals: { ...audience, ...subject } },
      },
    ]);
  };
  return { plan: document("Plan", repository.plan), deploy: document("Deploy", [repository.deploy]) };
}
