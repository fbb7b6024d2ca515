/** `logout[?local]`: ends the session here and, unless `local`, at the identity provider too. */
import * as oauth from "oauth4webapi";
import type { Session } from "../../../session/token";
import { page, redirect } from "../answers";
import { clearedFlowCookies } from "../cookies/flow";
import { clearedRefreshCookie, readRefreshToken } from "../cookies/refresh";
import { clearedSessionCookie, readSession } from "../cookies/session";
import type { Exchange } from "../exchange";
import { asFailure } from "../failures";
import { clientAuthentication, relyingParty, type RelyingParty } from "../oidc/relying-party";

/** Milliseconds that telling the identity provider about it may take; signing out here does not depend on it. */
const REVOCATION_LIMIT = 1_500;

export async function logout(exchange: Exchange): Promise<Response> {
  const { settings, url, note, reference } = exchange;
  const isLocal = url.searchParams.has("local");
  if (isFromElsewhere(exchange)) {
    note.outcome = "confirmation_asked";
    const action = { href: `${settings.basePath}/logout${isLocal ? "?local" : ""}`, label: "Sign out" };
    return page(200, settings.theme, { title: "Sign out?", text: "Another site asks to sign you out.", action, reference });
  }
  exchange.setCookies.push(clearedSessionCookie(), clearedRefreshCookie(exchange), ...clearedFlowCookies(exchange));
  note.outcome = "signed_out";
  const signedOut = `${settings.basePath}/signed-out`;
  try {
    const session = await readSession(exchange);
    if (!session) return redirect(signedOut);
    const party = await relyingParty(exchange, session.idp);
    await revokeRefreshToken(exchange, party, session);
    const endSession = party.server.end_session_endpoint;
    return redirect(isLocal || !endSession ? signedOut : endSessionUrl(exchange, party, endSession, signedOut));
  } catch (error) {
    // The cookies go in any case: a provider or an AWS service that is down keeps nobody signed in.
    note.detail = asFailure(error).code;
    return redirect(signedOut);
  }
}

/** https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout */
function endSessionUrl({ url, ports }: Exchange, { settings }: RelyingParty, endpoint: string, signedOut: string): string {
  const target = new URL(endpoint);
  const parameters = { client_id: settings.clientId, post_logout_redirect_uri: url.origin + signedOut, state: ports.random(16) };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return target.href;
}

/** RFC 7009, best effort: the cookie that holds the token is cleared anyway. */
async function revokeRefreshToken(exchange: Exchange, party: RelyingParty, session: Session): Promise<void> {
  const { server, client, requestOptions } = party;
  try {
    const refreshToken = server.revocation_endpoint ? await readRefreshToken(exchange, session) : undefined;
    if (refreshToken === undefined) return;
    const authentication = await clientAuthentication(exchange, party);
    const response = await oauth.revocationRequest(server, client, authentication, refreshToken, {
      ...requestOptions,
      signal: AbortSignal.any([requestOptions.signal, AbortSignal.timeout(REVOCATION_LIMIT)]),
      additionalParameters: { token_type_hint: "refresh_token" },
    });
    await oauth.processRevocationResponse(response);
  } catch (error) {
    exchange.note.detail = `revocation_${asFailure(error).code}`;
  }
}

/**
 * Another site may send people here by a link or a form; only they themselves decide to sign out. What they type is `none`
 * (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
 */
function isFromElsewhere({ request, url }: Exchange): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("origin");
  return origin !== null && origin !== url.origin;
}
