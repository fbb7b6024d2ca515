/** The package's API: the config with its types, and constructs for your own CDKTF app. */
import type { Construct } from "constructs";
import { artifacts } from "./build/artifacts";
import { ConfigError } from "./config/error";
import { parseConfig } from "./config/load";
import type { Config, ConfigInput } from "./config/schema";
import { Gateway as CheckedGateway } from "./stacks/gateway";
import { GatewayStack as CheckedGatewayStack } from "./stacks/gateway-stack";

export { defineConfig } from "./config/define";
export { ConfigError, type ConfigProblem } from "./config/error";
export type { ConfigInput } from "./config/schema";

/**
 * A gateway as a separate stack, with provider and backend.
 *
 *     new GatewayStack(app, "wiki", config);
 */
export class GatewayStack extends CheckedGatewayStack {
  /** @throws ConfigError with every mistake in the config */
  constructor(scope: Construct, id: string, config: ConfigInput) {
    super(scope, id, { config: parseConfig(config, id), artifacts: artifacts() });
  }
}

/**
 * A gateway inside your own stack, which must have an AWS provider for us-east-1 without an alias.
 *
 *     new Gateway(this, "gateway", config);
 */
export class Gateway extends CheckedGateway {
  /** @throws ConfigError with every mistake in the config, including `state`, `tags` and `accountId`, which belong to your stack */
  constructor(scope: Construct, id: string, config: ConfigInput) {
    super(scope, id, { config: withoutStackSettings(parseConfig(config, id), id), artifacts: artifacts() });
  }
}

function withoutStackSettings(config: Config, source: string): Config {
  const problems = [
    ...(config.state ? [{ path: "state", message: "remove it, and configure a backend for your stack" }] : []),
    ...(Object.keys(config.tags).length > 0
      ? [{ path: "tags", message: "remove them, and set them as defaultTags of your AWS provider" }]
      : []),
    ...(config.accountId === undefined
      ? []
      : [{ path: "accountId", message: "remove it, and set allowedAccountIds of your AWS provider" }]),
  ];
  if (problems.length > 0) throw new ConfigError(source, problems);
  return config;
}
