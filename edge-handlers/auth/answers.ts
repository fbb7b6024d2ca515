/** Answers that only the auth handler gives. */
import { SESSION_COOKIE } from "../../session/cookies";
import type { Theme } from "../../session/settings";
import { escapeHtml, page, problem } from "../shared/responses";
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
  const href = kind.href ?? startAgain;
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
