/** Where the browser is sent to sign in: with the parameters themselves, or with a reference to them (RFC 9126). */
import * as oauth from "oauth4webapi";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { authenticatedRequest, prepareProof } from "./client-authentication/authenticated-request";
import { tokenFailure } from "./failure";
import type { RelyingParty } from "./relying-party";

/**
 * Pushed if the config says so, or if the provider requires it. A pushed request cannot be read or changed in the
 * browser.
 *
 * @throws Failure `idp_misconfigured` if the provider does not offer what the config asks for; every Failure that an
 * identity provider can cause
 */
export async function authorizationUrl(
  context: RequestContext,
  party: RelyingParty,
  parameters: Record<string, string>,
): Promise<URL> {
  const { server, settings } = party;
  const target = new URL(server.authorization_endpoint!);
  const isPushed = settings.pushedAuthorizationRequests || server.require_pushed_authorization_requests === true;
  const visible = isPushed
    ? { client_id: settings.clientId, request_uri: await pushed(context, party, parameters) }
    : parameters;
  for (const [name, value] of Object.entries(visible)) target.searchParams.set(name, value);
  return target;
}

/** @returns the reference to the request */
async function pushed(
  context: RequestContext,
  party: RelyingParty,
  parameters: Record<string, string>,
): Promise<string> {
  const { id, server, client, settings, requestOptions } = party;
  if (server.pushed_authorization_request_endpoint === undefined)
    throw new Failure("idp_misconfigured", "pushed_requests_not_offered");
  const proof = await prepareProof(context, id, settings, "pushed_authorization_request_endpoint");
  try {
    const { request_uri } = await authenticatedRequest(proof, async (authenticate) =>
      oauth.processPushedAuthorizationResponse(
        server,
        client,
        await oauth.pushedAuthorizationRequest(server, client, authenticate, parameters, requestOptions),
      ),
    );
    return request_uri;
  } catch (error) {
    throw tokenFailure(error);
  }
}
