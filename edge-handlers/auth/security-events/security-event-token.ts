/**
 * https://www.rfc-editor.org/rfc/rfc8417, in the profile of https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html
 */
import { isObject, type Members } from "../../shared/json";
import { verifyEventToken, type EventToken } from "./event-token";
import { Refused } from "../oidc/refused";
import type { ExpectedToken } from "../../shared/signed-token";

/** Seconds. Sessions that an older event concerns have ended by then. */
const MAX_AGE = 7 * 86_400;
/** Seconds for which a `jti` is kept; longer than a token can be replayed. */
export const EVENT_RETENTION = 8 * 86_400;

export interface SecurityEventToken extends EventToken {
  /** By event type URI; at least one. */
  events: Record<string, Members>;
}

/** @throws Refused; Failure `idp_unavailable`, `idp_answer_unreadable` if the keys cannot be fetched */
export async function verifySecurityEventToken(token: string, expected: ExpectedToken): Promise<SecurityEventToken> {
  const { events, ...rest } = await verifyEventToken(token, {
    ...expected,
    types: ["secevent+jwt"],
    requiredClaims: ["iat", "jti"],
    // ID and access tokens have these: sections 4.1.2, 4.1.3 and 4.1.7 of the framework.
    forbiddenClaims: ["sub", "exp"],
    maxAge: MAX_AGE,
  });
  const payloads = Object.entries(events);
  if (payloads.length === 0) throw new Refused("events");
  return { ...rest, events: Object.fromEntries(payloads.map(([uri, payload]) => [uri, requireObject(payload)])) };
}

function requireObject(payload: unknown): Members {
  if (!isObject(payload)) throw new Refused("events");
  return payload;
}
