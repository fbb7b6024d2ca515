import type { Session } from "../../session/token";
import { clearedRefreshCookie, readRefresh, refreshCookie, type Refresh } from "./cookies/refresh";
import { establishSession } from "./establish";
import { addDetail, identityProviderOf, type Exchange } from "./exchange";
import { codesOf, Failure, type FailureCode } from "./failures";
import { keepUpWithLockdown } from "./lockdown";
import { identify } from "./oidc/identity";
import { prepare, relyingParty } from "./oidc/relying-party";
import { redeemRefreshToken } from "./oidc/tokens";
import type { Ledger, RenewalRecord, Standing } from "./ports";
import { reactToReuse } from "./reuse";
import { lifeOf, renewability, type Renewability } from "./standing";

/** With these answers the provider has ended the session: asking again would change nothing, signing in may. */
const ENDS_THE_SESSION: ReadonlySet<FailureCode> = new Set(["grant_refused", "idp_response_invalid", "groups_overage", "user_changed"]);
/** With these the provider says that this client may not renew sessions at all (RFC 6749 section 5.2); it may well sign users in. */
const RENEWAL_NOT_ALLOWED: ReadonlySet<string | undefined> = new Set(["unauthorized_client", "unsupported_grant_type", "invalid_scope"]);

/**
 * `renewed_elsewhere`: it was renewed within the last minute, and the browser has the renewed session or is about to get it. `over`: the ledger says that
 * there is no such session any more; its cookies are worth nothing. `refused`: this browser has to sign in for it to go on.
 */
export type Renewal =
  | { outcome: "renewed" | "renewed_elsewhere"; expiresAt: number }
  | { outcome: "over"; isRevoked: boolean }
  | { outcome: "refused" };

const REFUSED: Renewal = { outcome: "refused" };

/**
 * Renews a genuine session, whose token may have expired, with its refresh cookie, if the ledger has nothing against it.
 *
 * The renewed session keeps `sid` and `issuedAt`, which is what a revocation names. Where a parallel tab renews it at the same
 * time nothing is signed a second time: it would need a second answer of the provider, which may take the second use of a refresh token for theft.
 *
 * @param isLoop whether this browser comes again and again: what it has does not help it
 * @throws Failure where renewing may work later: the ledger, the provider, the keys or the client secret are not available
 */
export async function renewSession(exchange: Exchange, session: Session, isLoop: boolean): Promise<Renewal> {
  const { ports, settings } = exchange;
  if (!identityProviderOf(settings, session.idp)) return REFUSED;
  prepare(exchange, session.idp);
  const refresh = await readRefresh(exchange, session);
  const standing = await ports.ledger.standing(session.uid, session.sid);
  // Also for the sign-in that begins where the session is over.
  await keepUpWithLockdown(exchange, standing.revocations);
  const found = refresh ? renewability(standing, refresh.generation, exchange) : lifeOf(standing, exchange);
  if ((found === "renewed_elsewhere" || found === "just_renewed") && !isLoop) return renewedElsewhere(exchange, standing);
  if (found !== "living" && found !== "just_renewed") return over(exchange, session, found);
  if (!refresh || isLoop) return REFUSED;
  return redeem(exchange, session, refresh, standing);
}

async function redeem(exchange: Exchange, session: Session, refresh: Refresh, standing: Standing): Promise<Renewal> {
  const { ports, now, address, deadline } = exchange;
  const { endsAt } = standing.session!;
  const { uid, sid } = session;
  let kept = refresh;
  try {
    const party = await relyingParty(exchange, session.idp);
    const tokens = await redeemRefreshToken(exchange, party, refresh.refreshToken);
    // A provider that does not rotate refresh tokens sends none back: the old one stays good (RFC 6749 section 6).
    if (tokens.refreshToken !== undefined) kept = { ...refresh, refreshToken: tokens.refreshToken };
    const identity = await identify(exchange, party, tokens);
    if (identity.uid !== uid) throw new Failure("user_changed");
    const next = { ...kept, generation: refresh.generation + 1 };
    const { session: renewed, cookies } = await establishSession(exchange, { ...session, endsAt }, identity, next);
    // The browser has its answer already: recorded now, this would make its next renewal look like theft.
    if (deadline.aborted) throw new Failure("out_of_time");
    const record = await recorded(ports.ledger, { uid, sid, generation: refresh.generation, renewedAt: now, address, email: renewed.email });
    if (record === "used_up") {
      // The other tab's cookie is the one to keep.
      kept = refresh;
      return (await overtaken(exchange, session, refresh)) ?? REFUSED;
    }
    exchange.setCookies.push(...cookies);
    return { outcome: "renewed", expiresAt: renewed.expiresAt };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!ENDS_THE_SESSION.has(error.code) && !RENEWAL_NOT_ALLOWED.has(error.detail)) {
      // Nothing was renewed, but the provider takes only its latest refresh token from now on.
      if (kept !== refresh) exchange.setCookies.push(await refreshCookie(exchange, sid, kept));
      throw error;
    }
    const renewal = error.code === "grant_refused" ? await overtaken(exchange, session, refresh) : undefined;
    if (renewal) return renewal;
    addDetail(exchange, codesOf(error));
    exchange.setCookies.push(clearedRefreshCookie(exchange));
    return REFUSED;
  }
}

/**
 * The write is made once, and its answer may be lost: the ledger itself then says whether it has the renewal. A browser that never got the
 * cookies of a renewal that is recorded would come again with those from before it, as a thief does.
 */
async function recorded(ledger: Ledger, renewal: Parameters<Ledger["renew"]>[0]): Promise<RenewalRecord> {
  try {
    return await ledger.renew(renewal);
  } catch (error) {
    const { session } = await ledger.standing(renewal.uid, renewal.sid);
    const isThere = session?.generation === renewal.generation + 1 && session.renewedAt === renewal.renewedAt && session.address === renewal.address;
    if (isThere) return "recorded";
    throw error;
  }
}

/** What the ledger says now of a session that could be renewed when the request came; undefined where that is still so. */
async function overtaken(exchange: Exchange, session: Session, { generation }: Refresh): Promise<Renewal | undefined> {
  const standing = await exchange.ports.ledger.standing(session.uid, session.sid);
  const life = lifeOf(standing, exchange);
  if (life !== "living") return over(exchange, session, life);
  return standing.session!.generation > generation ? renewedElsewhere(exchange, standing) : undefined;
}

function renewedElsewhere({ settings }: Exchange, standing: Standing): Renewal {
  const { renewedAt, endsAt } = standing.session!;
  return { outcome: "renewed_elsewhere", expiresAt: Math.min(renewedAt + settings.session.token, endsAt) };
}

async function over(exchange: Exchange, session: Session, found: Exclude<Renewability, "living" | "just_renewed">): Promise<Renewal> {
  if (found === "reused" || found === "renewed_elsewhere") {
    await reactToReuse(exchange, "refresh", session);
    return { outcome: "over", isRevoked: true };
  }
  addDetail(exchange, `session_${found}`);
  return { outcome: "over", isRevoked: found === "revoked" };
}
