/**
 * The gateway's cookies. A cookie whose name starts with `__Host-gate` or `__Secure-gate` belongs to the gateway and
 * never reaches an origin (functions/gate/identity.ts).
 *
 * `__Host-` cookies are bound to one host, `Secure` and `Path=/`
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3).
 */

/**
 * The session token. `SameSite=Lax`: browsers do not send a Strict cookie on the return from the IdP, which would cause
 * a loop.
 */
export const SESSION_COOKIE = "__Host-gate";

/** The refresh cookie, a JWE. `__Secure-` because it is limited to `Path=/_gate`, which `__Host-` forbids. */
export const REFRESH_COOKIE = "__Secure-gate-refresh";

/** A browser's proof that it has the key of a device-bound session; on its own, it opens nothing. */
export const DEVICE_COOKIE = "__Secure-gate-device";

/** One cookie for each sign-in in progress: this prefix and the first eight characters of the flow's `state`. */
export const FLOW_COOKIE_PREFIX = "__Host-gate-flow-";

/** When this browser last completed sign-ins. The loop breaker counts them. */
export const SIGN_INS_COOKIE = "__Host-gate-sign-ins";

/** The path from which the user signed out. */
export const RETURN_COOKIE = "__Host-gate-return";

/** The identity provider that this browser last signed in with, if there are several. */
export const PROVIDER_COOKIE = "__Host-gate-idp";
