/** https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken */
import { CLOCK_SKEW } from "../../../session/timing";
import { isObject, isText, verifyPushedToken } from "./pushed-token";
import { Refused } from "../oidc/refused";
import { SKEW, type ExpectedToken } from "../../shared/signed-token";

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
/**
 * Providers that do not type their logout tokens explicitly leave `typ` out or say JWT; the claims tell them from ID
 * tokens.
 */
const TYPES = ["logout+jwt", "jwt", undefined];
/** Seconds. A provider that tries again for longer makes a new token. */
const MAX_AGE = 600;

/** Whom a provider has signed out: one of its sessions, a user, or one session of a user. */
export interface LogoutToken {
  jti: string;
  /** Unix seconds. */
  issuedAt: number;
  /** Unix seconds after which its replay is refused for its age, by every handler. */
  usableUntil: number;
  sub: string | undefined;
  sid: string | undefined;
}

/**
 * Every rule of section 2.6 but the replay.
 *
 * @param expected `audience` is the client id
 * @throws Refused; Failure `idp_unavailable`, `idp_answer_unreadable` while the keys cannot be had
 */
export async function verifyLogoutToken(token: string, expected: ExpectedToken): Promise<LogoutToken> {
  const { jti, issuedAt, events, claims } = await verifyPushedToken(token, {
    ...expected,
    types: TYPES,
    requiredClaims: ["exp"],
    // What an ID token has.
    forbiddenClaims: ["nonce"],
    maxAge: MAX_AGE,
  });
  // An audience that is not known here is not trusted
  // (https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation).
  if (Array.isArray(claims.aud) && claims.aud.length > 1) throw new Refused("audience");
  // Others beside it say nothing here: Keycloak's `revoke_offline_access` is one, and not even an object.
  if (!isObject(events[LOGOUT_EVENT])) throw new Refused("events");
  const { sub, sid } = { sub: optionalText("sub", claims.sub), sid: optionalText("sid", claims["sid"]) };
  if (sub === undefined && sid === undefined) throw new Refused("subject");
  return { jti, issuedAt, usableUntil: issuedAt + MAX_AGE + SKEW + CLOCK_SKEW, sub, sid };
}

function optionalText(name: string, value: unknown): string | undefined {
  if (value !== undefined && !isText(value)) throw new Refused("claims", name);
  return value;
}
