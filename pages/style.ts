import { accentOn, PAPER, textOn } from "./contrast";
import type { Theme } from "./theme";

/**
 * The style of every page. Small, because the web ACL's pages have 4 KB. Nothing moves. Colors are variables instead of
 * `light-dark()`, which browsers of 2023 lack.
 */
export function style({ accentColor }: Theme): string {
  const [light, dark] = [PAPER.light, PAPER.dark].map((paper) => {
    const accent = accentOn(paper, accentColor);
    return `--accent:${accent};--on:${textOn(accent)};--paper:${paper}`;
  });
  return (
    `:root{color-scheme:light dark;${light};--ink:#15181d;--soft:#565d69;--line:#d9dde3;--back:#f5f6f8}` +
    `@media(prefers-color-scheme:dark){:root{${dark};--ink:#eceff3;--soft:#a8b0bd;--line:#363d48;--back:#111419}}` +
    "*{box-sizing:border-box}" +
    "body{margin:0;padding:1rem;min-height:100vh;display:grid;grid-template-columns:minmax(0,28rem);place-content:center;font:1rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--back);overflow-wrap:anywhere}" +
    "main{padding:clamp(1.25rem,6vw,2rem);border:1px solid var(--line);border-radius:12px;background:var(--paper)}" +
    "h1{margin:1.25rem 0 .5rem;font-size:1.6rem;line-height:1.25;hyphens:auto}" +
    "p,ul,ol,form{margin:0 0 .75rem}ol{padding-left:1.25rem}" +
    "a{color:inherit}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}" +
    ".n{display:flex;gap:.55rem;align-items:center;font-weight:700}" +
    '.m::before{content:"";flex:none;width:1.1rem;height:1.1rem;border-radius:4px;background:var(--accent)}' +
    ".n img{flex:none;max-width:7rem;height:2rem;object-fit:contain}" +
    ".a{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:1.25rem}" +
    // In forced-colors mode, a border distinguishes a button from text.
    ".b{padding:.55rem 1.1rem;border:1px solid transparent;border-radius:8px;font:inherit;font-weight:600;text-decoration:none;cursor:pointer;color:var(--on);background:var(--accent)}" +
    ".o{color:inherit;background:0;border-color:var(--soft)}" +
    "footer{margin-top:1.5rem;padding-top:.75rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}" +
    "footer a{white-space:nowrap}"
  );
}

/** Style for pages with a form or a list of choices. */
export const FORM_STYLE =
  "input{display:block;width:100%;margin:.25rem 0 .75rem;padding:.55rem .75rem;font:inherit;color:inherit;background:var(--back);border:1px solid var(--soft);border-radius:8px}" +
  "ul{padding:0;list-style:none}li{margin:0 0 .5rem}li .b{display:block}";

/** Style for pages that show the user's name. */
export const ACCOUNT_STYLE =
  ".w{display:flex;gap:.75rem;align-items:center;margin:1rem 0;padding:.75rem;border-radius:8px;background:var(--back)}" +
  ".w span{min-width:0}.w strong,.w small{display:block}.w small{color:var(--soft)}" +
  ".w .f{flex:none;display:grid;place-items:center;width:2.5rem;height:2.5rem;border-radius:50%;font-weight:700;color:var(--on);background:var(--accent)}";
