/** The forms of the gateway's answers: pages for people, problem details (RFC 9457) for programs, redirects, JSON. */
import { SESSION_COOKIE } from "../../session/cookies";
import { PAGE_SECURITY_POLICY, renderPage, type Page } from "../../session/page";
import type { Theme } from "../../session/settings";
import type { Failure } from "./failures";

/** No answer of this handler may be kept by a cache, or tell another site where it was given. */
const COMMON_HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

/**
 * What the gate has no bytes for. A link, not a form, leads on from every page: Chrome holds redirects after a form to
 * `form-action`.
 */
const SECURITY_POLICY = `${PAGE_SECURITY_POLICY};form-action 'self';base-uri 'none'`;

/** While the settings cannot be read. */
const PLAIN_THEME: Theme = { productName: "Sign-in", accentColor: "#2456c7" };

/** @param location an absolute path of this host, or a URL made of an endpoint that discovery gave */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { ...COMMON_HEADERS, location } });
}

export function json(content: object, status = 200): Response {
  return new Response(JSON.stringify(content), {
    status,
    headers: { ...COMMON_HEADERS, "content-type": "application/json" },
  });
}

/** To a server that waits for nothing but the status. */
export function empty(status: number): Response {
  return new Response(null, { status, headers: COMMON_HEADERS });
}

/**
 * A text in a frame that nobody sees.
 *
 * @param text fixed text
 * @param ancestor the one origin whose pages may frame it
 */
export function framed(text: string, ancestor: string): Response {
  return new Response(`<!doctype html><html lang=en><title>${text}</title><p>${text}`, {
    headers: {
      ...COMMON_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none';frame-ancestors ${ancestor}`,
    },
  });
}

/** @param page fixed text, or text that {@link escapeHtml} made harmless */
export function page(status: number, theme: Theme | undefined, content: Page): Response {
  return new Response(renderPage(theme ?? PLAIN_THEME, content), {
    status,
    headers: {
      ...COMMON_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": SECURITY_POLICY,
    },
  });
}

/**
 * A page that goes on by itself to a path of this host, and the request there is this site's own. Whoever opened its
 * window loses hold of it (https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies), and
 * cannot break that request off.
 */
export function interstitial(theme: Theme, path: string, reference: string): Response {
  const href = escapeHtml(path);
  const response = page(200, theme, {
    title: "One moment",
    text: "You are on your way.",
    action: { href, label: "Continue" },
    reference,
  });
  response.headers.set("refresh", `0;url=${path}`);
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return response;
}

export interface FailureAnswer {
  /** Whether a person waits for the answer; programs get problem details. */
  navigation: boolean;
  theme?: Theme | undefined;
  reference: string;
  /** Where the failure's way on leads; it is left out while that is not known. */
  startAgain?: string | undefined;
}

export function failureAnswer(
  { kind, code }: Failure,
  { navigation, theme, reference, startAgain }: FailureAnswer,
): Response {
  const href = kind.href ?? startAgain;
  const action = kind.action && href ? { action: { href: escapeHtml(href), label: kind.action } } : {};
  const response = navigation
    ? page(kind.status, theme, { title: kind.title, text: kind.text, reference, ...action })
    : new Response(JSON.stringify({ title: kind.title, status: kind.status, detail: kind.text, code, reference }), {
        status: kind.status,
        headers: { ...COMMON_HEADERS, "content-type": "application/problem+json" },
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

/**
 * Whether a person waits for the answer. By what the browser says of the request
 * (https://w3c.github.io/webappsec-fetch-metadata/); by the Accept header where it says nothing.
 */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  const destination = headers.get("sec-fetch-dest");
  if (mode !== null || destination !== null) return mode === "navigate" && destination === "document";
  return headers.get("accept")?.includes("text/html") ?? false;
}

/**
 * Whether another site made the browser come, by a link or a form. What people type is `none`
 * (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
 */
export function isFromElsewhere({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && origin !== new URL(url).origin;
}

const HTML_ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!);
}
