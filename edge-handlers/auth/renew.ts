import type { Session } from "../../session/token";
import { clearedRefreshCookie, readRefreshToken } from "./cookies/refresh";
import { establishSession } from "./establish";
import { identityProviderOf, type Exchange } from "./exchange";
import { codesOf, Failure, type FailureCode } from "./failures";
import { identify } from "./oidc/identity";
import { relyingParty } from "./oidc/relying-party";
import { redeemRefreshToken } from "./oidc/tokens";

/** With these answers the provider has ended the session: asking again would change nothing, signing in may. */
const ENDS_THE_SESSION: ReadonlySet<FailureCode> = new Set(["grant_refused", "idp_response_invalid", "groups_overage", "user_changed"]);
/** With these the provider says that this client may not renew sessions at all (RFC 6749 section 5.2); it may well sign users in. */
const RENEWAL_NOT_ALLOWED: ReadonlySet<string | undefined> = new Set(["unauthorized_client", "unsupported_grant_type", "invalid_scope"]);

/**
 * Renews a genuine session, whose token may have expired, with its refresh cookie. Undefined where that cannot be done any
 * more and the user has to sign in.
 *
 * The renewed session keeps `sid` and `issuedAt`, which is what a revocation names: a revoked session stays revoked.
 *
 * @throws Failure where renewing may work later: the provider, the keys or the client secret are not available
 */
export async function renewSession(exchange: Exchange, session: Session): Promise<Session | undefined> {
  if (!identityProviderOf(exchange.settings, session.idp)) return undefined;
  const refreshToken = await readRefreshToken(exchange, session);
  if (refreshToken === undefined) return undefined;
  try {
    const party = await relyingParty(exchange, session.idp);
    const tokens = await redeemRefreshToken(exchange, party, refreshToken);
    const identity = await identify(exchange, party, tokens);
    if (identity.uid !== session.uid) throw new Failure("user_changed");
    // A provider that does not rotate refresh tokens sends none back: the old one stays good (RFC 6749 section 6).
    return await establishSession(exchange, session, identity, tokens.refreshToken ?? refreshToken);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!ENDS_THE_SESSION.has(error.code) && !RENEWAL_NOT_ALLOWED.has(error.detail)) throw error;
    exchange.note.detail = codesOf(error);
    exchange.setCookies.push(clearedRefreshCookie(exchange));
    return undefined;
  }
}
