/** Exchanges codes and refresh tokens for tokens with verified claims. */
import { decodeJwt, type JWTPayload } from "jose";
import * as oauth from "oauth4webapi";
import type { Flow } from "../cookies/flow";
import type { RefreshToken } from "../cookies/refresh";
import type { RequestContext } from "../request-context";
import { expectedIssuer, TENANT_ID } from "../../../identity/user";
import { authenticatedRequest, prepareProof } from "./client-authentication/authenticated-request";
import { dpopHandle, newDpopKey, requireBoundTokens, type DpopKey } from "./dpop";
import { authorizationFailure, refusalsAsFailures, tokenFailure } from "./failure";
import { verifyIdToken } from "./id-token";
import { redirectUri, type RelyingParty } from "./relying-party";

export interface Tokens {
  accessToken: string;
  /** Proves the key that the access token is bound to, if it is bound to one. */
  dpop: oauth.DPoPHandle | undefined;
  /** The claims of the ID token; providers may omit it in a renewal. */
  idToken: JWTPayload | undefined;
  refreshToken: RefreshToken | undefined;
  /** The encoded ID token: the hint for a sign-out at the provider. */
  idTokenText: string | undefined;
}

/**
 * The tokens for the code in the URL of a callback.
 *
 * @throws Failure of every kind that an identity provider can cause
 */
export async function redeemCode(context: RequestContext, party: RelyingParty, flow: Flow): Promise<Tokens> {
  const { server, client } = party;
  const parameters = readAuthorizationResponse(context.url, party, flow);
  const key = party.settings.dpop ? newDpopKey() : undefined;
  return redeem(context, party, key, async (authenticate, options) => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticate,
      parameters,
      redirectUri(context, party.id),
      flow.verifier,
      options,
    );
    return oauth.processAuthorizationCodeResponse(await serverOf(response, party), client, response, {
      expectedNonce: flow.nonce,
      requireIdToken: true,
    });
  });
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
  refreshToken: RefreshToken,
): Promise<Tokens> {
  const { server, client } = party;
  const [token, key] = typeof refreshToken === "string" ? [refreshToken] : [refreshToken.token, refreshToken.dpopKey];
  return redeem(context, party, key, async (authenticate, options) => {
    const response = await oauth.refreshTokenGrantRequest(server, client, authenticate, token, options);
    return oauth.processRefreshTokenResponse(await serverOf(response, party), client, response);
  });
}

type Send = (
  authenticate: oauth.ClientAuth,
  options: oauth.TokenEndpointRequestOptions,
) => Promise<oauth.TokenEndpointResponse>;

/** @param key binds the tokens, if there is one */
async function redeem(
  context: RequestContext,
  party: RelyingParty,
  key: DpopKey | undefined,
  send: Send,
): Promise<Tokens> {
  const { server, settings } = party;
  const proof = await prepareProof(context, party.id, settings, "token_endpoint");
  try {
    const dpop = key === undefined ? undefined : await dpopHandle(party, key);
    const options = { ...party.requestOptions, ...(dpop && { DPoP: dpop }) };
    const tokens = await authenticatedRequest(proof, (authenticate) => send(authenticate, options));
    if (key !== undefined) requireBoundTokens(tokens);
    const { access_token: accessToken, id_token: idTokenText, refresh_token: token } = tokens;
    const keys = context.identityProviders.keySet(server.jwks_uri!).answered;
    const expected = {
      issuer: issuerOf(party, idTokenText),
      audience: settings.clientId,
      keys,
      algorithms: settings.signingAlgorithms,
      now: context.now,
    };
    return {
      accessToken,
      dpop,
      idToken: idTokenText === undefined ? undefined : await verifyIdToken(idTokenText, expected),
      refreshToken: token === undefined || key === undefined ? token : { token, dpopKey: key },
      idTokenText,
    };
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
 * The metadata with the issuer that the ID token of a response must have.
 *
 * @throws Failure `account_not_allowed`
 */
async function serverOf(response: Response, party: RelyingParty): Promise<oauth.AuthorizationServer> {
  const { id_token: idToken } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { id_token?: unknown };
  return { ...party.server, issuer: issuerOf(party, idToken) };
}

/** The issuer that an ID token must have. It depends on the token's tenant, if the provider has several. */
function issuerOf({ settings }: RelyingParty, idToken: unknown): string {
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
