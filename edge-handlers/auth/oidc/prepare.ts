/**
 * Fetches early what a token request needs, in parallel with other work: from a distant region each call may take most
 * of a second.
 */
import type { IdentityProviderSettings } from "../../../session/settings";
import { prepareIdpFetch } from "../../shared/idp-fetch";
import type { Ports } from "../ports";
import { identityProviderOf, type RequestContext } from "../request-context";
import { prepareProof } from "./client-authentication/authenticated-request";
import type { IdentityProviders } from "./identity-providers";

/** For a sign-in or renewal with this provider. Failures are ignored here, because the later caller gets them. */
export function prepare(context: RequestContext, id: string): void {
  const { settings, identityProviders, ports } = context;
  const provider = identityProviderOf(settings, id);
  if (!provider) return;
  ports.ledger.prepare();
  prepareProvider(identityProviders, provider).catch(() => {});
  prepareProof(context, id, provider, "token_endpoint").catch(() => {});
}

/** Fetches metadata and keys unless they are cached, and opens a connection to the token endpoint. */
export async function prepareProvider(providers: IdentityProviders, provider: IdentityProviderSettings): Promise<void> {
  const { jwks_uri, token_endpoint } = await providers.metadata(provider.issuer);
  const keys = providers.keySet(jwks_uri!).load();
  // After the keys, because fetching them would use up the connection.
  prepareIdpFetch(token_endpoint!);
  await keys;
}

/** Fetches the gateway's client credential, unless it is cached. */
export async function prepareCredentials(
  ports: Ports,
  id: string,
  { clientAuthentication: settings }: IdentityProviderSettings,
): Promise<void> {
  if (settings === "none") return;
  if (typeof settings === "string") await ports.clientSecret(id);
  else if (settings.method === "aws_assertion") await ports.webIdentityToken(settings);
  else if (settings.kmsKeys) await ports.keyService.publicKey(settings.kmsKeys[0]!);
  else await ports.clientSecret(id);
}
