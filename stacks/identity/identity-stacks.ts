import type { Construct } from "constructs";
import type { Config } from "../../config/schema";
import { rolesOf } from "../../policy/rule";
import { stateOf } from "../base-stack";
import { storedSecret } from "../client-authentication";
import { hostsOf, type MadeClients } from "../settings";
import type * as Cognito from "./cognito/cognito-stack";
import type * as Entra from "./entra/entra-stack";

/* eslint-disable @typescript-eslint/no-require-imports -- constructs cannot wait for import() */

/**
 * Adds a stack to the app for each identity provider whose client Terraform makes, and returns references to what they
 * make. Other people may own them, so each has a separate state.
 *
 * The stacks are loaded only if they are needed: the azuread provider's bindings cost a fifth of a second.
 */
export function identityStacks(gateway: Construct, config: Config): MadeClients {
  const { name, basePath, identityProviders, policy, theme, accountId, tags } = config;
  const common = { name, basePath, hosts: hostsOf(config), roles: rolesOf(policy), state: stateOf(config) };
  const app = gateway.node.root as Construct;
  const made: Record<string, MadeClients[string]> = {};
  for (const [provider, { app: entraApp, pool, tenants = [] }] of Object.entries(identityProviders)) {
    if (entraApp) {
      const { EntraStack } = require("./entra/entra-stack") as typeof Entra;
      const props = { ...common, provider, tenants, app: entraApp };
      made[provider] = new EntraStack(app, `${name}-entra-${provider}`, props);
    } else if (pool) {
      const { CognitoStack } = require("./cognito/cognito-stack") as typeof Cognito;
      const { accentColor } = theme;
      const props = {
        ...common,
        provider,
        pool,
        accentColor,
        accountId,
        tags,
        hasClientSecret: storedSecret(config, provider) === "client secret",
      };
      made[provider] = new CognitoStack(app, `${name}-cognito-${provider}`, props);
    }
  }
  return made;
}
