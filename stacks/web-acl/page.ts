/**
 * The pages for requests that the web ACL blocks. They are the same for every request: nothing can be inserted
 * (https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html).
 */
import { createHash } from "node:crypto";
import { Html, markup } from "../../pages/html";
import { renderPage, textsOf } from "../../pages/page";
import { LANGUAGES, type TextKey } from "../../pages/texts/texts";
import type { Theme } from "../../pages/theme";

/** Bytes (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html). */
export const MAX_PAGE = 4_096;

const MARK = "data-blocked";
const PAGES = { blocked: ["blockedTitle", "blockedText"], limited: ["limitedTitle", "limitedText"] } as const;

/**
 * Shows the text in the first of the visitor's languages that the page has. Without a script, it is in the site's first
 * language.
 *
 * @param others `{ de: [title, text, "Anfrage-ID ", "Hilfe anfordern"] }`
 */
const translation = (others: object) =>
  `let o=${JSON.stringify(others).replace(/</g, "\\u003c")},q=s=>document.querySelector(s),d=document.documentElement,l=navigator.languages.map(l=>l.slice(0,2)).find(l=>o[l]||l==d.lang);if(o[l]){d.lang=l;document.title=o[l][0]+document.title.slice(q("h1").textContent.length);[q("h1").textContent,q("p").textContent,q("footer").firstChild.data,(q("footer a")||{}).textContent]=o[l]}`;

/**
 * CloudFront's request ID is in a header, and a page cannot read its own headers. So the page requests its own address
 * again, which the same rule blocks, and shows the ID of that request. If this time it is not blocked, as after a form,
 * it shows the time. A mail to support begins with what is shown.
 */
const IDENTIFICATION = `(async e=>{let i,a=q("footer a");try{const r=await fetch(location.href,{cache:"no-store",redirect:"manual"});if((await r.text()).includes("${MARK}"))i=r.headers.get("x-amz-cf-id")}catch{}e.textContent=i=i||"unknown, at "+new Date().toISOString().slice(0,19)+"Z";if(a&&a.protocol=="mailto:")a.href+="?body="+encodeURIComponent(e.parentNode.firstChild.data+i)})(q("[${MARK}]"))`;

/** HTML by key, at most {@link MAX_PAGE} bytes each, which has no space for images: as many languages as fit, in the site's order. */
export function blockedPages({ logo, favicon, ...theme }: Theme): Record<keyof typeof PAGES, string> {
  const page = (key: keyof typeof PAGES) => {
    const languages = theme.languages ?? LANGUAGES;
    const sizes = languages.map((_, i) => render(theme, languages.slice(0, languages.length - i), PAGES[key]));
    return sizes.find((text) => Buffer.byteLength(text) <= MAX_PAGE) ?? sizes.at(-1)!;
  };
  return { blocked: page("blocked"), limited: page("limited") };
}

function render(
  theme: Theme,
  [language, ...others]: readonly (typeof LANGUAGES)[number][],
  keys: readonly [TextKey, TextKey],
): string {
  const appearance = { theme, language: language! };
  const translated = others.map((other) => {
    const say = textsOf({ theme, language: other });
    return [other, [...keys.map((key) => say(key)), `${say("requestId")} `, say("getHelp")]];
  });
  const script = `${translation(Object.fromEntries(translated))};${IDENTIFICATION}`;
  // The page contains its own content security policy: WAF sends `text/html`, and limits a web ACL's headers.
  const policy = `default-src 'none';style-src 'unsafe-inline';connect-src 'self';script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const text = renderPage(appearance, {
    title: keys[0],
    content: [textsOf(appearance)(keys[1])],
    requestId: new Html(`<span ${MARK}>unknown</span>`),
    head: markup`<meta http-equiv=content-security-policy content="${policy}">`,
  });
  return `${text}<script>${script}</script>`;
}
