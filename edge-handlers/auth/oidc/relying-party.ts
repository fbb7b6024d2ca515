/** The gateway as a client of one identity provider. */
import * as oauth from "oauth4webapi";
import type { IdentityProviderSettings } from "../../../session/settings";
import { identityProviderOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { idpFetch } from "../../shared/idp-fetch";
import { SKEW } from "../../shared/signed-token";
import { rememberingNonces, requireDpop } from "./dpop";

export interface RelyingParty {
  /** The provider's ID in the config. */
  id: string;
  settings: IdentityProviderSettings;
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  /** By origin: the nonce for the next proof of a key. */
  nonces: Map<string, string>;
  /** For every request to the provider. */
  requestOptions: { [oauth.customFetch]: typeof idpFetch; signal: AbortSignal };
}

/** @throws Failure `unknown_identity_provider`, `idp_unavailable`, `idp_misconfigured` */
export async function relyingParty(
  { settings, identityProviders, deadline }: RequestContext,
  id: string,
): Promise<RelyingParty> {
  const provider = identityProviderOf(settings, id);
  if (!provider) throw new Failure("unknown_identity_provider");
  const server = await identityProviders.metadata(provider.issuer);
  if (provider.dpop) requireDpop(server);
  return {
    id,
    settings: provider,
    server,
    client: { client_id: provider.clientId, [oauth.clockTolerance]: SKEW },
    nonces: identityProviders.nonces,
    requestOptions: {
      [oauth.customFetch]: provider.dpop ? rememberingNonces(identityProviders.nonces) : idpFetch,
      signal: deadline,
    },
  };
}

/**
 * Where the provider redirects the browser to. Each provider has its own path, which prevents mix-up attacks (RFC 9700
 * section 4.4).
 */
export function redirectUri({ url, settings }: RequestContext, id: string): string {
  return `${url.origin}${settings.basePath}/callback/${id}`;
}
