/**
 * The layout of every page that the gateway serves. It is small because the gate carries it within the 10 KB of a
 * CloudFront Function. System colors and fonts follow the viewer's light or dark mode without a script. Nothing is
 * escaped here: pass only fixed or escaped text, and nothing from a request or an IdP.
 */
import type { Theme } from "./settings";

export interface Page {
  title: string;
  /** HTML of the paragraph below the title. */
  text: string;
  /** The main action, as a link that looks like a button. */
  action?: { href: string; label: string } | false;
  /** Also in the log, so that support can find the request. Absent if a cache may show the page to others. */
  requestId?: string;
}

/** Sent with every page: nothing may be loaded, framed or executed. */
export const PAGE_SECURITY_POLICY = "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'";

export function renderPage(theme: Theme, page: Page): string {
  const support = theme.support;
  const help = support ? ` <a href="${support}">Get help</a>` : "";
  const action = page.action ? `<p><a class=b href="${page.action.href}">${page.action.label}</a>` : "";
  return `<!doctype html><html lang=en><meta name=viewport content="width=device-width"><title>${page.title} - ${theme.productName}</title><style>:root{color-scheme:light dark}body{min-height:95vh;display:grid;place-items:center;font:1rem/1.6 system-ui;background:#8881}main{max-width:26rem;padding:2rem;border-radius:8px;background:canvas;border-top:4px solid ${theme.accentColor};box-shadow:0 2px 24px #8884}h1{font-size:1.5rem}a{color:inherit}.b{display:inline-block;padding:.6em 1.2em;border-radius:6px;background:${theme.accentColor};color:#fff;text-decoration:none}small{overflow-wrap:anywhere}</style><main><small>${theme.productName}</small><h1>${page.title}</h1><p>${page.text}${action}<p><small>${page.requestId ? "Request ID " + page.requestId : ""}${help}</small></main>`;
}
