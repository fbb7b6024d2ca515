/** The only differences between the local edge's config and yours: the address, and the identity provider. */
import type { Config } from "../config/schema";

/** An identity provider that replaces those in the config. */
export interface ForeignIdentityProvider {
  issuer: string;
  clientId: string;
  /** Absent for a public client. */
  clientSecret?: string;
}

/** @param domain `app.localhost:<port>` */
export function localConfig(config: Config, domain: string, issuer: string, foreign?: ForeignIdentityProvider): Config {
  const [first] = Object.keys(config.identityProviders);
  const identityProviders = Object.entries(config.identityProviders).map(
    ([id, provider]) => [id, { ...provider, issuer }] as const,
  );
  return {
    ...config,
    domain,
    alternateDomains: [],
    policy: config.policy.map((rule) => (rule.host === config.domain ? { ...rule, host: domain } : rule)),
    identityProviders: foreign
      ? {
          [first!]: {
            ...config.identityProviders[first!]!,
            issuer: foreign.issuer,
            clientId: foreign.clientId,
            clientAuthentication: foreign.clientSecret === undefined ? "none" : "client_secret_basic",
          },
        }
      : Object.fromEntries(identityProviders),
  };
}
