/** Identity providers whose client Terraform makes: the gateway's module gets their modules' outputs as variables. */
import { issuerOf } from "../../config/identity-provider";
import type { Config } from "../../config/schema";
import { clientAuthenticationSettings } from "../../stacks/client-authentication";

export interface ManagedClient {
  /** ID of the identity provider in the config. */
  id: string;
  kind: "app" | "pool";
  /** The module's name, such as `entra-app`. */
  name: string;
}

const NAMES = { app: "entra-app", pool: "cognito-pool" };

/** Placeholders for values that are known only after an apply, in the forms that the providers use. */
const CLIENT_IDS = { app: "00000000-0000-0000-0000-000000000000", pool: "0123456789abcdefghijklmnop" };
const POOL_ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE";

/** A single module of a kind has the kind's name. Several also have the names of their identity providers. */
export function managedClients({ identityProviders }: Pick<Config, "identityProviders">): ManagedClient[] {
  const made = Object.entries(identityProviders).flatMap(([id, { app, pool }]): Omit<ManagedClient, "name">[] =>
    app ? [{ id, kind: "app" }] : pool ? [{ id, kind: "pool" }] : [],
  );
  return made.map(({ id, kind }) => {
    const isOnly = made.filter((other) => other.kind === kind).length === 1;
    return { id, kind, name: isOnly ? NAMES[kind] : `${NAMES[kind]}-${id}` };
  });
}

/** The config without `app` and `pool`, with placeholders for values that are known only after an apply. */
export function withBroughtClients(config: Config): Config {
  const brought = managedClients(config).map(({ id, kind }) => {
    const { app, pool, ...provider } = config.identityProviders[id]!;
    const issuer = issuerOf(provider);
    return [
      id,
      {
        ...provider,
        clientId: provider.clientId ?? CLIENT_IDS[kind],
        // If several tenants sign in, their issuer is a pattern, which follows from `tenants`.
        ...(!(issuer ?? POOL_ISSUER).includes("{") && { issuer: issuer ?? POOL_ISSUER }),
        // Some audiences follow from the issuer, which is a variable.
        clientAuthentication: clientAuthenticationSettings(config, id),
      },
    ] as const;
  });
  return { ...config, identityProviders: { ...config.identityProviders, ...Object.fromEntries(brought) } };
}
