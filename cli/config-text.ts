/** Summarizes a config for people. */
import { isAttached } from "../config/distribution";
import { issuerOf } from "../config/identity-provider";
import { originsOf, type SingleOrigin } from "../config/origins/origin";
import { protectionOf } from "../config/origins/protection";
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
    ["policy", `${count(config.policy.length, "rule")}, everything else is denied${testsOf(config)}`],
    ...(isAttached(config) ? [["distribution", distributionText(config)] as [string, string]] : []),
    ["web ACL", describeWebAcl(config)],
    ...originFacts(config),
  ];
}

/** A config whose tests fail cannot be loaded. */
function testsOf({ tests }: Config): string {
  const expectations = tests.reduce((sum, { can, cannot }) => sum + can.length + cannot.length, 0);
  return expectations === 0 ? "" : `; ${count(expectations, "test")} passed`;
}

function distributionText({ distribution }: Config): string {
  return typeof distribution === "object" ? `yours, ${distribution.id}` : "yours";
}

/** A line for each origin: how it is protected from others. */
function originFacts(config: Config): [name: string, text: string][] {
  const told = originsOf(config).map(
    ({ origin }) => `${placeOf(origin)}; others are kept out by ${protectionOf(origin)}`,
  );
  return [...new Set(told)].map((text) => ["origin", text]);
}

function placeOf(origin: SingleOrigin): string {
  if (origin.type !== "s3") return `${origin.type} ${origin.domainName}${origin.path ?? ""}`;
  const name = origin.existingBucket?.name ?? origin.bucketName;
  return name === undefined ? "a bucket of the gateway" : `bucket ${name}`;
}
