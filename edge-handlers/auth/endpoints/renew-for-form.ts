/**
 * `POST login?return_to=<path>`: a form of this site whose session the gate did not accept. The gate redirects it here
 * with 307, which keeps method and body. If the session can be renewed, another 307 sends the form to its original
 * address. Otherwise the answer says how to send it again: reloading the answer sends the form to this endpoint once
 * more, with its body.
 *
 * The body is not read, so it may be of any size. The sender of the form is checked here again, because anyone can
 * address a form to this endpoint. Along a chain of redirects, browsers remember that another site began it
 * (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header), and then send no Lax cookie either
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2).
 */
import { SESSION_COOKIE } from "../../../session/cookies";
import { codesOf } from "../../shared/failure";
import { isSameOrigin } from "../../shared/fetch-metadata";
import { page, redirect } from "../../shared/responses";
import { isLoop, signInsCookie } from "../cookies/sign-ins";
import { asFailure, Failure } from "../failures";
import { addDetail, loginPath, type RequestContext } from "../request-context";
import { renewSession, sessionToRenew } from "../session/renew";
import { statusOf } from "../session/status";
import { readReturnPath } from "../sign-in/return-path";
import { unsentForm } from "../sign-in/unsent-form";

const VISIBLE_ASCII = /^[!-~]{1,8192}$/;

type Renewed = "no" | "under_way" | "yes";

export async function renewForForm(context: RequestContext): Promise<Response> {
  const { request, url, note } = context;
  if (!isSameOrigin(request)) throw new Failure("cross_origin");
  // A link would lose the form; reloading a failure's page sends it again.
  context.startAgain = "";
  const target = targetOf(context);
  if (target === undefined) throw new Failure("bad_request", "form_target");
  const renewed = await renew(context).catch((error: unknown): Renewed => {
    addDetail(context, codesOf(asFailure(error)));
    return "no";
  });
  if (renewed === "under_way") return redirect(url.pathname + url.search, 307);
  if (renewed === "yes") return redirect(target, 307);
  note.outcome = "form_unsent";
  return unsent(context, target);
}

/**
 * The original address of the form. Undefined for a path that a sign-in would not return to: a form must not end up
 * elsewhere. The query string is kept unchanged, because the form's own page chose it.
 */
function targetOf({ url, settings }: RequestContext): string | undefined {
  const [target = "", ...others] = url.searchParams.getAll("return_to");
  const path = target.split("?")[0]!;
  const isSound = VISIBLE_ASCII.test(target) && !target.includes("#") && others.length === 0;
  return isSound && readReturnPath([path], settings.basePath) === path ? target : undefined;
}

async function renew(context: RequestContext): Promise<Renewed> {
  const { note, now, ports, setCookies } = context;
  const signed = await sessionToRenew(context);
  if (!signed) return "no";
  const isLooping = isLoop(context, "r");
  const renewal = await renewSession(context, signed, isLooping);
  if (renewal.outcome === "under_way") {
    note.outcome = "renewal_under_way";
    return "under_way";
  }
  if ("expiresAt" in renewal) {
    if (renewal.outcome !== "reissued") setCookies.push(signInsCookie(context, "r"));
    note.outcome = renewal.outcome;
    return "yes";
  }
  // After a sign-in in another tab the page was reloaded, and the provider gives no refresh token.
  const { uid, sid, expiresAt } = signed.session;
  if (isLooping || !(now < expiresAt)) return "no";
  if (statusOf(await ports.ledger.status({ uid, sid }), context) !== "active") return "no";
  setCookies.push(signInsCookie(context, "r"));
  note.outcome = "form_passed_on";
  return "yes";
}

function unsent(context: RequestContext, target: string): Response {
  const { appearance, requestId, settings } = context;
  const response = page(401, appearance, { ...unsentForm(context), requestId });
  const login = loginPath(settings, target);
  response.headers.set(
    "www-authenticate",
    `Cookie realm="gate",form-action="${login}",cookie-name="${SESSION_COOKIE}"`,
  );
  return response;
}
