/** The only differences between the local edge's config and yours: the address, and the identity providers. */
import type { Config } from "../config/schema";

/** An identity provider that takes the place of those in the config. */
export interface ForeignIdentityProvider {
  issuer: string;
  clientId: string;
  /** Absent for a public client. */
  clientSecret?: string;
}

type ClientAuthentication = Config["identityProviders"][string]["clientAuthentication"];

/**
 * How a client authenticates at the local identity provider, which accepts no assertions of AWS: such a client is
 * public there.
 */
export function localAuthentication(authentication: ClientAuthentication): ClientAuthentication {
  const isAssertion = typeof authentication === "object" && authentication.method === "aws_assertion";
  return isAssertion ? "none" : authentication;
}

/** The identity providers whose client is public on this machine, although it is not in the config. */
export function publicOnlyHere({ identityProviders }: Config): string[] {
  return Object.entries(identityProviders)
    .filter(([, { clientAuthentication: written }]) => localAuthentication(written) !== written)
    .map(([id]) => id);
}

/** The options for a local edge with a foreign identity provider, which grants roles as the config's first one does. */
export function withForeignProvider(
  config: Config,
  { issuer, clientId, clientSecret }: ForeignIdentityProvider,
): { config: Config; clientSecrets: Record<string, string> } {
  const [id, { app, pool, offeredAt, ...provider }] = Object.entries(config.identityProviders)[0]!;
  const clientAuthentication = clientSecret === undefined ? "none" : "client_secret_basic";
  return {
    config: { ...config, identityProviders: { [id]: { ...provider, issuer, clientId, clientAuthentication } } },
    clientSecrets: clientSecret === undefined ? {} : { [id]: clientSecret },
  };
}

/**
 * @param domain `app.localhost:<port>`
 * @param issuer of the local identity provider; if absent, those in the config are used as they are
 */
export function localConfig(config: Config, domain: string, issuer?: string): Config {
  const here = (host: string) => (host === config.domain ? domain : host);
  const identityProviders = Object.entries(config.identityProviders).map(([id, { offeredAt, ...provider }]) => [
    id,
    {
      ...(issuer === undefined ? provider : localProvider(id, provider, issuer)),
      ...(offeredAt && { offeredAt: { ...offeredAt, hosts: offeredAt.hosts?.map(here) } }),
    },
  ]);
  return {
    ...config,
    // It could neither invoke the function nor prove to a server who asks.
    signInHook: undefined,
    domain,
    alternateDomains: [],
    hostedZones: {},
    redirectHosts: [],
    policy: config.policy.map((rule) => (rule.host === config.domain ? { ...rule, host: domain } : rule)),
    identityProviders: Object.fromEntries(identityProviders) as Config["identityProviders"],
  };
}

function localProvider(
  id: string,
  { app, pool, clientId = localClientId(id), ...provider }: Config["identityProviders"][string],
  issuer: string,
): Config["identityProviders"][string] {
  return { ...provider, clientId, issuer, clientAuthentication: localAuthentication(provider.clientAuthentication) };
}

/** For a client that only Terraform will make. */
export function localClientId(provider: string): string {
  return `local-${provider}`;
}
