/**
 * Behaviors for programs (feature `api`): which token a request presents, and what can be said about it for little. The
 * gate of these behaviors is a function of its own, so that no other behavior lets a request pass unverified.
 */
import { MAX_ACCESS_TOKEN_LENGTH } from "../../session/access-tokens";
import { EDGE_TOKEN_VERSION, SESSION_TOKEN_VERSION } from "../../session/token-layout";
import type { NoSession } from "./decide";
import type { Value, ViewerRequest } from "./event";

/** Characters. Each costs up to 300 instructions, so what is longer is left to the handler. */
const MAX_PAYLOAD = 1000;

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
  // Anybody can make `JSON.parse` throw, for which the engine takes 1.6 million instructions. So the claims are read as text,
  // without spaces and the backslashes of escaped slashes. What occurs twice, or is long, is left to the handler.
  if (parts[1]!.length > MAX_PAYLOAD) return;
  // A global of the runtime:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
  // eslint-disable-next-line no-restricted-globals
  const claims = Buffer.from(parts[1]!, "base64url").toString().split(" ").join("").split("\\").join("");
  const exp = claims.split('"exp":');
  const iss = claims.split('"iss":"');
  if (exp[2] || iss[2]) return;
  // What is no number, is no time.
  if (!(parseFloat(exp[1]!) > Date.now() / 1000 - SKEW)) return "expired";
  return iss[1] && SETTINGS.api!.issuers.indexOf(iss[1].split('"')[0]!) >= 0 ? undefined : "issuer";
}

/** The setting of the first pattern that matches, as CloudFront tries them. A `*` is at the end, if anywhere. */
export function settingFor<Setting>(all: [pattern: string, setting: Setting][], path: string): Setting | undefined {
  for (let i = 0; all[i]; i++) {
    const pattern = all[i]![0];
    if (pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)))) return all[i]![1];
  }
}
