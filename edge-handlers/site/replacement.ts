/**
 * Replaces a bucket's errors: XML, and a 403 for every missing file.
 */
import { renderPage, textsOf } from "../../pages/page";
import { LANGUAGES, type TextKey } from "../../pages/texts/texts";
import type { SiteSettings } from "../../session/site";
import { safeCode } from "../shared/failure";
import type { Ports } from "./ports";

export interface Asked {
  method: string;
  /** Path of the file, not decoded. */
  path: string;
  /** Status of the bucket's answer, 400 or more. */
  status: number;
}

export interface Replacement {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Browsers revalidate each time. The edge's cache, which is behind the gate, keeps it for ten seconds.
 * `no-cache` or `private` would keep a 404 out of the cache altogether
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html).
 */
const CACHE_CONTROL = "max-age=0, s-maxage=10, must-revalidate";

/** Nothing may be loaded, framed or executed. */
const SECURITY_POLICY = "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'";

export async function replacementOf(asked: Asked, settings: SiteSettings, ports: Ports): Promise<Replacement> {
  const isRead = asked.method === "GET" || asked.method === "HEAD";
  const isMissing = isRead && (asked.status === 403 || asked.status === 404);
  if (!isMissing) return pageOfGateway(asked.status, settings);
  if (settings.folders !== undefined && (await isFolder(asked.path, settings.folders, ports)))
    return {
      status: 302,
      headers: { location: `${asked.path}/`, "cache-control": CACHE_CONTROL },
      body: Buffer.alloc(0),
    };
  return (
    (settings.notFound !== undefined && (await pageOfSite(settings.notFound, ports))) || pageOfGateway(404, settings)
  );
}

/** A name with an extension: a dot and a letter, so that `v1.2` is none. */
const FILE_NAME = /\.[a-z][^./]*$/i;

/** A link within a page is relative to its folder, so the address needs the slash. */
async function isFolder(path: string, index: string, { has, log }: Ports): Promise<boolean> {
  // The gate lets no other path pass. The check is repeated, because the path becomes a redirect's address.
  if (!/^\/(?![/\\])[!-[\]-~]*[^/]$/.test(path) || FILE_NAME.test(path)) return false;
  try {
    return await has(`${decodeURIComponent(path)}/${index}`);
  } catch (error) {
    log({ endpoint: "site", outcome: "folder_unknown", detail: safeCode(error) });
    return false;
  }
}

async function pageOfSite(path: string, { page, log }: Ports): Promise<Replacement | undefined> {
  try {
    const found = await page(path);
    if (found) return { status: 404, headers: { ...found.headers, "cache-control": CACHE_CONTROL }, body: found.body };
    log({ endpoint: "site", outcome: "page_missing" });
  } catch (error) {
    log({ endpoint: "site", outcome: "page_unavailable", detail: safeCode(error) });
  }
  return undefined;
}

function pageOfGateway(status: number, { theme }: SiteSettings): Replacement {
  const [title, text]: [TextKey, TextKey] =
    status === 404
      ? ["notFoundTitle", "notFoundText"]
      : status >= 500
        ? ["pageUnavailableTitle", "pageUnavailableText"]
        : ["methodTitle", "methodText"];
  const appearance = { theme, language: theme.languages?.[0] ?? LANGUAGES[0] };
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": SECURITY_POLICY,
      "cache-control": CACHE_CONTROL,
      ...(status >= 500 && { "retry-after": "5" }),
    },
    // Without a request ID: the cache may show the page to others.
    body: Buffer.from(renderPage(appearance, { title, content: [textsOf(appearance)(text)] })),
  };
}
