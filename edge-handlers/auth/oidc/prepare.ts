import { identityProviderOf, type RequestContext } from "../request-context";
import { prepareProof } from "./client-authentication/authenticated-request";

/**
 * Starts to fetch what a request for tokens needs, in parallel to other work: from a distant region each call may take
 * most of a second. Failures are ignored here, because the later caller gets them.
 */
export function prepare(context: RequestContext, id: string): void {
  const { settings, identityProviders } = context;
  const provider = identityProviderOf(settings, id);
  if (!provider) return;
  identityProviders
    .metadata(provider.issuer)
    .then(({ jwks_uri }) => identityProviders.keySet(jwks_uri!).load())
    .catch(() => {});
  prepareProof(context, id, provider, "token_endpoint").catch(() => {});
}
