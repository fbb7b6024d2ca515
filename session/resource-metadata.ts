/**
 * Protected resource metadata (RFC 9728) tells programs which issuers' tokens an API accepts. This is the contract
 * between the stack, which writes these settings, the auth handler, which serves the documents, and the gate and the
 * bearer handler, which name them in challenges.
 */

/** https://www.rfc-editor.org/rfc/rfc9728#section-3 */
export const METADATA_PATH = "/.well-known/oauth-protected-resource";

/** The content of a resource's document besides its own URL. */
export interface ResourceSettings {
  /** The path of the resource, without a trailing slash; empty for the whole host. */
  path: string;
  /** Issuers (RFC 8414) whose tokens the resource accepts. */
  authorizationServers: string[];
  scopes?: string[] | undefined;
  documentation?: string | undefined;
}

/** The path of a behavior's resource. @param pattern `/mcp`, `/mcp*`, `/mcp/*`, or `*` for the whole host */
export function resourcePath(pattern: string): string {
  return pattern.replace(/\*$/, "").replace(/\/$/, "");
}

/** The URL by which tokens name the resource (RFC 8707). */
export function resourceUrl(host: string, path: string): string {
  return `https://${host}${path}`;
}

/**
 * What comes after `Bearer realm="gate", resource_metadata="https://<host>` in a challenge
 * (https://www.rfc-editor.org/rfc/rfc9728#section-5.1), with the scopes to ask for
 * (https://www.rfc-editor.org/rfc/rfc6750#section-3).
 */
export function challengeTail(path: string, scopes: readonly string[]): string {
  return `${METADATA_PATH}${path}"${scopes.length > 0 ? `, scope="${scopes.join(" ")}"` : ""}`;
}
