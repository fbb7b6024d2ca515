/**
 * Behaviors for programs (feature `api`): which token a request presents, and what can be said about it for little. The
 * gate of these behaviors is a function of its own, so that no other behavior lets a request pass unverified.
 */
import { MAX_ACCESS_TOKEN_LENGTH } from "../../session/access-tokens";
import { EDGE_TOKEN_VERSION, SESSION_TOKEN_VERSION } from "../../session/token-layout";
import type { NoSession } from "./decide";
import type { Value, ViewerRequest } from "./event";

/** Seconds by which the clock of an issuer may be off, as in the handler that verifies. */
const SKEW = 60;

/**
 * The one token that counts: that of the Authorization header if there is one, else the session cookie's. A session token is
 * never accepted from the header, and nothing else ever from the cookie: a stolen token works in one place at most.
 *
 * @param cookie the session cookie, if there is one
 * @returns undefined if there is none, null if there are several cookies, an empty text for what cannot be a token
 */
export function presentedToken(
  headers: ViewerRequest["headers"],
  cookie: Value | undefined,
): string | null | undefined {
  const authorization = headers["authorization"];
  if (!authorization) {
    if (!cookie || cookie.multiValue) return cookie && null;
    return cookie.value[0] === SESSION_TOKEN_VERSION ? cookie.value : "";
  }
  const value = authorization.value;
  // The scheme is case-insensitive (RFC 9110 section 11.1), and there may be one credential only (RFC 6750 section 2).
  if (authorization.multiValue || value.slice(0, 7).toLowerCase() !== "bearer ") return "";
  const token = value.slice(7);
  return token[0] === SESSION_TOKEN_VERSION ? "" : token;
}

/** True for a token that the gate itself can verify. */
export function isOwn(token: string): boolean {
  return token[0] === SESSION_TOKEN_VERSION || token[0] === EDGE_TOKEN_VERSION;
}

/**
 * Why a token of somebody else cannot be accepted, as far as the gate can tell; undefined if the handler on origin
 * requests must verify it. Nothing that passes here is believed: this only keeps worthless requests from costing a call.
 */
export function wrongWith(token: string): NoSession | undefined {
  if (token.slice(0, 4) === "egs_") return /^egs_[\w-]{16}_[\w-]{43}$/.test(token) ? undefined : "form";
  const parts = token.split(".", 4);
  if (token.slice(0, 3) !== "eyJ" || token.length > MAX_ACCESS_TOKEN_LENGTH || parts.length !== 3) return "form";
  let claims: { exp?: unknown; iss?: unknown };
  try {
    // A global of the runtime:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
    // eslint-disable-next-line no-restricted-globals
    claims = JSON.parse(Buffer.from(parts[1]!, "base64url").toString()) as typeof claims;
    // Here, because `null` is JSON too. What is no number, is no time.
    if (!((claims.exp as number) > Date.now() / 1000 - SKEW)) return "expired";
    return SETTINGS.api!.issuers.indexOf(claims.iss as string) < 0 ? "issuer" : undefined;
  } catch (unreadable) {
    return "form";
  }
}
