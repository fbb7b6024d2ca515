import type { Session } from "../../session/token";
import type { Known } from "./authentication";
import { clearedRefreshCookie, readRefresh, type Refresh } from "./cookies/refresh";
import type { SignedSession } from "./cookies/session";
import { addDetail, identityProviderOf, type Exchange } from "./exchange";
import { codesOf } from "./failures";
import { giveBack, takeLease, watchLease, type Lease } from "./lease";
import { keepUpWithLockdown } from "./lockdown";
import { prepare } from "./oidc/relying-party";
import type { Standing } from "./ports";
import { canRedeem, redeem } from "./redeem";
import { reissue } from "./reissue";
import { repeatRenewal } from "./repeat";
import { reactToReuse } from "./reuse";
import { lifeOf, renewability, type Renewability } from "./standing";

/**
 * `reissued`: the token was signed again, and nothing else. `renewal_repeated`: what a renewal gave was given once
 * more, because its answer was lost. `renewed_elsewhere`: it was renewed a moment ago, and the browser has the renewed
 * session or is about to get it. `under_way`: somebody else is renewing it; whoever comes again will know more. `over`:
 * the ledger says that there is no such session any more; its cookies are worth nothing. `refused`: this browser has to
 * sign in for it to go on.
 */
export type Renewal =
  | { outcome: "renewed" | "renewed_elsewhere" | "renewal_repeated" | "reissued"; expiresAt: number }
  | { outcome: "under_way" | "refused" }
  /** `known`: what was seen in the ledger, of a session that was revoked. */
  | { outcome: "over"; known?: Known };

const REFUSED: Renewal = { outcome: "refused" };
const UNDER_WAY: Renewal = { outcome: "under_way" };

/**
 * Renews a genuine session, whose token may have expired, with its refresh cookie, if the ledger has nothing against
 * it.
 *
 * The renewed session keeps `sid`, `issuedAt` and `mark`, which is what a revocation goes by. Of requests that come at
 * the same time one asks the provider; the others wait for what it gets.
 *
 * @param isLoop whether this browser comes again and again: what it has does not help it
 * @throws Failure where renewing may work later: the ledger, the provider, the keys or the client secret are not
 *   available
 */
export async function renewSession(exchange: Exchange, signed: SignedSession, isLoop: boolean): Promise<Renewal> {
  const { settings } = exchange;
  const { session } = signed;
  if (!identityProviderOf(settings, session.idp)) return REFUSED;
  prepare(exchange, session.idp);
  const refresh = await readRefresh(exchange, session);
  const taken: Promise<Lease | undefined>[] = [];
  const take: Attempt["take"] = (generation, dead) => {
    const lease = takeLease(exchange, session, generation, dead);
    taken.push(lease);
    return lease;
  };
  try {
    return await attempt({ exchange, signed, refresh, isLoop, isFresh: exchange.now < session.expiresAt, take });
  } finally {
    for (const taking of taken) {
      const lease = await taking.catch(() => undefined);
      if (lease && !lease.isOver) await giveBack(exchange, lease);
    }
  }
}

interface Attempt {
  exchange: Exchange;
  signed: SignedSession;
  refresh: Refresh | undefined;
  isLoop: boolean;
  /** Whether the token's time is not up. */
  isFresh: boolean;
  /** What is taken is given back in the end. */
  take(generation: number, dead?: string): Promise<Lease | undefined>;
}

async function attempt({ exchange, signed, refresh, isLoop, isFresh, take }: Attempt): Promise<Renewal> {
  const { session } = signed;
  const { uid, sid } = session;
  // At once, because each may be the better part of a second away. A token whose time is not up may only have to be
  // signed again.
  const takesAtOnce = refresh !== undefined && !isFresh && !isLoop;
  const [standing, early] = await Promise.all([
    exchange.ports.ledger.standing(uid, sid),
    takesAtOnce ? take(refresh.generation) : undefined,
  ]);
  // Also for the sign-in that begins where the session is over.
  await keepUpWithLockdown(exchange, standing.revocations);
  const found = refresh
    ? renewability(standing, { generation: refresh.generation, isFresh }, exchange)
    : lifeOf(standing, exchange);
  const repeated =
    refresh && (await repeatRenewal(exchange, session, refresh, standing, found === "renewed_elsewhere" && !isLoop));
  if (repeated) return repeated;
  if (isFresh && found !== "reused" && found !== "unknown" && (await reissue(exchange, signed, standing)))
    return { outcome: "reissued", expiresAt: session.expiresAt };
  if ((found === "renewed_elsewhere" || found === "just_renewed") && !isLoop)
    return renewedElsewhere(exchange, standing);
  if (found !== "living" && found !== "just_renewed") {
    if (early) early.isOver = true;
    return over(exchange, session, found, standing);
  }
  if (!refresh || isLoop) return REFUSED;

  const settled = () => overtaken(exchange, session, refresh, isFresh);
  let lease = early ?? (isFresh ? await take(refresh.generation) : undefined);
  if (!lease) {
    const watched = await watchLease(exchange, session, refresh.generation);
    if (watched === "gone") return (await settled()) ?? UNDER_WAY;
    lease = watched === "living" ? undefined : await take(refresh.generation, watched.dead);
    if (!lease || !canRedeem(exchange)) return UNDER_WAY;
  }
  const redeemed = await redeem(exchange, session, refresh, { lease, standing });
  if (redeemed.outcome === "renewed") return redeemed;
  const { failure } = redeemed;
  const other = !failure || failure.code === "grant_refused" ? await settled() : undefined;
  if (other) return other;
  if (failure) {
    addDetail(exchange, codesOf(failure));
    exchange.setCookies.push(clearedRefreshCookie(exchange));
  }
  return REFUSED;
}

/**
 * What the ledger says now of a session that could be renewed when the request came; undefined where that is still so.
 */
async function overtaken(
  exchange: Exchange,
  session: Session,
  refresh: Refresh,
  isFresh: boolean,
): Promise<Renewal | undefined> {
  const standing = await exchange.ports.ledger.standing(session.uid, session.sid);
  const found = renewability(standing, { generation: refresh.generation, isFresh }, exchange);
  if (found === "living" || found === "just_renewed") return undefined;
  if (found !== "renewed_elsewhere") return over(exchange, session, found, standing);
  return (await repeatRenewal(exchange, session, refresh, standing, true)) ?? renewedElsewhere(exchange, standing);
}

function renewedElsewhere({ settings }: Exchange, standing: Standing): Renewal {
  const { renewedAt, endsAt } = standing.session!;
  return { outcome: "renewed_elsewhere", expiresAt: Math.min(renewedAt + settings.session.token, endsAt) };
}

async function over(
  exchange: Exchange,
  session: Session,
  found: Exclude<Renewability, "living" | "just_renewed">,
  { mark, gatewayMark }: Standing,
): Promise<Renewal> {
  const known = { mark, gatewayMark };
  if (found === "reused" || found === "renewed_elsewhere") {
    await reactToReuse(exchange, "refresh", session);
    return { outcome: "over", known };
  }
  addDetail(exchange, `session_${found}`);
  return { outcome: "over", ...(found === "revoked" && { known }) };
}
