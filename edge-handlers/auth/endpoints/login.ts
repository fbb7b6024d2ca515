/**
 * `login?return_to=<path>[&idp=<id>]`: renews the session without visibly involving the identity provider, or starts a
 * sign-in.
 */
import { escapeHtml, page, redirect } from "../../shared/responses";
import { isFromElsewhere } from "../../shared/fetch-metadata";
import { interstitial } from "../answers";
import { clearedRefreshCookie } from "../cookies/refresh";
import { clearedSessionCookie, readSession, type SignedSession } from "../cookies/session";
import { isLoop, signInsCookie } from "../cookies/sign-ins";
import { identityProviderOf, loginPath, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { renewSession } from "../session/renew";
import { readReturnPath } from "../sign-in/return-path";
import { startSignIn } from "../sign-in/start-sign-in";

export async function login(context: RequestContext): Promise<Response> {
  const { url, settings, note, setCookies } = context;
  const returnPath = readReturnPath(url.searchParams.getAll("return_to"), settings.basePath);
  context.startAgain = loginPath(settings, returnPath);
  const [chosen, ...others] = url.searchParams.getAll("idp");
  if (others.length > 0 || (chosen !== undefined && !identityProviderOf(settings, chosen)))
    throw new Failure("unknown_identity_provider");

  const signed = await sessionToRenew(context, chosen);
  const again = loginPath(settings, returnPath, chosen);
  if (signed && isFromElsewhere(context.request)) return passOn(context, again);
  const renewal = signed && (await renewSession(context, signed, isLoop(context, "r")));
  if (renewal?.outcome === "under_way") {
    // The browser keeps waiting.
    note.outcome = "renewal_under_way";
    return redirect(again);
  }
  if (renewal && "expiresAt" in renewal) {
    if (renewal.outcome !== "reissued") setCookies.push(signInsCookie(context, "r"));
    note.outcome = renewal.outcome;
    return redirect(returnPath);
  }

  const ids = Object.keys(settings.identityProviders);
  const idp = chosen ?? (ids.length === 1 ? ids[0] : undefined);
  if (idp === undefined) {
    // Keep the cookies of an ended session: the next request has to find out why it ended.
    note.outcome = "choice_offered";
    return chooser(context, ids, returnPath);
  }
  if (renewal?.outcome === "over") setCookies.push(clearedSessionCookie(), clearedRefreshCookie(context));
  return startSignIn(context, idp, returnPath, renewal?.outcome === "over" ? renewal.known : undefined);
}

/**
 * If the token has not expired, the gate refused it for another reason. It is revoked or outdated, which the ledger
 * knows, or the record of its key is gone. Signing with the old key again would cause an endless loop, so the keys are
 * refreshed.
 */
async function sessionToRenew(context: RequestContext, chosen: string | undefined): Promise<SignedSession | undefined> {
  const signed = await readSession(context);
  if (!signed || (chosen !== undefined && chosen !== signed.session.idp)) return undefined;
  if (!(context.now < signed.session.expiresAt)) return signed;
  await context.ports.refreshKeys();
  return readSession(context);
}

/**
 * Continues through an interstitial. A renewal uses up the refresh cookie. Another site could start one and abort it
 * before the answer arrives. The browser would keep the used cookie, its next use would look like theft, and the user
 * would be signed out.
 */
function passOn({ settings, requestId, note }: RequestContext, path: string): Response {
  note.outcome = "passed_on";
  return interstitial(settings.theme, path, requestId);
}

function chooser({ settings, requestId }: RequestContext, ids: string[], returnPath: string): Response {
  const links = ids.map((id) => {
    const [href, label] = [loginPath(settings, returnPath, id), settings.identityProviders[id]!.label].map(escapeHtml);
    return `<p><a class=b href="${href}">${label}</a>`;
  });
  return page(200, settings.theme, {
    title: "Sign in",
    text: `How do you want to sign in?${links.join("")}`,
    requestId,
  });
}
