/**
 * The pages for requests that the web ACL blocks. They are the same for every request: nothing can be inserted
 * (https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html).
 */
import { createHash } from "node:crypto";
import { renderPage } from "../../session/page";
import type { Theme } from "../../session/settings";

/** Bytes (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html). */
export const MAX_PAGE = 4_096;

const MARK = "data-blocked";
/**
 * CloudFront's request ID is in a header, which a page cannot read of itself. So it asks for its own address again, which
 * is blocked by the same rule, and shows the ID of that request. If this time it is not blocked, as after a form, it shows
 * the time.
 */
const SCRIPT = `(async e=>{let i;try{const r=await fetch(location.href,{cache:"no-store",redirect:"manual"});if((await r.text()).includes("${MARK}"))i=r.headers.get("x-amz-cf-id")}catch{}e.textContent=i||"unknown, at "+new Date().toISOString().slice(0,19)+"Z"})(document.querySelector("[${MARK}]"))`;

/** A page has to bring policy and character set along: WAF sends `text/html`, and limits a web ACL's headers. */
const POLICY = `default-src 'none';style-src 'unsafe-inline';connect-src 'self';script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;

const TEXTS = {
  blocked: {
    title: "Request blocked",
    text: "The site&#39;s firewall took this request for an attack. If you did nothing unusual, send the request ID to whoever runs the site.",
  },
  limited: {
    title: "Too many requests",
    text: "Your network sent more requests than the site accepts. Wait five minutes, then try again.",
  },
};

/** HTML by key, at most {@link MAX_PAGE} bytes each. */
export function blockedPages(theme: Theme): Record<keyof typeof TEXTS, string> {
  const page = (key: keyof typeof TEXTS) =>
    renderPage(theme, { ...TEXTS[key], requestId: `<span ${MARK}>unknown</span>` }).replace(
      "<html lang=en>",
      `<html lang=en><meta charset=utf-8><meta http-equiv=content-security-policy content="${POLICY}">`,
    ) + `<script>${SCRIPT}</script>`;
  return { blocked: page("blocked"), limited: page("limited") };
}
