/** Answers that only the auth handler gives. */
import { markup } from "../../pages/html";
import { textsOf } from "../../pages/page";
import { FORM_STYLE } from "../../pages/style";
import { TEXTS } from "../../pages/texts/texts";
import type { Appearance } from "../../pages/theme";
import { SESSION_COOKIE } from "../../session/cookies";
import { page, problem } from "../shared/responses";
import { addressOf, loginPath, type RequestContext } from "./request-context";
import { stepUpQuery, type StepUp } from "./sign-in/step-up";
import { FAILURES, type Failure, type FailureKind } from "./failures";

/**
 * A page that continues to a path of this host by itself, as a same-origin request. A site that opened the window loses
 * its reference to it (https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies), and so
 * cannot abort that request.
 */
export function interstitial({ appearance, requestId }: RequestContext, path: string): Response {
  const response = page(200, appearance, {
    title: "redirectTitle",
    content: [textsOf(appearance)("redirectText")],
    actions: [{ href: path, label: "continue" }],
    requestId,
  });
  response.headers.set("refresh", `0;url=${path}`);
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return response;
}

/**
 * Asks which identity provider to sign in with.
 *
 * @param options `isUnknown`: no provider accepts the user's e-mail address. `isAnother`: the user wants to use
 *   another account. `stepUp`: what the sign-in has to fulfill
 */
export function chooser(
  context: RequestContext,
  ids: readonly string[],
  returnPath: string,
  {
    isUnknown = false,
    isAnother = false,
    stepUp,
  }: { isUnknown?: boolean; isAnother?: boolean; stepUp?: StepUp | undefined } = {},
): Response {
  const { settings, appearance, requestId, note } = context;
  note.outcome = "choice_offered";
  const say = textsOf(appearance);
  const byEmail = ids.some((id) => settings.identityProviders[id]!.emailDomains);
  const question = isUnknown
    ? markup`<p><strong role=alert>${say("unknownEmail")}</strong></p>`
    : markup`<p>${say("chooseProvider")}</p>`;
  const hidden = [...new URLSearchParams(stepUpQuery(stepUp))].map(
    ([name, value]) => markup`<input type=hidden name="${name}" value="${value}">`,
  );
  const form = [
    markup`<form method=post action="${settings.basePath}/login">`,
    markup`<input type=hidden name=return_to value="${returnPath}">${hidden}<label>${say("emailAddress")}`,
    markup`<input type=email name=email maxlength=254 autocomplete=username required></label>`,
    markup`<button class=b>${say("continue")}</button></form><p>${say("orChoose")}</p>`,
  ];
  const links = ids.map((id) => {
    const path = loginPath(settings, returnPath, id) + (isAnother ? "&another" : "") + stepUpQuery(stepUp);
    return markup`<li><a class="b o" href="${path}">${settings.identityProviders[id]!.label}</a>`;
  });
  return page(200, appearance, {
    title: "signInTitle",
    content: [question, ...(byEmail ? form : []), markup`<ul>${links}</ul>`],
    requestId,
    address: addressOf(context),
    style: FORM_STYLE,
  });
}

export interface FailureAnswer {
  /** True if a person waits for the answer; programs get problem details. */
  navigation: boolean;
  /** True if a page of the gate shows the answer. */
  isFrame?: boolean;
  appearance: Appearance;
  requestId: string;
  /** What the request was for; see `Page`. */
  address?: string | undefined;
  /** The link of the page's action; without it the page has no action. */
  startAgain?: string | undefined;
}

export function failureAnswer(
  { code }: Failure,
  { navigation, isFrame = false, appearance, requestId, address, startAgain }: FailureAnswer,
): Response {
  const kind: FailureKind = FAILURES[code];
  const href = kind.href === "another" ? startAgain && `${startAgain}&another` : (kind.href ?? startAgain);
  const response = navigation
    ? page(kind.status, appearance, {
        title: kind.title,
        content: [kind.text.map((key) => textsOf(appearance)(key)).join(" ")],
        actions: kind.action && href ? [{ href, label: kind.action }] : [],
        requestId,
        ...(address !== undefined && { address }),
        isFrame,
      })
    : problem({
        status: kind.status,
        title: TEXTS.en[kind.title],
        detail: kind.text.map((key) => TEXTS.en[key]).join(" "),
        ...(kind.status === 401 && { login: startAgain }),
        requestId,
      });
  if (kind.retryAfter) response.headers.set("retry-after", String(kind.retryAfter));
  // https://datatracker.ietf.org/doc/html/draft-broyer-http-cookie-auth
  if (kind.status === 401) {
    response.headers.set(
      "www-authenticate",
      `Cookie realm="gate",form-action="${startAgain}",cookie-name="${SESSION_COOKIE}"`,
    );
  }
  return response;
}
