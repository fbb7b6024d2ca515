/** What a user changes, and all that a plan may do about it. */
import type { Change, Deployment } from "../support/deployment";

export interface UserChange {
  name: string;
  make(deployment: Deployment): void;
  undo(deployment: Deployment): void;
  plan: Change[];
}

/** Settings of the user's config file that differ from the example's. */
export type ConfigChange = "rule" | "rate limit" | "base path" | "no protection";

const HANDLER = "edge-handlers/auth/cloudfront.ts";

/** @param configWith writes the config with these changes to it */
export function userChanges(
  configWith: (deployment: Deployment, changes: readonly ConfigChange[]) => void,
): UserChange[] {
  const ofConfig = (change: ConfigChange): Pick<UserChange, "make" | "undo"> => ({
    make: (deployment) => configWith(deployment, [change]),
    undo: (deployment) => configWith(deployment, []),
  });
  return [
    {
      name: "a rule of the policy",
      ...ofConfig("rule"),
      plan: [
        update("aws_cloudfront_function.gate", ["code"]),
        // The handler knows the roles that the policy names.
        update("aws_ssm_parameter.auth_settings_parameter", ["insecure_value", "value"]),
      ],
    },
    {
      name: "the web ACL's rate limit",
      ...ofConfig("rate limit"),
      plan: [update("aws_wafv2_web_acl.web_acl", ["rule"])],
    },
    {
      name: "the code of the auth handler",
      make: (deployment) => deployment.append(HANDLER, '\nexport const revision = "next";\n'),
      undo: (deployment) => deployment.restore(HANDLER),
      plan: [
        update("aws_cloudfront_distribution.gateway", ["ordered_cache_behavior"]),
        update("aws_lambda_function.auth", [
          "filename",
          "last_modified",
          "qualified_arn",
          "qualified_invoke_arn",
          "source_code_hash",
          "version",
        ]),
      ],
    },
  ];
}

/** Several in one plan: the plan of all is the plans of each. */
export function together(changes: readonly UserChange[]): Change[] {
  return changes.flatMap(({ plan }) => plan).sort(({ address: a }, { address: b }) => (a < b ? -1 : 1));
}

function update(address: string, attributes: string[]): Change {
  return { address, actions: ["update"], attributes };
}
