/** What can be wrong with the identity provider's emulator; a table of tests sets it. */
import type { JWTPayload } from "jose";
import type { SigningKey } from "./keys";

export type Json = Record<string, unknown>;
export type Endpoint = "discovery" | "par" | "token" | "jwks" | "userinfo" | "revocation";
export type Outage = "error" | "hang" | "garbage" | "redirect" | "huge" | "reset" | "slow" | "unavailable" | "missing";

/** What a test changes on the way out: a member may change its argument, or return something else in its place. */
export interface Tampering {
  discovery?: (document: Json) => unknown;
  authorizationResponse?: (parameters: URLSearchParams) => void;
  claims?: (claims: JWTPayload) => void;
  /** Makes the ID token in the provider's place. */
  idToken?: (claims: JWTPayload, key: SigningKey) => string | Promise<string>;
  tokenResponse?: (response: Json) => unknown;
  jwks?: (document: { keys: unknown[] }) => unknown;
  userinfo?: (claims: Json) => unknown;
}

/**
 * Outages in which the endpoint is not asked at all. With `missing`, the honest answer comes with the status 404, so that only
 * the status is wrong.
 */
export const OUTAGES: Partial<Record<Outage, { status: number; body: string }>> = {
  error: { status: 500, body: '{"error":"server_error","error_description":"<b>secret database name</b>"}' },
  unavailable: { status: 503, body: "busy" },
  garbage: { status: 200, body: "<html><script>alert(1)</script>" },
};
/** Milliseconds that a slow answer takes: less than the handler waits for one, more than it has for two. */
export const SLOW_ANSWER = 2_400;
/** What follows a redirect finds the honest answer at its end. */
export const REDIRECTED = "?redirected";

export type Answer = [status: number, body: unknown, headers?: Record<string, string>];

/** A good answer, with what a test changes in it. */
export function tampered<T>(change: ((value: T) => unknown) | undefined, value: T): Answer {
  return [200, change?.(value) ?? value];
}
