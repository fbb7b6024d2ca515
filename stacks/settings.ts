/** Converts the config into the settings that gate and handler read (session/settings.ts). */
import { apiBehaviors } from "../config/api-checks";
import { hookAudience, type HookTarget } from "../config/hook-target";
import { grantsOf, issuerOf } from "../config/identity-provider";
import { usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { LANGUAGES } from "../pages/texts/texts";
import type { Theme } from "../pages/theme";
import { alternativesOf, claimsOf, rolesOf, type PolicyRule } from "../policy/rule";
import { assertionStart } from "../session/assertion";
import type { EventChoices } from "../session/security-events";
import type {
  AccessDeniedSettings,
  AuthParameter,
  EventTransmitterSettings,
  GateSettings,
  HookSettings,
  IdentityProviderSettings,
  MaintenanceSettings,
} from "../session/settings";
import { accessTokenIssuers } from "./api-settings";
import { clientAuthenticationSettings } from "./client-authentication";
import { distinct } from "./lists";
import {
  clientSecretPrefix,
  revocationQueueName,
  revocationsTableName,
  sessionKeysSecretName,
  sessionsTableName,
  signOutQueueName,
} from "./names";

export function gateSettings(config: Config): GateSettings {
  const identityHeaders = Object.entries(config.identityHeaders);
  return {
    basePath: config.basePath,
    hosts: hostsOf(config),
    ...(tellsProviders(config) && { severalProviders: true }),
    ...(identityHeaders.length > 0 && { identityHeaders }),
    productName: themeOf(config).productName,
    ...(config.accessDenied?.tellRoles && { tellRoles: true }),
    ...(config.maintenance && { closed: retryAfter(config.maintenance) }),
    ...(usesOriginSecret(config) && { originSecret: true }),
    ...(config.assertion && { assertion: assertionStart(config.domain, config.assertion.audience) }),
  };
}

/** True if origins get the ID of the identity provider or issuer. */
export function tellsProviders({ identityProviders, accessTokens }: Config): boolean {
  return new Set([...Object.keys(identityProviders), ...Object.keys(accessTokens)]).size > 1;
}

/** Seconds for `Retry-After` if the end of the maintenance is unknown. */
const RETRY_AFTER = "300";

/** Values that only Terraform knows, for identity providers whose clients it makes; CDKTF tokens by ID. */
export type MadeClients = Readonly<Record<string, { clientId: string; issuer: string }>>;

export function authSettings(config: Config, made: MadeClients = {}): AuthParameter {
  const { absolute, idle, token, deviceBound } = config.session;
  const ids = Object.keys(config.identityProviders);
  return {
    version: 1,
    basePath: config.basePath,
    hosts: hostsOf(config),
    session: { absolute, idle, token, ...(deviceBound === "if-supported" && { deviceBound: true }) },
    identityProviders: Object.fromEntries(ids.map((id) => [id, identityProviderSettings(config, id, made[id])])),
    ...(!isSorted(ids) && { providerOrder: ids }),
    eventTransmitters: Object.fromEntries(
      Object.entries(config.eventTransmitters).map(([id, transmitter]) => [id, transmitterSettings(transmitter)]),
    ),
    ...(apiBehaviors(config).length > 0 && { accessTokens: accessTokenIssuers(config, made) }),
    onReuse: config.session.onReuse,
    ...(config.signInHook && { signInHook: { ...hookSettings(config.signInHook), grant: config.signInHook.grant } }),
    ...stepUpSettings(config.policy),
    claims: distinct(Object.values(config.identityHeaders), claimsOf(config.policy)).sort(),
    theme: themeOf(config),
    ...(config.accessDenied && { accessDenied: accessDeniedSettings(config.accessDenied) }),
    ...(config.maintenance && { maintenance: maintenanceSettings(config.maintenance) }),
    aws: {
      sessionKeysSecret: sessionKeysSecretName(config),
      clientSecretPrefix: clientSecretPrefix(config),
      sessionsTable: sessionsTableName(config),
      revocationsTable: revocationsTableName(config),
      revocationQueue: revocationQueueName(config),
      signOutQueue: signOutQueueName(config),
    },
  };
}

/** Every host that the gateway serves, the main one first. */
export function hostsOf(config: Config): string[] {
  return distinct([config.domain], config.alternateDomains);
}

/** Leaves out what is the default. */
export function identityProviderSettings(
  config: Config,
  id: string,
  made: MadeClients[string] | undefined,
): IdentityProviderSettings {
  const provider = config.identityProviders[id]!;
  const {
    label = id,
    profile,
    roles,
    clientId = made?.clientId,
    pushedAuthorizationRequests,
    dpop,
    app,
    pool,
    ...rest
  } = provider;
  const grant = grantsOf(provider, rolesOf(config.policy), Object.keys(config.identityProviders).length === 1);
  return {
    ...rest,
    label,
    issuer: issuerOf(provider) ?? made!.issuer,
    clientId: clientId!,
    clientAuthentication: clientAuthenticationSettings(config, id),
    ...(profile !== "generic" && { profile }),
    ...(grant.length > 0 && { roles: { ...roles, grant } }),
    ...(pushedAuthorizationRequests && { pushedAuthorizationRequests }),
    ...(dpop && { dpop }),
  };
}

/** Leaves out what is the default. */
function transmitterSettings({ on, ...rest }: Config["eventTransmitters"][string]): EventTransmitterSettings {
  const choices = Object.fromEntries(Object.entries(on).filter(([, action]) => action !== "ignore")) as EventChoices;
  return { ...rest, ...(Object.keys(choices).length > 0 && { on: choices }) };
}

function hookSettings(hook: HookTarget): HookSettings {
  const { lambda, url, timeout } = hook;
  return url === undefined ? { timeout, function: lambda! } : { timeout, url, audience: hookAudience(hook)! };
}

function accessDeniedSettings({ requestHook, ...rest }: NonNullable<Config["accessDenied"]>): AccessDeniedSettings {
  return { ...rest, ...(requestHook && { requestHook: hookSettings(requestHook) }) };
}

/** The authentication requirements of all rules. */
function stepUpSettings(rules: readonly PolicyRule[]): Pick<AuthParameter, "stepUp"> {
  const conditions = rules.flatMap(({ allow }) => alternativesOf(allow));
  const maxAges = [...new Set(conditions.flatMap(({ maxAge }) => (maxAge === undefined ? [] : [maxAge])))];
  const acr = [...new Set(conditions.flatMap((each) => each.acr ?? []))];
  if (maxAges.length === 0 && acr.length === 0) return {};
  return { stepUp: { ...(maxAges.length > 0 && { maxAges }), ...(acr.length > 0 && { acr }) } };
}

/** Terraform's `jsonencode` sorts the keys of an object. */
function isSorted(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || ids[i - 1]! < id);
}

type Maintenance = NonNullable<Config["maintenance"]>;

/** A date (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), or seconds. */
export function retryAfter({ until }: Maintenance): string {
  return until === undefined ? RETRY_AFTER : new Date(until).toUTCString();
}

function maintenanceSettings({ until, message, allow }: Maintenance): MaintenanceSettings {
  return {
    ...(until !== undefined && { until }),
    ...(message !== undefined && { message }),
    ...(allow && { admitsSome: true }),
  };
}

/** The look and the texts of the gateway's pages. Leaves out defaults. */
export function themeOf(config: Config): Theme {
  const { productName, accentColor, support, logo, favicon, languages, texts } = config.theme;
  return {
    productName: productName ?? config.domain,
    accentColor,
    ...(support && { support: support.includes("://") ? support : `mailto:${support}` }),
    ...(logo && { logo }),
    ...(favicon && { favicon }),
    ...(languages.join() !== LANGUAGES.join() && { languages }),
    ...(Object.keys(texts).length > 0 && { texts }),
  };
}
