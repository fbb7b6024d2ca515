/** Exchanges codes and refresh tokens for tokens with verified claims. */
import { decodeJwt, type JWTPayload } from "jose";
import * as oauth from "oauth4webapi";
import type { Flow } from "../cookies/flow";
import type { RequestContext } from "../request-context";
import { expectedIssuer, TENANT_ID } from "../../../identity/user";
import { authorizationFailure, refusalsAsFailures, tokenFailure } from "./failure";
import { verifyIdToken } from "./id-token";
import { clientAuthentication, redirectUri, type RelyingParty } from "./relying-party";

export interface Tokens {
  accessToken: string;
  /** The claims of the ID token; providers may omit it in a renewal. */
  idToken: JWTPayload | undefined;
  refreshToken: string | undefined;
  /** The ID token as text: what a provider takes as a hint at sign-out. */
  idTokenText: string | undefined;
}

/**
 * The tokens for the code in the URL of a callback.
 *
 * @throws Failure of every kind that an identity provider can cause
 */
export async function redeemCode(context: RequestContext, party: RelyingParty, flow: Flow): Promise<Tokens> {
  const { server, client, requestOptions } = party;
  const parameters = readAuthorizationResponse(context.url, party, flow);
  const authentication = await clientAuthentication(context, party);
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      redirectUri(context, party.id),
      flow.verifier,
      requestOptions,
    );
    const issuer = await issuerOf(response, party);
    const tokens = await oauth.processAuthorizationCodeResponse({ ...server, issuer }, client, response, {
      expectedNonce: flow.nonce,
      requireIdToken: true,
    });
    return await verified(context, party, tokens, issuer);
  } catch (error) {
    throw tokenFailure(error);
  }
}

/**
 * The tokens for a refresh token.
 *
 * @throws Failure of every kind that an identity provider can cause; `grant_refused` if the refresh token was used
 *   before or has been withdrawn
 */
export async function redeemRefreshToken(
  context: RequestContext,
  party: RelyingParty,
  refreshToken: string,
): Promise<Tokens> {
  const { server, client, requestOptions } = party;
  const authentication = await clientAuthentication(context, party);
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, requestOptions);
    const issuer = await issuerOf(response, party);
    const tokens = await oauth.processRefreshTokenResponse({ ...server, issuer }, client, response);
    return await verified(context, party, tokens, issuer);
  } catch (error) {
    throw tokenFailure(error);
  }
}

/**
 * Checks `state`, `iss` (RFC 9207) and `error`. The code is checked here too, because the library does so only on use.
 */
function readAuthorizationResponse(url: URL, { server, client }: RelyingParty, flow: Flow): URLSearchParams {
  try {
    const parameters = oauth.validateAuthResponse(server, client, url, flow.state);
    if (!parameters.get("code")) throw new TypeError("an authorization response without a code");
    return parameters;
  } catch (error) {
    throw authorizationFailure(error);
  }
}

/**
 * The issuer that the ID token of a response must have. It depends on the tenant, if the provider has several.
 *
 * @throws Failure `account_not_allowed`
 */
async function issuerOf(response: Response, { settings }: RelyingParty): Promise<string> {
  const { id_token: idToken } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { id_token?: unknown };
  // Claims that cannot be read are for the library to refuse.
  const claims = typeof idToken === "string" && settings.issuer.includes(TENANT_ID) ? unverifiedClaims(idToken) : {};
  return refusalsAsFailures(() => expectedIssuer(settings, claims));
}

function unverifiedClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

async function verified(
  context: RequestContext,
  { server, settings }: RelyingParty,
  tokens: oauth.TokenEndpointResponse,
  issuer: string,
): Promise<Tokens> {
  const keys = context.identityProviders.keySet(server.jwks_uri!);
  const expected = { issuer, audience: settings.clientId, keys, now: context.now };
  return {
    accessToken: tokens.access_token,
    idToken: tokens.id_token === undefined ? undefined : await verifyIdToken(tokens.id_token, expected),
    refreshToken: tokens.refresh_token,
    idTokenText: tokens.id_token,
  };
}
