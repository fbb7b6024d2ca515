/** https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken */
import { CLOCK_SKEW } from "../../../session/timing";
import { isObject, isText } from "../../shared/json";
import { verifyEventToken } from "./event-token";
import { Refused } from "../oidc/refused";
import { SKEW, type ExpectedToken } from "../../shared/signed-token";

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
/**
 * Providers without explicit typing omit `typ` or set it to JWT; the claims distinguish their logout tokens from ID
 * tokens.
 */
const TYPES = ["logout+jwt", "jwt", undefined];
/** Seconds. A provider that retries for longer has to make a new token. */
const MAX_AGE = 600;

/** What a provider has ended: one of its sessions, all of a user's, or one session of a user. */
export interface LogoutToken {
  jti: string;
  /** Unix seconds. */
  issuedAt: number;
  /** Unix seconds after which every handler refuses a replay because of its age. */
  usableUntil: number;
  sub: string | undefined;
  sid: string | undefined;
}

/**
 * Checks every rule of section 2.6 except replay.
 *
 * @param expected `audience` is the client ID
 * @throws Refused; Failure `idp_unavailable`, `idp_answer_unreadable` if the keys cannot be fetched
 */
export async function verifyLogoutToken(token: string, expected: ExpectedToken): Promise<LogoutToken> {
  const { jti, issuedAt, events, claims } = await verifyEventToken(token, {
    ...expected,
    types: TYPES,
    requiredClaims: ["exp"],
    // ID tokens have it.
    forbiddenClaims: ["nonce"],
    maxAge: MAX_AGE,
  });
  // A token for additional, unknown audiences is not trusted
  // (https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation).
  if (Array.isArray(claims.aud) && claims.aud.length > 1) throw new Refused("audience");
  // Other events beside it are ignored, such as Keycloak's `revoke_offline_access`, which is not even an object.
  if (!isObject(events[LOGOUT_EVENT])) throw new Refused("events");
  const { sub, sid } = { sub: optionalText("sub", claims.sub), sid: optionalText("sid", claims["sid"]) };
  if (sub === undefined && sid === undefined) throw new Refused("subject");
  return { jti, issuedAt, usableUntil: issuedAt + MAX_AGE + SKEW + CLOCK_SKEW, sub, sid };
}

function optionalText(name: string, value: unknown): string | undefined {
  if (value !== undefined && !isText(value)) throw new Refused("claims", name);
  return value;
}
