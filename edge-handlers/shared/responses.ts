/** Builds the handlers' responses: pages for people, problem details (RFC 9457) for programs, redirects, JSON. */
import { PAGE_SECURITY_POLICY, renderPage, type Page } from "../../session/page";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";
import type { Theme } from "../../session/settings";

/** No answer about somebody may be stored by a cache, or reveal its address to another site. */
const COMMON_HEADERS = { ...ownSecurityHeaders(), "referrer-policy": "no-referrer" };

/**
 * Adds directives for which the gate has no space. Pages use links instead of forms, because Chrome applies
 * `form-action` to redirects after a form, too.
 */
const SECURITY_POLICY = `${PAGE_SECURITY_POLICY};form-action 'self';base-uri 'none'`;

/** Used if the settings cannot be read. */
const PLAIN_THEME: Theme = { productName: "Sign-in", accentColor: "#2456c7" };

/** @param location an absolute path of this host, or a URL built from an endpoint in the provider's metadata */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { ...COMMON_HEADERS, location } });
}

export function json(content: object, status = 200): Response {
  return new Response(JSON.stringify(content), {
    status,
    headers: { ...COMMON_HEADERS, "content-type": "application/json" },
  });
}

/** JSON that is the same for everybody. @param maxAge seconds for which anybody may keep it */
export function publicJson(content: object, type: string, maxAge: number): Response {
  return new Response(JSON.stringify(content), {
    headers: { ...COMMON_HEADERS, "content-type": type, "cache-control": `public, max-age=${maxAge}` },
  });
}

/** For a server that needs only the status. */
export function empty(status: number): Response {
  return new Response(null, { status, headers: COMMON_HEADERS });
}

/**
 * A page for a hidden frame.
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

/** @param page fixed text, or text escaped by {@link escapeHtml} */
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
