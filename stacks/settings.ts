/** Converts the config into the settings that the edges read (session/settings.ts). */
import type { Config } from "../config/schema";
import { rolesOf } from "../policy/rule";
import type { AuthParameter, GateSettings, IdentityProviderSettings, Theme } from "../session/settings";
import { clientAuthenticationSettings, storedSecret } from "./client-authentication";
import {
  clientSecretName,
  revocationQueueName,
  revocationsTableName,
  sessionKeysSecretName,
  sessionsTableName,
  signOutQueueName,
} from "./names";

export function gateSettings(config: Config): GateSettings {
  return {
    basePath: config.basePath,
    hosts: hostsOf(config),
    identityHeaders: Object.entries(config.identityHeaders),
    theme: themeOf(config),
  };
}

export function authSettings(config: Config): AuthParameter {
  const { absolute, idle, token } = config.session;
  const ids = Object.keys(config.identityProviders);
  return {
    version: 1,
    basePath: config.basePath,
    hosts: hostsOf(config),
    session: { absolute, idle, token },
    identityProviders: Object.fromEntries(ids.map((id) => [id, identityProviderSettings(config, id)])),
    eventTransmitters: config.eventTransmitters,
    onReuse: config.session.onReuse,
    roles: rolesOf(config.policy),
    claims: [...new Set(Object.values(config.identityHeaders))].sort(),
    theme: themeOf(config),
    aws: {
      sessionKeysSecret: sessionKeysSecretName(config),
      clientSecrets: Object.fromEntries(
        ids.filter((id) => storedSecret(config, id)).map((id) => [id, clientSecretName(config, id)]),
      ),
      sessionsTable: sessionsTableName(config),
      revocationsTable: revocationsTableName(config),
      revocationQueue: revocationQueueName(config),
      signOutQueue: signOutQueueName(config),
    },
  };
}

/** Every host that the gateway serves, the main one first. */
export function hostsOf(config: Config): string[] {
  return [...new Set([config.domain, ...config.alternateDomains])];
}

function identityProviderSettings(config: Config, id: string): IdentityProviderSettings {
  const { label, pushedAuthorizationRequests, dpop, ...provider } = config.identityProviders[id]!;
  return {
    label: label ?? id,
    ...provider,
    clientAuthentication: clientAuthenticationSettings(config, id),
    ...(pushedAuthorizationRequests && { pushedAuthorizationRequests }),
    ...(dpop && { dpop }),
  };
}

function themeOf(config: Config): Theme {
  const { productName, accentColor, support } = config.theme;
  return {
    productName: productName ?? config.domain,
    accentColor,
    ...(support && { support: support.includes("://") ? support : `mailto:${support}` }),
  };
}
