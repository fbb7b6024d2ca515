/**
 * Starts early what a request for tokens needs, in parallel to other work: from a distant region each call may take most
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

/** Fetches metadata and keys unless they are there, and opens a connection to the token endpoint. */
export async function prepareProvider(providers: IdentityProviders, provider: IdentityProviderSettings): Promise<void> {
  const { jwks_uri, token_endpoint } = await providers.metadata(provider.issuer);
  const keys = providers.keySet(jwks_uri!).load();
  // After the keys, which would take the connection.
  prepareIdpFetch(token_endpoint!);
  await keys;
}

/** Fetches what authenticates the gateway as a client, unless it is there. */
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
