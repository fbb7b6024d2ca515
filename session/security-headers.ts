/** Security headers of the gateway: of its own answers, and of what an origin answers. */

/** For which a browser asks this host by https only. Not for the subdomains: the gateway speaks for its own hosts. */
export const HSTS_SECONDS = 31_536_000;

/**
 * Headers of every answer that the gate or the auth handler makes; a response headers policy does not reach them. A
 * function, because the gate would build a literal on every start.
 */
export function ownSecurityHeaders(): Record<string, string> {
  return {
    "cache-control": "no-store",
    "strict-transport-security": `max-age=${HSTS_SECONDS}`,
    "x-content-type-options": "nosniff",
  };
}

/** Headers that an origin's answer gets where the origin does not set them, such as S3. */
export const ORIGIN_DEFAULTS = {
  /** An application that is meant to be framed says so with frame-ancestors, which browsers prefer to this header. */
  "x-frame-options": "SAMEORIGIN",
  "referrer-policy": "strict-origin-when-cross-origin",
  /** Without it browsers keep pages of their own accord and show them after sign-out. */
  "cache-control": "private, no-cache",
};
