/** The settings of the functions of API behaviors: the gate's are in its source, the handler's in its SSM parameter. */
import { apiBehaviors, assertsTokens, authorizationServerIds, resourcesOf } from "../config/api-checks";
import type { Api } from "../config/api";
import type { AccessTokenIssuerConfig } from "../config/access-tokens";
import { grantsOf, issuerOf } from "../config/identity-provider";
import { sendsAssertion } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { profileOf } from "../identity/profiles";
import { issuersOf } from "../identity/user";
import { claimsOf, rolesOf } from "../policy/rule";
import type {
  AccessTokenIssuer,
  AccessTokenIssuers,
  AccessTokenProfile,
  ApiGateSettings,
  BearerParameter,
  BearerSettings,
  CorsSettings,
  GateCors,
} from "../session/access-tokens";
import { challengeTail, resourcePath, resourceUrl, type ResourceSettings } from "../session/resource-metadata";
import { assertionStart } from "../session/assertion";
import { assertionKeysName, revocationsTableName, sessionsTableName } from "./names";
import { hostsOf, retryAfter, tellsProviders, type MadeClients } from "./settings";

/** https://docs.github.com/actions/reference/security/oidc */
const GITHUB = "https://token.actions.githubusercontent.com";

export function apiGateSettings(config: Config, made: MadeClients = {}): ApiGateSettings {
  const issuers = Object.values(accessTokenIssuers(config, made)).flatMap(({ issuer, tenants }) =>
    issuersOf({ issuer, tenants }),
  );
  const behaviors = apiBehaviors(config);
  return {
    issuers: [...new Set(issuers)],
    cors: behaviors.some(({ api }) => api.cors)
      ? behaviors.map(({ pattern, api }) => [pattern, api.cors ? gateCors(api.cors) : null])
      : [],
    ...(behaviors.some(({ api }) => api.resource) && {
      resources: behaviors.map((behavior) => [behavior.pattern, tailOf(behavior) ?? null]),
    }),
  };
}

export function bearerSettings(config: Config, made: MadeClients = {}): BearerParameter {
  const withAssertions = assertsTokens(config);
  return {
    version: 1,
    hosts: hostsOf(config),
    issuers: accessTokenIssuers(config, made),
    identityHeaders: Object.entries(config.identityHeaders),
    severalProviders: tellsProviders(config),
    behaviors: apiBehaviors(config).map((behavior) => [behavior.pattern, behaviorSettings(behavior)]),
    ...(config.maintenance && { closed: retryAfter(config.maintenance) }),
    ...(withAssertions && { assertion: assertionStart(config.domain, config.assertion!.audience) }),
    aws: {
      sessionsTable: sessionsTableName(config),
      revocationsTable: revocationsTableName(config),
      ...(withAssertions && { assertionKeysSecret: assertionKeysName(config) }),
    },
  };
}

function behaviorSettings({
  pattern,
  api,
  origin,
}: ReturnType<typeof apiBehaviors>[number]): BearerSettings["behaviors"][number][1] {
  const { cors, forwardToken } = api;
  const resource = tailOf({ pattern, api });
  return {
    ...(cors && { cors }),
    ...(forwardToken && { forwardToken }),
    ...(origin && sendsAssertion(origin) && { assertion: true }),
    ...(resource !== undefined && { resource }),
  };
}

function tailOf({ pattern, api: { resource } }: { pattern: string; api: Api }): string | undefined {
  return resource && challengeTail(resourcePath(pattern), resource.scopes);
}

/** The resources that the auth handler describes; undefined if there are none. */
export function resourceSettings(config: Config, made: MadeClients = {}): ResourceSettings[] | undefined {
  const issuers = accessTokenIssuers(config, made);
  const servers = authorizationServerIds(config).flatMap((id) => {
    const { issuer, tenants } = issuers[id]!;
    return issuersOf({ issuer, tenants });
  });
  const resources = resourcesOf(config).map(({ pattern, resource }) => ({
    path: resourcePath(pattern),
    authorizationServers: resource.authorizationServers ?? [...new Set(servers)],
    ...(resource.scopes.length > 0 && { scopes: resource.scopes }),
    ...(resource.documentation !== undefined && { documentation: resource.documentation }),
  }));
  return resources.length > 0 ? resources : undefined;
}

