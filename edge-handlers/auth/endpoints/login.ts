/**
 * `login?return_to=<path>[&idp=<id>|&choose][&another][&max_age=<seconds>][&acr_values=<values>]`: renews the session without visibly involving the identity provider, or
 * starts a sign-in. With several providers, people choose, and the browser remembers what worked. With `another`, the
 * provider lets people use another account. With `max_age` or `acr_values`, an existing session is not enough
 * (step-up.ts).
 *
 * `POST login?return_to=<path>`: renews the session for a form (renew-for-form.ts).
 *
 * `POST login` (`return_to`, `email`, `max_age`, `acr_values`): starts a sign-in with the provider of an e-mail address.
 */
import { textsOf } from "../../../pages/page";
import { page, redirect } from "../../shared/responses";
import { isFromElsewhere } from "../../shared/fetch-metadata";
import { chooser, interstitial } from "../answers";
import { clearedRefreshCookie } from "../cookies/refresh";
import { rememberedProvider } from "../cookies/provider";
import { clearedSessionCookie, readSession, sessionEnd } from "../cookies/session";
import { isLoop, signInsCookie } from "../cookies/sign-ins";
import { addressOf, identityProviderOf, loginPath, startAgainPath, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { renewSession, sessionToRenew } from "../session/renew";
import { providerOfEmail, providersAt } from "../sign-in/choose-provider";
import { readReturnPath } from "../sign-in/return-path";
import { startSignIn } from "../sign-in/start-sign-in";
import { renewForForm } from "./renew-for-form";
import { readStepUp, stepUpQuery } from "../sign-in/step-up";

export async function login(context: RequestContext): Promise<Response> {
  const { url, settings, note, setCookies } = context;
  if (context.request.method === "POST")
    return url.searchParams.has("return_to") ? renewForForm(context) : loginByEmail(context);
  const returnPath = readReturnPath(url.searchParams.getAll("return_to"), settings.basePath);
  context.startAgain = startAgainPath(settings, returnPath);
  const [chosen, ...others] = url.searchParams.getAll("idp");
  if (others.length > 0 || (chosen !== undefined && !identityProviderOf(settings, chosen)))
    throw new Failure("unknown_identity_provider");

  const stepUp = readStepUp(url.searchParams, settings);
  context.startAgain += stepUpQuery(stepUp);
  const again = loginPath(settings, returnPath, chosen) + stepUpQuery(stepUp);
  if (chosen !== undefined && isFromElsewhere(context.request) && (await hasOtherSession(context, chosen)))
    return confirmSwitch(context, chosen, again);
  const isAnother = url.searchParams.has("another") && !isFromElsewhere(context.request);
  // A renewal would keep the old authentication.
  const signed = isAnother || stepUp ? undefined : await sessionToRenew(context, chosen);
  if (signed && isFromElsewhere(context.request)) return passOn(context, again);
  const renewal = signed && (await renewSession(context, signed, isLoop(context, "r")));
  if (renewal?.outcome === "under_way") {
    // The browser waits and tries again.
    note.outcome = "renewal_under_way";
    return redirect(again);
  }
  if (renewal && "expiresAt" in renewal) {
    if (renewal.outcome !== "reissued") setCookies.push(signInsCookie(context, "r"));
    note.outcome = renewal.outcome;
    return redirect(returnPath);
  }

  const ids = providersAt(settings, url.host, returnPath);
  const idp =
    chosen ??
    (ids.length === 1 ? ids[0] : ((stepUp && (await ownProvider(context, ids))) ?? rememberedProvider(context, ids)));
  // Keep the cookies of an ended session: the next request has to find out why it ended.
  if (idp === undefined) return chooser(context, ids, returnPath, { isAnother, stepUp });
  if (renewal?.outcome === "over") setCookies.push(clearedSessionCookie(), clearedRefreshCookie(context));
  return startSignIn(context, idp, returnPath, {
    reauthentication: renewal?.outcome === "over" ? renewal.known : undefined,
    stepUp,
    isAnother,
  });
}

/** Home realm discovery: the domain of an e-mail address determines the provider. */
async function loginByEmail(context: RequestContext): Promise<Response> {
  const { request, url, settings } = context;
  if (isFromElsewhere(request)) throw new Failure("cross_origin");
  const form = new URLSearchParams(await request.text());
  const returnPath = readReturnPath(form.getAll("return_to"), settings.basePath);
  context.startAgain = startAgainPath(settings, returnPath);
  const stepUp = readStepUp(form, settings);
  context.startAgain += stepUpQuery(stepUp);
  const email = (form.get("email") ?? "").trim();
  const ids = providersAt(settings, url.host, returnPath);
  const idp = providerOfEmail(settings, ids, email);
  if (idp === undefined) return chooser(context, ids, returnPath, { isUnknown: true, stepUp });
  const response = await startSignIn(context, idp, returnPath, { loginHint: email, stepUp });
  // Browsers apply `form-action` to a redirect that answers a form, so the page goes on by itself.
  return interstitial(context, response.headers.get("location")!);
}

/** True if the browser has a session of another provider that may be renewed. */
async function hasOtherSession(context: RequestContext, idp: string): Promise<boolean> {
  const session = (await readSession(context))?.session;
  return session !== undefined && session.idp !== idp && context.now < sessionEnd(context, session);
}

/** The provider of the browser's session, if it is offered here and the user did not ask to choose. */
async function ownProvider(context: RequestContext, ids: readonly string[]): Promise<string | undefined> {
  if (context.url.searchParams.has("choose")) return undefined;
  const idp = (await readSession(context))?.session.idp;
  return idp !== undefined && ids.includes(idp) ? idp : undefined;
}

/** A link on another site must not replace the user's session with one of another provider. */
function confirmSwitch(context: RequestContext, idp: string, path: string): Response {
  const { settings, appearance, requestId, note } = context;
  note.outcome = "switch_asked";
  return page(200, appearance, {
    title: "switchTitle",
    content: [textsOf(appearance)("switchText", { provider: settings.identityProviders[idp]!.label })],
    actions: [{ href: path, label: "switchAccount" }],
    requestId,
    address: addressOf(context),
  });
}

/**
 * Continues through an interstitial. A renewal uses up the refresh cookie. Another site could start one and abort it
 * before the answer arrives. The browser would keep the used cookie, its next use would look like theft, and the user
 * would be signed out.
 */
function passOn(context: RequestContext, path: string): Response {
  context.note.outcome = "passed_on";
  return interstitial(context, path);
}
