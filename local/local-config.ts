/** The only differences between the local edge's config and yours: the address, and the identity providers. */
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

/** @param domain `app.localhost:<port>` */
export function localConfig(config: Config, domain: string, issuer: string, foreign?: ForeignIdentityProvider): Config {
  const [first] = Object.keys(config.identityProviders);
  const identityProviders = Object.entries(config.identityProviders).map(
    ([id, { app, pool, clientId = localClientId(id), offeredAt, ...provider }]) => {
      const hosts = offeredAt?.hosts?.map((host) => (host === config.domain ? domain : host));
      const clientAuthentication = localAuthentication(provider.clientAuthentication);
      return [
        id,
        {
          ...provider,
          clientId,
          issuer,
          clientAuthentication,
          ...(offeredAt && { offeredAt: { ...offeredAt, hosts } }),
        },
      ] as const;
    },
  );
  const { app, pool, ...provider } = config.identityProviders[first!]!;
  return {
    ...config,
    // It could neither invoke the function nor prove to a server who asks.
    signInHook: undefined,
    domain,
    alternateDomains: [],
    policy: config.policy.map((rule) => (rule.host === config.domain ? { ...rule, host: domain } : rule)),
    identityProviders: foreign
      ? {
          [first!]: {
            ...provider,
            issuer: foreign.issuer,
            clientId: foreign.clientId,
            clientAuthentication: foreign.clientSecret === undefined ? "none" : "client_secret_basic",
          },
        }
      : Object.fromEntries(identityProviders),
  };
}

/** For a client that only Terraform will make. */
export function localClientId(provider: string): string {
  return `local-${provider}`;
}
