/** `logout[?local]`: ends the session at the gateway and, unless `local`, at the identity provider too. */
import * as oauth from "oauth4webapi";
import type { Profile } from "../../../identity/profile";
import { profileOf } from "../../../identity/profiles";
import type { Session } from "../../../session/token";
import { textsOf } from "../../../pages/page";
import { page, redirect } from "../../shared/responses";
import { isFromElsewhere, isNavigation } from "../../shared/fetch-metadata";
import { clearedFlowCookies } from "../cookies/flow";
import { clearedProviderCookies } from "../cookies/provider";
import { returnPathCookie } from "../cookies/return-path";
import { clearedRefreshCookie, readRefresh, type RefreshToken } from "../cookies/refresh";
import { clearedSessionCookie, readSession, sessionEnd } from "../cookies/session";
import { addDetail, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure } from "../failures";
import { authenticatedRequest, prepareProof } from "../oidc/client-authentication/authenticated-request";
import { relyingParty, type RelyingParty } from "../oidc/relying-party";
import { redeemRefreshToken, type Tokens } from "../oidc/tokens";

/** Milliseconds for each call to the identity provider. Sign-out does not depend on its success. */
const CALL_LIMIT = 1_200;
/** Milliseconds that must be left after a call, to answer. */
const TIME_TO_ANSWER = 300;
/** Characters. The hint is part of a URL, which browsers and providers limit to about 8,000. */
const MAX_HINT = 6_000;

export async function logout(context: RequestContext): Promise<Response> {
  const { settings, url, appearance, note, requestId } = context;
  const isLocal = url.searchParams.has("local");
  // Only the user may decide to sign out, not another site or a prefetch.
  if (isFromElsewhere(context.request) || !isIntended(context.request)) {
    note.outcome = "confirmation_asked";
    return page(200, appearance, {
      title: "signOutTitle",
      content: [textsOf(appearance)("signOutText")],
      actions: [{ href: `${settings.basePath}/logout${isLocal ? "?local" : ""}`, label: "signOut" }],
      requestId,
    });
  }
  context.setCookies.push(
    clearedSessionCookie(),
    clearedRefreshCookie(context),
    ...clearedFlowCookies(context),
    ...clearedProviderCookies(context),
    returnPathCookie(context),
  );
  note.outcome = "signed_out";
  const signedOut = `${settings.basePath}/signed-out`;
  try {
    const signed = await readSession(context);
    if (!signed) return redirect(signedOut);
    const { session } = signed;
    const [location] = await Promise.all([
      // Keycloak, for one, ends its session when the refresh token is revoked; the cookie with the token is cleared.
      isLocal ? signedOut : leaveProvider(context, session, signedOut),
      endSession(context, session),
    ]);
    return redirect(location);
  } catch (error) {
    // The cookies are cleared anyway: an AWS outage must not keep a user signed in in this browser.
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
    const profile = profileOf(party.settings.profile);
    const { end_session_endpoint: standard, revocation_endpoint: revocation } = party.server;
    const endpoint = profile.logout && (profile.logout.always || !standard) ? undefined : standard;
    const wantsHint = endpoint !== undefined && profile.signOutHint !== undefined;
    const refresh = wantsHint || revocation ? await readRefresh(context, session) : undefined;
    const tokens =
      wantsHint && refresh && hasTimeFor(context, 2)
        ? await lastTokens(context, party, refresh.refreshToken)
        : undefined;
    if (revocation && refresh && hasTimeFor(context, 1))
      await revoke(context, party, tokens?.refreshToken ?? refresh.refreshToken);
    const returnTo = context.url.origin + signedOut;
    if (endpoint) return endSessionUrl(party, endpoint, returnTo, hintIn(tokens, profile));
    return profile.logout ? logoutUrl(party, profile.logout, returnTo) : signedOut;
  } catch (error) {
    addDetail(context, codesOf(asFailure(error)));
    return signedOut;
  }
}

/**
 * https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 *
 * Without a hint, providers may ask the user to confirm. Sends no `state`, because nothing would read it.
 */
function endSessionUrl(
  { settings }: RelyingParty,
  endpoint: string,
  returnTo: string,
  hint: Record<string, string>,
): string {
  const parameters = { client_id: settings.clientId, post_logout_redirect_uri: returnTo, ...hint };
  return withParameters(endpoint, parameters);
}

/** For a provider with its own form of sign-out. */
function logoutUrl(
  { server, settings }: RelyingParty,
  { path, returnTo }: NonNullable<Profile["logout"]>,
  target: string,
): string {
  const endpoint = new URL(path, server.authorization_endpoint!).href;
  return withParameters(endpoint, { client_id: settings.clientId, [returnTo]: target });
}

function withParameters(endpoint: string, parameters: Record<string, string>): string {
  const target = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return target.href;
}

/**
 * Uses the refresh token once more. No cookie has room for an ID token, so the hint comes from a fresh one. Best effort:
 * without it, the user may have to confirm the sign-out.
 */
async function lastTokens(
  context: RequestContext,
  party: RelyingParty,
  refreshToken: RefreshToken,
): Promise<Tokens | undefined> {
  try {
    return await redeemRefreshToken(context, withLimit(party), refreshToken);
  } catch (error) {
    addDetail(context, `hint ${codesOf(asFailure(error))}`);
    return undefined;
  }
}

function hintIn(tokens: Tokens | undefined, { signOutHint }: Profile): Record<string, string> {
  if (!signOutHint) return {};
  const { parameter, claim } = signOutHint;
  const hint = claim === undefined ? tokens?.idTokenText : tokens?.idToken?.[claim];
  return typeof hint === "string" && hint.length <= MAX_HINT ? { [parameter]: hint } : {};
}

/** RFC 7009. Best effort: the cookie with the token is cleared anyway. */
async function revoke(context: RequestContext, party: RelyingParty, refreshToken: RefreshToken): Promise<void> {
  const { server, client, requestOptions } = withLimit(party);
  const token = typeof refreshToken === "string" ? refreshToken : refreshToken.token;
  const options = { ...requestOptions, additionalParameters: { token_type_hint: "refresh_token" } };
  try {
    const proof = await prepareProof(context, party.id, party.settings, "revocation_endpoint");
    await authenticatedRequest(proof, async (authenticate) => {
      const response = await oauth.revocationRequest(server, client, authenticate, token, options);
      await oauth.processRevocationResponse(response);
    });
  } catch (error) {
    addDetail(context, `revocation ${codesOf(asFailure(error))}`);
  }
}

function hasTimeFor({ timeLeft }: RequestContext, calls: number): boolean {
  return timeLeft() >= calls * CALL_LIMIT + TIME_TO_ANSWER;
}

function withLimit(party: RelyingParty): RelyingParty {
  const { signal } = party.requestOptions;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT)]);
  return { ...party, requestOptions: { ...party.requestOptions, signal: limit } };
}

/**
 * Keeps an image in a user's comment, or a browser that prefetches links, from signing the user out. The site's scripts
 * use POST.
 */
function isIntended({ method, headers }: Request): boolean {
  return method === "POST" || (isNavigation(headers) && !headers.has("sec-purpose"));
}
