/** What the package gives to programs: a config with its types, and constructs for a CDKTF app of your own. */
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
 * A gateway as a stack of its own, with provider and backend.
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
 * A gateway beside other things in a stack of yours, which brings an AWS provider for us-east-1.
 *
 *     new Gateway(this, "gateway", config);
 */
export class Gateway extends CheckedGateway {
  /** @throws ConfigError with every mistake in the config; `state` and `tags` are the stack's and its provider's */
  constructor(scope: Construct, id: string, config: ConfigInput) {
    super(scope, id, { config: withoutStackSettings(parseConfig(config, id), id), artifacts: artifacts() });
  }
}

function withoutStackSettings(config: Config, source: string): Config {
  const problems = [
    ...(config.state ? [{ path: "state", message: "remove it, and give your stack a backend" }] : []),
    ...(Object.keys(config.tags).length > 0
      ? [{ path: "tags", message: "remove them, and give them to your AWS provider as defaultTags" }]
      : []),
  ];
  if (problems.length > 0) throw new ConfigError(source, problems);
  return config;
}
