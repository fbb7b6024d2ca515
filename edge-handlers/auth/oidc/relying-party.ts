/** The gateway as a client of one identity provider. */
import * as oauth from "oauth4webapi";
import { profileOf } from "../../../identity/profiles";
import type { ClientAuthentication, IdentityProviderSettings } from "../../../session/settings";
import { identityProviderOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { idpFetch } from "../../shared/idp-fetch";
import { SKEW } from "../../shared/signed-token";

export interface RelyingParty {
  /** The provider's ID in the config. */
  id: string;
  settings: IdentityProviderSettings;
  server: oauth.AuthorizationServer;
  client: oauth.Client;
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
  return {
    id,
    settings: provider,
    server: await identityProviders.metadata(provider.issuer),
    client: { client_id: provider.clientId, [oauth.clockTolerance]: SKEW },
    requestOptions: { [oauth.customFetch]: idpFetch, signal: deadline },
  };
}

/**
 * Starts to fetch what a request to the provider needs, in parallel to other work: from a distant region each call may
 * take most of a second. Failures are ignored here, because the later caller gets them.
 */
export function prepare({ settings, identityProviders, ports }: RequestContext, id: string): void {
  const provider = identityProviderOf(settings, id);
  if (!provider) return;
  identityProviders.metadata(provider.issuer).catch(() => {});
  if (provider.clientAuthentication !== "none") ports.clientSecret(id).catch(() => {});
}

export function scopesOf({ profile, scopes }: IdentityProviderSettings): readonly string[] {
  return scopes ?? profileOf(profile).scopes;
}

/** How the gateway authenticates at the token endpoint (OpenID Connect Core 1.0, section 9). */
const METHODS: Record<ClientAuthentication, (secret: () => Promise<string>) => Promise<oauth.ClientAuth>> = {
  none: async () => oauth.None(),
  client_secret_basic: async (secret) => oauth.ClientSecretBasic(await secret()),
  client_secret_post: async (secret) => oauth.ClientSecretPost(await secret()),
};

/** @throws Failure `client_secret_unavailable` */
export function clientAuthentication(
  { ports }: RequestContext,
  { id, settings }: RelyingParty,
): Promise<oauth.ClientAuth> {
  return METHODS[settings.clientAuthentication](() => ports.clientSecret(id));
}

/**
 * Where the provider redirects the browser to. Each provider has its own path, which prevents mix-up attacks (RFC 9700
 * section 4.4).
 */
export function redirectUri({ url, settings }: RequestContext, id: string): string {
  return `${url.origin}${settings.basePath}/callback/${id}`;
}
