/** The only differences between the local edge's config and yours: the address, and the identity providers. */
import { isAttached } from "../config/distribution";
import { customOrigin } from "../config/origins/custom";
import type { Config } from "../config/schema";

/** An identity provider that replaces those in the config. */
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
 * A distribution with one behavior, which replaces an existing one, because that cannot run here. The gate and the
 * handler are the same. Behind them is the demo site, or your own server, for every path.
 */
export function withOwnDistribution(config: Config): Config {
  if (!isAttached(config)) return config;
  const { send, ...originSecret } = config.originSecret;
  return {
    ...config,
    distribution: "managed",
    origin: customOrigin.parse({
      type: "custom",
      domainName: "origin.example.com",
      host: "viewer",
      ...(send ? { secretHeader: true } : { open: true }),
      assertion: config.assertion !== undefined,
    }),
    originSecret: { ...originSecret, send: false },
  };
}

/** Replaces the config's hook for access requests, and prints them. */
export const REQUEST_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:request-access";

/** The name of the main domain on this machine. */
export const MAIN_HOST = "app.localhost";

/**
 * The hosts of a config, and their addresses on this machine: `app.localhost` for the domain, and for each alternate
 * domain its first label, such as `wiki.localhost`. If two have the same, the second one is `wiki-example-org.localhost`.
 * Browsers find everything below `localhost` on this machine (RFC 6761 section 6.3).
 *
 * @returns by host, with the port
 */
export function hostsHere({ domain, alternateDomains }: Config, port: number | string): Map<string, string> {
  const hosts = new Map([[domain, MAIN_HOST]]);
  for (const host of alternateDomains) {
    const short = `${host.split(".")[0]}.localhost`;
    const isTaken = [...hosts.values()].includes(short);
    if (!hosts.has(host)) hosts.set(host, isTaken ? `${host.replaceAll(".", "-")}.localhost` : short);
  }
  return new Map([...hosts].map(([host, name]) => [host, `${name}:${port}`]));
}

/**
 * @param domain `app.localhost:<port>`
 * @param issuer of the local identity provider; if absent, those in the config are used as they are
 */
export function localConfig(config: Config, domain: string, issuer?: string): Config {
  const hosts = hostsHere(config, domain.split(":")[1]!);
  const here = (host: string) => hosts.get(host) ?? host;
  const identityProviders = Object.entries(config.identityProviders).map(([id, { offeredAt, ...provider }]) => [
    id,
    {
      ...(issuer === undefined ? provider : localProvider(id, provider, issuer)),
      ...(offeredAt && { offeredAt: { ...offeredAt, hosts: offeredAt.hosts?.map(here) } }),
    },
  ]);
  return {
    ...config,
    // On this machine, the handler could neither invoke the function nor identify itself to a server.
    signInHook: undefined,
    ...(config.accessDenied?.requestHook && {
      accessDenied: { ...config.accessDenied, requestHook: { lambda: REQUEST_FUNCTION, timeout: 2 } },
    }),
    // There is no CloudWatch to archive from; `edgegate audit --local` reads this machine's logs.
    audit: undefined,
    domain,
    alternateDomains: config.alternateDomains.map(here),
    hostedZones: {},
    redirectHosts: [],
    policy: config.policy.map((rule) => (rule.host === undefined ? rule : { ...rule, host: here(rule.host) })),
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

/** A placeholder for a client that Terraform will make. */
export function localClientId(provider: string): string {
  return `local-${provider}`;
}
