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

/** What the gate has no bytes for. A link, not a form, leads on from every page: Chrome holds redirects after a form to `form-action`. */
const SECURITY_POLICY = `${PAGE_SECURITY_POLICY};form-action 'self';base-uri 'none'`;

/** While the settings cannot be read. */
const PLAIN_THEME: Theme = { productName: "Sign-in", accentColor: "#2456c7" };

/** @param location an absolute path of this host, or a URL made of an endpoint that discovery gave */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { ...COMMON_HEADERS, location } });
}

export function json(content: object): Response {
  return new Response(JSON.stringify(content), { headers: { ...COMMON_HEADERS, "content-type": "application/json" } });
}

/** @param page fixed text, or text that {@link escapeHtml} made harmless */
export function page(status: number, theme: Theme | undefined, content: Page): Response {
  return new Response(renderPage(theme ?? PLAIN_THEME, content), {
    status,
    headers: { ...COMMON_HEADERS, "content-type": "text/html; charset=utf-8", "content-security-policy": SECURITY_POLICY },
  });
}

export interface FailureAnswer {
  /** Whether a person waits for the answer; programs get problem details. */
  navigation: boolean;
  theme?: Theme | undefined;
  reference: string;
  /** Where the failure's way on leads; it is left out while that is not known. */
  startAgain?: string | undefined;
}

export function failureAnswer({ kind, code }: Failure, { navigation, theme, reference, startAgain }: FailureAnswer): Response {
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
    response.headers.set("www-authenticate", `Cookie realm="gate",form-action="${startAgain}",cookie-name="${SESSION_COOKIE}"`);
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

const HTML_ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!);
}