/** A token that names a resource by its URL (RFC 8707) is for this gateway. */
function resourceUrls(config: Config): string[] {
  return resourcesOf(config).flatMap(({ pattern }) =>
    hostsOf(config).map((host) => resourceUrl(host, resourcePath(pattern))),
  );
}

/** @param made values that only Terraform knows, for the providers whose clients it makes */
export function accessTokenIssuers(config: Config, made: MadeClients = {}): AccessTokenIssuers {
  const urls = resourceUrls(config);
  const servers = authorizationServerIds(config);
  return Object.fromEntries(
    Object.entries(config.accessTokens).map(([id, written]) => {
      const audience = servers.includes(id) ? [...new Set([...written.audience, ...urls])] : written.audience;
      const issuer = { ...written, audience };
      return [id, issuer.identityProvider === undefined ? ownIssuer(issuer) : ofProvider(config, issuer, made)];
    }),
  );
}

function ownIssuer(issuer: AccessTokenIssuerConfig): AccessTokenIssuer {
  const { profile = "generic", roles, claims, identityProvider: _, ...rest } = issuer;
  return withoutUndefined({
    ...rest,
    issuer: issuer.issuer ?? GITHUB,
    profile: profile === "generic" ? undefined : profile,
    roles: roles && { ...roles, claim: roles.claim ?? (profile === "cognito" ? "cognito:groups" : "roles") },
    claims,
  });
}

/** The claim with the roles in a provider's tokens; undefined if only the config can name one. */
export function roleClaimOf({ profile, roles }: Config["identityProviders"][string]): string | undefined {
  return roles.claim ?? profileOf(profile).roles;
}

/** The provider's limits for people also apply to programs: granted roles and e-mail domains. */
function ofProvider(config: Config, issuer: AccessTokenIssuerConfig, made: MadeClients): AccessTokenIssuer {
  const id = issuer.identityProvider!;
  const provider = config.identityProviders[id]!;
  const { audience, jwksUri, algorithms = provider.signingAlgorithms, type, require } = issuer;
  const grant = grantsOf(provider, rolesOf(config.policy), Object.keys(config.identityProviders).length === 1);
  const { profile: kind, emailDomains, trustEmail, tenants } = provider;
  const profile: AccessTokenProfile = kind === "entra" || kind === "cognito" ? kind : "generic";
  const claim = roleClaimOf(provider);
  return withoutUndefined({
    issuer: issuerOf(provider) ?? made[id]!.issuer,
    tenants,
    profile: profile === "generic" ? undefined : profile,
    audience,
    jwksUri,
    algorithms,
    type,
    roles: grant.length > 0 ? { ...provider.roles, claim, grant } : undefined,
    claims: issuer.claims ?? namedClaims(config),
    require,
    emailDomains,
    trustEmail,
    subject: profileOf(kind).subject === "sub" ? undefined : profileOf(kind).subject,
  });
}

/** The claims that rules compare or that origins get. */
function namedClaims(config: Config): string[] | undefined {
  const names = [...new Set([...claimsOf(config.policy), ...Object.values(config.identityHeaders)])]
    .filter((name) => name !== "scope")
    .sort();
  return names.length > 0 ? names : undefined;
}

/** The headers that the gate adds, without their common prefix. See {@link GateCors}. */
function gateCors({ origins, methods, headers, exposeHeaders, maxAge, credentials }: CorsSettings): GateCors {
  const common: Record<string, string> = credentials ? { "allow-credentials": "true" } : {};
  return {
    origins,
    preflight: {
      ...common,
      "allow-headers": headers.join(),
      "allow-methods": methods.join(),
      "max-age": String(maxAge),
    },
    answer: { ...common, "expose-headers": ["www-authenticate", ...exposeHeaders].join() },
  };
}

function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
