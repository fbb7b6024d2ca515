/** Summarizes a config for people. */
import { issuerOf } from "../config/identity-provider";
import type { Config } from "../config/schema";
import { hostsOf } from "../stacks/settings";
import { describeWebAcl } from "../stacks/web-acl/capacity";
import { count } from "./output";

export function configFacts(config: Config): [name: string, text: string][] {
  const providers = Object.entries(config.identityProviders).map(
    ([id, provider]) => `${id} (${issuerOf(provider) ?? "a user pool that Terraform makes"})`,
  );
  return [
    ["hosts", hostsOf(config).join(", ")],
    ["sign-in", providers.join(", ")],
    ["policy", `${count(config.policy.length, "rule")}, everything else is denied`],
    ["web ACL", describeWebAcl(config)],
  ];
}
