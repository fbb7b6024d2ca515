/** Answers that only the auth handler gives. */
import { SESSION_COOKIE } from "../../session/cookies";
import type { Theme } from "../../session/settings";
import { escapeHtml, page, problem } from "../shared/responses";
import { loginPath, type RequestContext } from "./request-context";
import { FAILURES, type Failure, type FailureKind } from "./failures";

/**
 * A page that continues to a path of this host by itself, as a same-origin request. A site that opened the window loses
 * its reference to it (https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies), and so
 * cannot abort that request.
 */
export function interstitial(theme: Theme, path: string, requestId: string): Response {
  const href = escapeHtml(path);
  const response = page(200, theme, {
    title: "One moment",
    text: "You will be redirected in a moment.",
    action: { href, label: "Continue" },
    requestId,
  });
  response.headers.set("refresh", `0;url=${path}`);
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return response;
}

/** Nothing in the page's own style is for forms, because the gate has no space for it. */
const FIELD = "box-sizing:border-box;width:100%;padding:.6em;font:inherit";
const BUTTON = "border:0;font:inherit;cursor:pointer";
const CHOICE = "display:block;margin:.5em 0;border:1px solid;background:none;color:inherit";

/**
 * Asks which identity provider to sign in with.
 *
 * @param options `isUnknown`: the e-mail address that the user gave is of none. `isAnother`: the user wants to use
 *   another account
 */
export function chooser(
  { settings, requestId, note }: RequestContext,
  ids: readonly string[],
  returnPath: string,
  { isUnknown = false, isAnother = false } = {},
): Response {
  note.outcome = "choice_offered";
  const byEmail = ids.some((id) => settings.identityProviders[id]!.emailDomains);
  const form = `<form method=post action="${settings.basePath}/login"><input type=hidden name=return_to value="${escapeHtml(returnPath)}"><p><label>E-mail address<br><input type=email name=email maxlength=254 autocomplete=username required style="${FIELD}"></label><p><button class=b style="${BUTTON}">Continue</button></form>`;
  const links = ids.map((id) => {
    const path = loginPath(settings, returnPath, id) + (isAnother ? "&another" : "");
    const [href, label] = [path, settings.identityProviders[id]!.label].map(escapeHtml);
    return `<li><a class=b style="${CHOICE}" href="${href}">${label}</a>`;
  });
  const list = `<ul style="list-style:none;padding:0">${links.join("")}</ul>`;
  const question = isUnknown
    ? "<strong role=alert>No sign-in service is known for this e-mail address.</strong>"
    : "How do you want to sign in?";
  return page(200, settings.theme, {
    title: "Sign in",
    text: byEmail ? `${question}${form}<p>Or choose:${list}` : `${question}${list}`,
    requestId,
  });
}

export interface FailureAnswer {
  /** True if a person waits for the answer; programs get problem details. */
  navigation: boolean;
  theme?: Theme | undefined;
  requestId: string;
  /** The link of the page's action; without it the page has no action. */
  startAgain?: string | undefined;
}

export function failureAnswer(
  { code }: Failure,
  { navigation, theme, requestId, startAgain }: FailureAnswer,
): Response {
  const kind: FailureKind = FAILURES[code];
  const href = kind.href === "another" ? startAgain && `${startAgain}&another` : (kind.href ?? startAgain);
  const action = kind.action && href ? { action: { href: escapeHtml(href), label: kind.action } } : {};
  const response = navigation
    ? page(kind.status, theme, { title: kind.title, text: kind.text, requestId, ...action })
    : problem({
        status: kind.status,
        title: kind.title,
        detail: kind.text,
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
