/** `logout[?local]`: ends the session at the gateway and, unless `local`, at the identity provider too. */
import * as oauth from "oauth4webapi";
import type { Session } from "../../../session/token";
import { page, redirect } from "../../shared/responses";
import { isFromElsewhere, isNavigation } from "../../shared/fetch-metadata";
import { clearedFlowCookies } from "../cookies/flow";
import { clearedRefreshCookie, readRefresh } from "../cookies/refresh";
import { clearedSessionCookie, readSession, sessionEnd } from "../cookies/session";
import { addDetail, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure } from "../failures";
import { authenticatedRequest, prepareProof } from "../oidc/client-authentication/authenticated-request";
import { relyingParty, type RelyingParty } from "../oidc/relying-party";

/** Milliseconds for revoking the refresh token at the identity provider. Sign-out does not depend on its success. */
const REVOCATION_LIMIT = 1_500;

export async function logout(context: RequestContext): Promise<Response> {
  const { settings, url, note, requestId } = context;
  const isLocal = url.searchParams.has("local");
  // Only the user may decide to sign out, not another site or a prefetch.
  if (isFromElsewhere(context.request) || !isIntended(context.request)) {
    note.outcome = "confirmation_asked";
    const action = { href: `${settings.basePath}/logout${isLocal ? "?local" : ""}`, label: "Sign out" };
    return page(200, settings.theme, {
      title: "Sign out?",
      text: "Please confirm that you want to sign out.",
      action,
      requestId,
    });
  }
  context.setCookies.push(clearedSessionCookie(), clearedRefreshCookie(context), ...clearedFlowCookies(context));
  note.outcome = "signed_out";
  const signedOut = `${settings.basePath}/signed-out`;
  try {
    const signed = await readSession(context);
    if (!signed) return redirect(signedOut);
    const { session } = signed;
    const [location] = await Promise.all([leaveProvider(context, session, signedOut), endSession(context, session)]);
    return redirect(isLocal ? signedOut : location);
  } catch (error) {
    // The cookies are cleared even so: an AWS outage must not keep anybody signed in in this browser.
    note.outcome = "signed_out_here";
    addDetail(context, codesOf(asFailure(error)));
    return redirect(signedOut);
  }
}

/**
 * Makes copies of the cookies worthless: the ledger no longer renews the session, and the gate learns of it with the
 * next batch of sign-outs.
 */
async function endSession(context: RequestContext, session: Session): Promise<void> {
  const { ports, now, note } = context;
  const { uid, sid } = session;
  // A session past its end needs no entry, which would only take up space in the shard's record.
  if (!(now < sessionEnd(context, session))) return;
  const results = await Promise.allSettled([
    ports.ledger.end({ uid, sid }, now),
    ports.signOut({
      version: 1,
      target: { type: "session", sid, uid },
      by: "sign-out",
      reason: "The user signed out.",
    }),
  ]);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    note.outcome = "signed_out_here";
    addDetail(context, codesOf(asFailure(result.reason)));
  }
}

/** @returns where sign-out continues: at the provider, or at the gateway if the provider is down */
async function leaveProvider(context: RequestContext, session: Session, signedOut: string): Promise<string> {
  try {
    const party = await relyingParty(context, session.idp);
    await revokeRefreshToken(context, party, session);
    const endpoint = party.server.end_session_endpoint;
    return endpoint ? endSessionUrl(context, party, endpoint, signedOut) : signedOut;
  } catch (error) {
    addDetail(context, codesOf(asFailure(error)));
    return signedOut;
  }
}

/**
 * https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 *
 * Sends `client_id` instead of an ID token hint: no cookie has room for an ID token, so none is kept. Providers may
 * therefore ask the user to confirm. Sends no `logout_hint`, because each provider defines its own meaning, and no
 * `state`, because nothing would read it.
 */
function endSessionUrl(
  { url }: RequestContext,
  { settings }: RelyingParty,
  endpoint: string,
  signedOut: string,
): string {
  const target = new URL(endpoint);
  const parameters = { client_id: settings.clientId, post_logout_redirect_uri: url.origin + signedOut };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return target.href;
}

/** RFC 7009. Best effort: the cookie with the token is cleared anyway. */
async function revokeRefreshToken(context: RequestContext, party: RelyingParty, session: Session): Promise<void> {
  const { server, client, requestOptions } = party;
  try {
    const refresh = server.revocation_endpoint ? await readRefresh(context, session) : undefined;
    if (!refresh) return;
    const { refreshToken } = refresh;
    const proof = await prepareProof(context, party.id, party.settings, "revocation_endpoint");
    const options = {
      ...requestOptions,
      signal: AbortSignal.any([requestOptions.signal, AbortSignal.timeout(REVOCATION_LIMIT)]),
      additionalParameters: { token_type_hint: "refresh_token" },
    };
    await authenticatedRequest(proof, async (authenticate) => {
      const token = typeof refreshToken === "string" ? refreshToken : refreshToken.token;
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authenticate, token, options),
      );
    });
  } catch (error) {
    addDetail(context, `revocation ${codesOf(asFailure(error))}`);
  }
}

/**
 * Keeps an image in a user's comment, or a browser that prefetches links, from signing anybody out. The site's scripts
 * use POST.
 */
function isIntended({ method, headers }: Request): boolean {
  return method === "POST" || (isNavigation(headers) && !headers.has("sec-purpose"));
}
