/** Builds the handlers' responses: pages for people, problem details (RFC 9457) for programs, redirects, JSON. */
import { renderPage, type Page } from "../../pages/page";
import type { Appearance } from "../../pages/theme";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";

/** A cache must not store an answer about a user, and the answer must not reveal its address to another site. */
const COMMON_HEADERS = { ...ownSecurityHeaders(), "referrer-policy": "no-referrer" };

/**
 * Nothing may be loaded or executed; a logo is part of the page. Pages use links instead of forms, because Chrome applies `form-action` to redirects
 * after a form, too.
 *
 * @param ancestors who may frame the page
 */
function securityPolicy(ancestors: "'none'" | "'self'"): string {
  return `default-src 'none';style-src 'unsafe-inline';img-src data:;frame-ancestors ${ancestors};form-action 'self';base-uri 'none'`;
}

/**
 * @param location an absolute path of this host, or a URL built from an endpoint in the provider's metadata
 * @param status 307 keeps method and body
 */
export function redirect(location: string, status: 302 | 307 = 302): Response {
  return new Response(null, { status, headers: { ...COMMON_HEADERS, location } });
}

export function json(content: object, status = 200): Response {
  return new Response(JSON.stringify(content), {
    status,
    headers: { ...COMMON_HEADERS, "content-type": "application/json" },
  });
}

/** JSON that is the same for everyone. @param maxAge seconds for which caches may keep it */
export function publicJson(content: object, type: string, maxAge: number): Response {
  return publicText(JSON.stringify(content), type, maxAge);
}

/** Text that is the same for everyone. @param maxAge seconds for which caches may keep it */
export function publicText(content: string, type: string, maxAge: number): Response {
  return new Response(content, {
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

/** A page for people. Only a page of the gate may frame it, and only if `isFrame` is set. */
export function page(status: number, appearance: Appearance, content: Page): Response {
  return new Response(renderPage(appearance, content), {
    status,
    headers: {
      ...COMMON_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-language": appearance.language,
      "content-security-policy": securityPolicy(content.isFrame ? "'self'" : "'none'"),
    },
  });
}
