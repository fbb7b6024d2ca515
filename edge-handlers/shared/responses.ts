/** The forms of the gateway's answers: pages for people, problem details (RFC 9457) for programs, redirects, JSON. */
import { PAGE_SECURITY_POLICY, renderPage, type Page } from "../../session/page";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";
import type { Theme } from "../../session/settings";

/** No answer of a handler may be kept by a cache, or tell another site where it was given. */
const COMMON_HEADERS = { ...ownSecurityHeaders(), "referrer-policy": "no-referrer" };

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

/** Problem details (https://www.rfc-editor.org/rfc/rfc9457#section-3). */
export function problem(details: Problem): Response {
  return new Response(JSON.stringify(details), {
    status: details.status,
    headers: { ...COMMON_HEADERS, "content-type": "application/problem+json" },
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

const HTML_ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!);
}
