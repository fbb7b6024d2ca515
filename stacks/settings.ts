/** What the config says to the edges, in the shapes that they read (session/settings.ts). */
import type { Config } from "../config/schema";
import { rolesOf } from "../policy/rule";
import type { AuthSettings, GateSettings, IdentityProviderSettings, Theme } from "../session/settings";
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

export function authSettings(config: Config): AuthSettings {
  const { absolute, idle, token } = config.session;
  return {
    version: 1,
    basePath: config.basePath,
    hosts: hostsOf(config),
    session: { absolute, idle, token },
    sessionKeysSecretName: sessionKeysSecretName(config),
    identityProviders: Object.fromEntries(
      Object.keys(config.identityProviders).map((id) => [id, identityProviderSettings(config, id)]),
    ),
    eventTransmitters: config.eventTransmitters,
    ledger: { sessionsTable: sessionsTableName(config), revocationsTable: revocationsTableName(config) },
    revocationQueueName: revocationQueueName(config),
    signOutQueueName: signOutQueueName(config),
    onReuse: config.session.onReuse,
    roles: rolesOf(config.policy),
    claims: [...new Set(Object.values(config.identityHeaders))].sort(),
    theme: themeOf(config),
  };
}

/** Every host that the gateway answers for, the main one first. */
export function hostsOf(config: Config): string[] {
  return [...new Set([config.domain, ...config.alternateDomains])];
}

/** Whether this identity provider knows the gateway by a secret that somebody must store. */
export function hasClientSecret(config: Config, id: string): boolean {
  return config.identityProviders[id]?.clientAuthentication !== "none";
}

function identityProviderSettings(config: Config, id: string): IdentityProviderSettings {
  const { label, ...provider } = config.identityProviders[id]!;
  return {
    label: label ?? id,
    ...provider,
    ...(hasClientSecret(config, id) ? { clientSecretName: clientSecretName(config, id) } : {}),
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
