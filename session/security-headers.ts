/** Security headers for the gateway's own answers and for an origin's. */

/**
 * How long browsers use only HTTPS for this host. Subdomains are not included: the gateway speaks only for its own
 * hosts.
 */
export const HSTS_SECONDS = 31_536_000;

/**
 * Headers of every answer that the gate or the auth handler generates; a response headers policy does not apply to
 * those. A function, because the gate would build a module-level literal on every invocation.
 */
export function ownSecurityHeaders(): Record<string, string> {
  return {
    "cache-control": "no-store",
    "strict-transport-security": `max-age=${HSTS_SECONDS}`,
    "x-content-type-options": "nosniff",
  };
}

/** Headers added to an origin's answer if the origin, such as S3, does not set them. */
export const ORIGIN_DEFAULTS = {
  /** An application that may be framed says so with `frame-ancestors`, which overrides this header in browsers. */
  "x-frame-options": "SAMEORIGIN",
  "referrer-policy": "strict-origin-when-cross-origin",
  /** Without it browsers may cache pages by default and show them after sign-out. */
  "cache-control": "private, no-cache",
};
