/** What the ledger says of a session, and what follows from it. All times are Unix seconds. */
import { isRevoked } from "../../../ledger/records";
import { RENEWAL_GRACE } from "../../../session/timing";
import type { RequestContext } from "../request-context";
import type { LedgerStatus } from "../../../ledger/records";

/** `unknown`: the ledger has no such session, or none that far. */
export type SessionStatus = "active" | "unknown" | "revoked" | "ended";

/**
 * `renewed_elsewhere`: the session has just been renewed with this very cookie. `just_renewed`: with its forerunner.
 * `reused`: the refresh cookie is a copy of one that was used.
 */
export type RefreshDecision = SessionStatus | "idle" | "renewed_elsewhere" | "just_renewed" | "reused";

type Now = Pick<RequestContext, "now" | "settings">;

/** What a browser comes with. */
export interface Held {
  /** The generation of its refresh cookie. */
  generation: number;
  /** Whether its token is good for a while. */
  isFresh: boolean;
}

/** Comparisons are such that a time which cannot be read ends the session. */
export function statusOf(
  { session, revocations }: Pick<LedgerStatus, "session" | "revocations">,
  { now, settings }: Now,
): SessionStatus {
  if (!session) return "unknown";
  // What was caught at reuse is not renewed while its revocation is still on the queue.
  if (isRevoked(session, revocations) || (session.reuse !== undefined && settings.onReuse !== "record"))
    return "revoked";
  return session.endedAt === undefined && now < session.endsAt ? "active" : "ended";
}

/**
 * Whether a refresh cookie renews the session. Only a cookie that is one renewal behind may be a parallel tab's, or of
 * an answer that was lost: a thief who renews again and again would otherwise keep the victim's cookie unsuspected. So
 * that no honest tab is ever two behind, however long its request was on the way, nothing renews twice within that time
 * while its token is good. Whichever two clocks tell it, it is a minute at least.
 */
export function refreshDecision(
  ledgerStatus: Pick<LedgerStatus, "session" | "revocations">,
  { generation, isFresh }: Held,
  { now, settings }: Now,
): RefreshDecision {
  const status = statusOf(ledgerStatus, { now, settings });
  if (status !== "active") return status;
  const { generation: current, renewedAt } = ledgerStatus.session!;
  if (!(now < renewedAt + settings.session.idle)) return "idle";
  const isJustRenewed = Math.abs(now - renewedAt) <= RENEWAL_GRACE;
  if (generation === current) return isFresh && current > 0 && isJustRenewed ? "just_renewed" : "active";
  // Ahead of a ledger that was restored from a backup: it knows nothing of what happened since.
  if (!(generation < current)) return "unknown";
  return generation === current - 1 && isJustRenewed ? "renewed_elsewhere" : "reused";
}
