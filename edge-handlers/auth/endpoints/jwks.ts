/** `jwks.json`: the public keys of the gateway as a client, for identity providers that verify what it signs. */
import { publicJson } from "../../shared/responses";
import { publishedKeys } from "../oidc/client-authentication/private-key-jwt";
import type { RequestContext } from "../request-context";

/** Seconds. The runbook for a change of keys waits longer. */
const MAX_AGE = 300;

export async function jwks({ settings, ports, note }: RequestContext): Promise<Response> {
  const sets = await Promise.all(
    Object.entries(settings.identityProviders).map(([id, { clientAuthentication: settings }]) =>
      typeof settings === "object" && settings.method === "private_key_jwt" ? publishedKeys(ports, id, settings) : [],
    ),
  );
  // Providers may share a key.
  const keys = [...new Map(sets.flat().map((key) => [`${key.kid} ${key.alg}`, key])).values()];
  note.outcome = "told";
  return publicJson({ keys }, "application/jwk-set+json", MAX_AGE);
}
