/** The one page of the demo site. It loads nothing, and escapes everything that comes from the request. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EdgeRequest } from "./cloudfront-events";
import { escapeHtml } from "./html";
import type { DemoApi } from "./program";

export interface DemoSite {
  productName: string;
  /** `#rrggbb` */
  accentColor: string;
  basePath: string;
  links: { href: string; label: string }[];
  /** The program that the page demonstrates, and the API that it calls. */
  program?: DemoApi & { id: string; secret: string };
}

const script = readFileSync(join(__dirname, "demo-client.js"), "utf8");

/** @param origin the name of the origin, for people */
export function demoPage(site: DemoSite, request: EdgeRequest, origin: string): string {
  const path = request.path.replace(/index\.html$/, "").replace(/(?<=.)\/$/, "");
  const product = escapeHtml(site.productName);
  const title = escapeHtml(site.links.find((link) => link.href === path)?.label ?? path);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · ${product}</title><style>${style(site.accentColor)}</style></head><body data-base="${site.basePath}">
<div class="bar"><header><a class="name" href="/"><i></i>${product}</a>
<nav aria-label="Site">${site.links.map((link) => navigationLink(link, path)).join("")}</nav>
<a class="out" href="${site.basePath}/logout">Sign out</a></header></div>
<main><h1>${title}</h1><p class="lead">The gate let this request pass to ${escapeHtml(origin)}.</p><div class="cards">
<section><h2>Who you are</h2><div id="who" aria-live="polite">${toldIdentity(request)}</div></section>
<section><h2>The API</h2><p>Programs get a status, never a redirect to a sign-in page.</p>
<button id="call">Call /api/hello</button><output id="answer" for="call"></output></section>
${site.program ? programSection(site.program) : ""}<section class="wide"><h2>What the origin received</h2><dl>${received(request)}</dl></section></div></main>
<footer>A demo origin of the local edge. Behind CloudFront your own site answers here.</footer>
<template id="identity">${identity("", "", [])}</template><script>${script}</script></body></html>`;
}

/** The page has the secret only because it acts as the program. */
function programSection({ id, secret, path, resource, tokenEndpoint }: NonNullable<DemoSite["program"]>): string {
  const data = { id, secret, path, resource, endpoint: tokenEndpoint };
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`);
  return `<section class="wide"><h2>The API, called by a program</h2><p>This page plays <b>${escapeHtml(id)}</b>, which has no session. It
asks the identity provider for an access token, exchanges it for an edge token, and calls <b>${escapeHtml(path)}</b>.</p>
<button id="play"${attributes.join("")}>Call it as ${escapeHtml(id)}</button><output id="steps" for="play"></output></section>
`;
}

function navigationLink({ href, label }: DemoSite["links"][number], path: string): string {
  return `<a href="${escapeHtml(href)}"${href === path ? ' aria-current="page"' : ""}>${escapeHtml(label)}</a>`;
}

/** The user, from the gate's headers. */
function toldIdentity(request: EdgeRequest): string {
  const told = Object.fromEntries(request.headers);
  const name = told["x-gate-email"] ?? told["x-gate-user"];
  if (name === undefined) return "This origin does not get the user's identity.";
  return identity(name, "From the gate's headers", rolesIn(told["x-gate-roles"]));
}

/** The names in `x-gate-roles`; each is percent-encoded. */
export function rolesIn(header = ""): string[] {
  return header.split(",").filter(Boolean).map(decodeURIComponent);
}

function identity(name: string, source: string, roles: string[]): string {
  const list = (roles.length > 0 ? roles : ["no roles"]).map((role) => `<li>${escapeHtml(role)}</li>`).join("");
  return `<p class="who"><span class="face" aria-hidden="true">${escapeHtml(name.charAt(0).toUpperCase())}</span>
<span><b>${escapeHtml(name)}</b><small>${escapeHtml(source)}</small></span></p><ul class="roles" aria-label="Roles">${list}</ul>`;
}

/** The request line, then the headers, with the gate's own first. */
function received(request: EdgeRequest): string {
  const isIdentity = (name: string) => name.startsWith("x-gate-");
  const line = (kind: string, name: string, value: string) =>
    `<div${kind}><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`;
  const own = request.headers
    .filter(([name]) => isIdentity(name))
    .map(([name, value]) => line(' class="gate"', name, value));
  const others = request.headers.filter(([name]) => !isIdentity(name)).map(([name, value]) => line("", name, value));
  const target = request.path + (request.query === undefined ? "" : `?${request.query}`);
  return [line("", request.method, target), ...own, ...others].join("");
}

function style(accent: string): string {
  return `
:root{color-scheme:light dark;--accent:light-dark(${accent},color-mix(in oklab,${accent} 55%,#fff));--ink:light-dark(#15181d,#eceff3);
--soft:light-dark(#565d69,#a8b0bd);--line:light-dark(#e1e4e9,#2d333c);--paper:light-dark(#fff,#1b1f26);--back:light-dark(#f5f6f8,#111419)}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--back)}
a{color:inherit}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:4px}
header,main,footer{max-width:60rem;margin:0 auto;padding:1rem 1.25rem}
.bar{background:var(--paper);border-bottom:1px solid var(--line)}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center}
.name{font-weight:700;display:flex;gap:.55rem;align-items:center;text-decoration:none}
.name i{width:1.1rem;height:1.1rem;border-radius:4px;background:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:.1rem .25rem;flex:1}
nav a,.out{padding:.35rem .7rem;border-radius:6px;text-decoration:none;color:var(--soft)}
nav a:hover,.out:hover{background:var(--back)}
nav a[aria-current]{color:var(--ink);font-weight:600;background:var(--back)}
h1{margin:1.5rem 0 .25rem;font-size:clamp(1.6rem,5vw,2.25rem);line-height:1.2;overflow-wrap:anywhere}
h2{margin:0 0 .75rem;font-size:1.05rem}
p{margin:0 0 .75rem}
.lead{margin:0 0 1.75rem;color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem}
section{padding:1.25rem 1.5rem;border:1px solid var(--line);border-radius:12px;background:var(--paper);min-width:0}
.wide{grid-column:1/-1}
.who{display:flex;gap:1rem;align-items:center;margin:0}
.who b{display:block;overflow-wrap:anywhere}
.who small{color:var(--soft);font-size:.925rem}
.face{flex:none;display:grid;place-items:center;width:3rem;height:3rem;border-radius:50%;font-weight:700;font-size:1.2rem;
color:var(--accent);background:color-mix(in oklab,var(--accent) 14%,transparent)}
.roles{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0 0;padding:0;list-style:none}
.roles li{padding:.1rem .65rem;border-radius:99px;border:1px solid var(--line);font-size:.875rem}
button{padding:.55rem 1.1rem;font:inherit;font-weight:600;border:0;border-radius:8px;cursor:pointer;
color:light-dark(#fff,#111419);background:var(--accent)}
output{display:block;margin:.9rem 0 0;padding:.75rem 1rem;border-radius:8px;background:var(--back);
font:.85rem/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
output:empty{display:none}
dl{margin:0;font:.85rem/1.5 ui-monospace,monospace}
dl div{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:0 1rem;padding:.35rem 0;border-top:1px solid var(--line)}
dl div:first-child{border:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.gate dt{color:var(--accent);font-weight:600}
footer{color:var(--soft);font-size:.9rem;padding-bottom:2.5rem}
@media (max-width:38rem){dl div{grid-template-columns:1fr}.name{flex:1}nav{order:1;flex-basis:100%;margin:0 -.7rem}}`;
}
