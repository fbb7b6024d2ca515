/** What the browser says about a request (https://w3c.github.io/webappsec-fetch-metadata/). */

/** True if a person waits for the answer. Uses the Accept header if the browser sends no metadata. */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  const destination = headers.get("sec-fetch-dest");
  if (mode !== null || destination !== null) return mode === "navigate" && destination === "document";
  return headers.get("accept")?.includes("text/html") ?? false;
}

/** True if a page of this site shows the answer in a frame. */
export function isOwnFrame(headers: Headers): boolean {
  return headers.get("sec-fetch-dest") === "iframe" && headers.get("sec-fetch-site") === "same-origin";
}

/**
 * True if another site caused the request, by a link or a form. For addresses that users type, the header is `none`
 * (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
 */
export function isFromElsewhere({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && origin !== new URL(url).origin;
}

/** True if a page of the same origin caused the request. */
export function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  return site === null ? headers.get("origin") === new URL(url).origin : site === "same-origin";
}
