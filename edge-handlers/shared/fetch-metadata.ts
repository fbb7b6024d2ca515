/** What the browser says of a request (https://w3c.github.io/webappsec-fetch-metadata/). */

/** Whether a person waits for the answer; by the Accept header where the browser says nothing. */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get("sec-fetch-mode");
  const destination = headers.get("sec-fetch-dest");
  if (mode !== null || destination !== null) return mode === "navigate" && destination === "document";
  return headers.get("accept")?.includes("text/html") ?? false;
}

/**
 * Whether another site made the browser come, by a link or a form. What people type is `none`
 * (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
 */
export function isFromElsewhere({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && origin !== new URL(url).origin;
}
