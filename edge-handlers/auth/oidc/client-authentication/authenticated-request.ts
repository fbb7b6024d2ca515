/** Sends requests that authenticate the gateway as a client. */
import type { ClientAuth } from "oauth4webapi";
import type { IdentityProviderSettings } from "../../../../session/settings";
import type { RequestContext } from "../../request-context";
import { retriedWithNonce } from "../dpop";
import type { Proof } from "./proof";
import { proofOf, type ClientEndpoint } from "./methods";

/**
 * Starts to get the proof for a request to an endpoint: a secret, a signature or an assertion. A second call for the
 * same endpoint returns the same promise.
 */
export function prepareProof(
  context: RequestContext,
  id: string,
  provider: IdentityProviderSettings,
  endpoint: ClientEndpoint,
): Promise<Proof> {
  const { proofs, identityProviders } = context;
  const place = `${id} ${endpoint}`;
  const prepared =
    proofs.get(place) ??
    proofOf({
      context,
      id,
      provider,
      endpoint: async () => String((await identityProviders.metadata(provider.issuer))[endpoint]),
    });
  proofs.set(place, prepared);
  return prepared;
}

/**
 * Sends a request, and repeats it as long as the authentication method says that a retry may help.
 *
 * @param send must throw the provider's error response, as oauth4webapi does
 * @throws what `send` throws; Failure as `Proof.isWorthRetrying`
 */
export async function authenticatedRequest<T>(
  proof: Proof,
  send: (authenticate: ClientAuth) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await retriedWithNonce(() => send(proof.authenticate));
    } catch (error) {
      if (!(await proof.isWorthRetrying?.(error))) throw error;
    }
  }
}
