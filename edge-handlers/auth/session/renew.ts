import type { Session } from "../../../session/token";
import type { Known } from "../sign-in/authentication";
import { clearedRefreshCookie, readRefresh, type Refresh } from "../cookies/refresh";
import { hasDeviceProof } from "../cookies/device";
import { readSession, type SignedSession } from "../cookies/session";
import { addDetail, identityProviderOf, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { giveBack, takeLease, watchLease, type Lease } from "./lease";
import { keepUpWithLockdown } from "./lockdown";
import { prepare } from "../oidc/prepare";
import type { LedgerStatus } from "../../../ledger/records";
import { canRedeem, redeem } from "./redeem-refresh-token";
import { reissue } from "./reissue";
import { isSameAddress, repeatRenewal } from "./repeat-renewal";
import { reactToReuse } from "./reuse";
import { statusOf, refreshDecision, type RefreshDecision } from "./status";

/**
 * `reissued`: the token was only signed again. `renewal_repeated`: the result of a renewal was sent again, because its
 * answer was lost. `renewed_elsewhere`: the session was renewed a moment ago, and the browser has the new cookies or is
 * about to get them. `under_way`: another request is renewing the session; try again. `over`: the session has ended
 * according to the ledger, and its cookies are worthless. `refused`: the user has to sign in to continue.
 */
export type Renewal =
  | { outcome: "renewed" | "renewed_elsewhere" | "renewal_repeated" | "reissued"; expiresAt: number }
  | { outcome: "under_way" | "refused" }
  /** `known`: the marks seen in the ledger, if the session was revoked. */
  | { outcome: "over"; known?: Known };

const REFUSED: Renewal = { outcome: "refused" };
const UNDER_WAY: Renewal = { outcome: "under_way" };
/** Refresh decisions that may lead to a new token. */
const RENEWABLE: ReadonlySet<RefreshDecision> = new Set(["active", "renewed_elsewhere", "just_renewed"]);
/** How the refresh cookie relates to the last renewal. */
const HELD: Partial<Record<RefreshDecision, "used" | "given">> = { renewed_elsewhere: "used", just_renewed: "given" };

/**
 * The session of a browser that the gate sent here. If its token has not expired, the gate refused it for another reason.
 * It is revoked or outdated, which the ledger knows, or the record of its key is gone. Signing with the old key again
 * would cause an endless loop, so the keys are refreshed.
 *
 * @param idp the identity provider that the session must be from; any if undefined
 * @throws Failure `keys_unavailable`
 */
export async function sessionToRenew(context: RequestContext, idp?: string): Promise<SignedSession | undefined> {
  const signed = await readSession(context);
  if (!signed || (idp !== undefined && idp !== signed.session.idp)) return undefined;
  if (!(context.now < signed.session.expiresAt)) return signed;
  await context.ports.refreshKeys();
  return readSession(context);
}

/**
 * Renews a genuine session, whose token may have expired, with its refresh cookie, if the ledger allows it.
 *
 * The renewed session keeps `sid`, `issuedAt` and `mark`, so that revocations still match it. Of concurrent requests,
 * one calls the provider and the others wait for its result.
 *
 * @param isLoop true if this browser keeps coming back, so that another renewal would not help
 * @throws Failure if renewing may work later: the ledger, the provider, the keys or the client secret are not available
 */
export async function renewSession(context: RequestContext, signed: SignedSession, isLoop: boolean): Promise<Renewal> {
  const { settings } = context;
  const { session } = signed;
  if (!identityProviderOf(settings, session.idp)) return REFUSED;
  prepare(context, session.idp);
  const refresh = await readRefresh(context, session);
  const taken: Promise<Lease | undefined>[] = [];
  const take: Attempt["take"] = (generation, dead) => {
    const lease = takeLease(context, session, generation, dead);
    taken.push(lease);
    return lease;
  };
  try {
    return await attempt({ context, signed, refresh, isLoop, isFresh: context.now < session.expiresAt, take });
  } finally {
    for (const taking of taken) {
      const lease = await taking.catch(() => undefined);
      if (lease && !lease.isOver) await giveBack(context, lease);
    }
  }
}

interface Attempt {
  context: RequestContext;
  signed: SignedSession;
  refresh: Refresh | undefined;
  isLoop: boolean;
  /** True if the token has not expired. */
  isFresh: boolean;
  /** Takes the lease. It is released when the attempt ends. */
  take(generation: number, dead?: string): Promise<Lease | undefined>;
}

async function attempt({ context, signed, refresh, isLoop, isFresh, take }: Attempt): Promise<Renewal> {
  const { session } = signed;
  const { uid, sid } = session;
  // In parallel, because from a distant region each call may take most of a second. Not for a token that has not
  // expired: it may only need to be reissued.
  const takesAtOnce = refresh !== undefined && !isFresh && !isLoop;
  const [ledgerStatus, early] = await Promise.all([
    context.ports.ledger.status({ uid, sid }),
    takesAtOnce ? take(refresh.generation) : undefined,
  ]);
  // If the session has ended, the next sign-in needs this, too.
  await keepUpWithLockdown(context, ledgerStatus.revocations);
  const found = refresh
    ? refreshDecision(ledgerStatus, { generation: refresh.generation, isFresh }, context)
    : statusOf(ledgerStatus, context);
  if (RENEWABLE.has(found) && (await isUnproven(context, session, ledgerStatus))) {
    // A reissued token grants nothing that the token did not grant before.
    if (isFresh && (await reissue(context, signed, ledgerStatus)))
      return { outcome: "reissued", expiresAt: session.expiresAt };
    addDetail(context, "device_unproven");
    return REFUSED;
  }
  const held = isLoop ? undefined : HELD[found];
  const repeated = refresh && (await repeatRenewal(context, session, refresh, ledgerStatus, held));
  if (repeated) return repeated;
  if (isFresh && found !== "reused" && found !== "unknown" && (await reissue(context, signed, ledgerStatus)))
    return { outcome: "reissued", expiresAt: session.expiresAt };
  if ((found === "renewed_elsewhere" || found === "just_renewed") && !isLoop)
    return renewedElsewhere(context, ledgerStatus);
  // In a loop, the result does not help this browser, but the loop is no sign of theft.
  if (found === "renewed_elsewhere" && isSameAddress(context, ledgerStatus)) return REFUSED;
  if (found !== "active" && found !== "just_renewed") {
    if (early) early.isOver = true;
    return over(context, session, found, ledgerStatus);
  }
  if (!refresh || isLoop) return REFUSED;

  const settled = () => overtaken(context, session, refresh, isFresh);
  let lease = early ?? (isFresh ? await take(refresh.generation) : undefined);
  if (!lease) {
    const watched = await watchLease(context, session, refresh.generation);
    if (watched === "gone") return (await settled()) ?? UNDER_WAY;
    lease = watched === "held" ? undefined : await take(refresh.generation, watched.dead);
    if (!lease || !canRedeem(context)) return UNDER_WAY;
  }
  const redeemed = await redeem(context, session, refresh, { lease, ledgerStatus });
  if (redeemed.outcome === "renewed") return redeemed;
  const { failure } = redeemed;
  const other = !failure || failure.code === "grant_refused" ? await settled() : undefined;
  if (other) return other;
  if (failure) {
    addDetail(context, codesOf(failure));
    context.setCookies.push(clearedRefreshCookie(context));
  }
  return REFUSED;
}

/** True if the session is bound to a key of a device, and this browser has not just proved that it has that key. */
async function isUnproven(context: RequestContext, { sid }: Session, { session }: LedgerStatus): Promise<boolean> {
  return session?.deviceKey !== undefined && !(await hasDeviceProof(context, sid));
}

/** Reads the ledger again after another request may have changed the session; undefined if it can still be renewed. */
async function overtaken(
  context: RequestContext,
  session: Session,
  refresh: Refresh,
  isFresh: boolean,
): Promise<Renewal | undefined> {
  const ledgerStatus = await context.ports.ledger.status({ uid: session.uid, sid: session.sid });
  const found = refreshDecision(ledgerStatus, { generation: refresh.generation, isFresh }, context);
  if (found === "active" || found === "just_renewed") return undefined;
  if (found !== "renewed_elsewhere") return over(context, session, found, ledgerStatus);
  return (
    (await repeatRenewal(context, session, refresh, ledgerStatus, "used")) ?? renewedElsewhere(context, ledgerStatus)
  );
}

function renewedElsewhere({ settings }: RequestContext, ledgerStatus: LedgerStatus): Renewal {
  const { renewedAt, endsAt } = ledgerStatus.session!;
  return { outcome: "renewed_elsewhere", expiresAt: Math.min(renewedAt + settings.session.token, endsAt) };
}

async function over(
  context: RequestContext,
  session: Session,
  found: Exclude<RefreshDecision, "active" | "just_renewed">,
  { mark, gatewayMark, session: recorded }: LedgerStatus,
): Promise<Renewal> {
  const known = { mark, gatewayMark };
  if (found === "reused" || found === "renewed_elsewhere") {
    await reactToReuse(context, "refresh", { ...session, reuse: recorded?.reuse });
    return { outcome: "over", known };
  }
  addDetail(context, `session_${found}`);
  return { outcome: "over", ...(found === "revoked" && { known }) };
}
