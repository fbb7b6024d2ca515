/** `logout[?local]`: ends the session here and, unless `local`, at the identity provider too. */
import * as oauth from "oauth4webapi";
import type { Session } from "../../../session/token";
import { isNavigation, page, redirect } from "../answers";
import { clearedFlowCookies } from "../cookies/flow";
import { clearedRefreshCookie, readRefreshToken } from "../cookies/refresh";
import { clearedSessionCookie, readSession } from "../cookies/session";
import type { Exchange } from "../exchange";
import { asFailure, codesOf } from "../failures";
import { clientAuthentication, relyingParty, type RelyingParty } from "../oidc/relying-party";

/** Milliseconds that telling the identity provider about it may take; signing out here does not depend on it. */
const REVOCATION_LIMIT = 1_500;

export async function logout(exchange: Exchange): Promise<Response> {
  const { settings, url, note, reference } = exchange;
  const isLocal = url.searchParams.has("local");
  if (isFromElsewhere(exchange) || !isIntended(exchange.request)) {
    note.outcome = "confirmation_asked";
    const action = { href: `${settings.basePath}/logout${isLocal ? "?local" : ""}`, label: "Sign out" };
    return page(200, settings.theme, { title: "Sign out?", text: "Please confirm that you want to sign out.", action, reference });
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
    note.detail = codesOf(asFailure(error));
    return redirect(signedOut);
  }
}

/**
 * https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 *
 * `client_id` stands in for the ID token hint: ID tokens are not kept, since no cookie has room for one. Providers may therefore
 * ask the user to confirm. No `logout_hint`, whose meaning each provider decides, and no `state`, which nothing here would read.
 */
function endSessionUrl({ url }: Exchange, { settings }: RelyingParty, endpoint: string, signedOut: string): string {
  const target = new URL(endpoint);
  const parameters = { client_id: settings.clientId, post_logout_redirect_uri: url.origin + signedOut };
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
    exchange.note.detail = `revocation ${codesOf(asFailure(error))}`;
  }
}

/** An image in somebody's comment, or a browser that fetches links ahead, signs nobody out. Scripts of the site use POST. */
function isIntended({ method, headers }: Request): boolean {
  return method === "POST" || (isNavigation(headers) && !headers.has("sec-purpose"));
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
