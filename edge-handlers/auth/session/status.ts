/** A session's status in the ledger, and what to do with its refresh cookie. All times are Unix seconds. */
import { isRevoked } from "../../../ledger/records";
import { RENEWAL_GRACE } from "../../../session/timing";
import type { RequestContext } from "../request-context";
import type { LedgerStatus } from "../../../ledger/records";

/** `unknown`: the ledger does not have the session, or has it at an earlier generation. */
export type SessionStatus = "active" | "unknown" | "revoked" | "ended";

/**
 * `renewed_elsewhere`: the session has just been renewed with this cookie. `just_renewed`: it has just been renewed
 * with the previous cookie. `reused`: the cookie was used before, so there is a copy.
 */
export type RefreshDecision = SessionStatus | "idle" | "renewed_elsewhere" | "just_renewed" | "reused";

type Now = Pick<RequestContext, "now" | "settings">;

/** What a browser has. */
export interface Held {
  /** The generation of its refresh cookie. */
  generation: number;
  /** True if its token has not expired. */
  isFresh: boolean;
}

/** An unreadable time ends the session. */
export function statusOf(
  { session, revocations }: Pick<LedgerStatus, "session" | "revocations">,
  { now, settings }: Now,
): SessionStatus {
  if (!session) return "unknown";
  // After reuse a session is not renewed, even while its revocation is still in the queue.
  if (isRevoked(session, revocations) || (session.reuse !== undefined && settings.onReuse !== "record"))
    return "revoked";
  return session.endedAt === undefined && now < session.endsAt ? "active" : "ended";
}

/**
 * Decides if a refresh cookie renews the session. A cookie one renewal behind may come from a parallel tab or a lost
 * answer. Older ones count as reuse: otherwise a thief could renew repeatedly without the victim's cookie ever raising
 * suspicion. So that no honest tab is ever two behind, a session is not renewed twice within the grace period while its
 * token is valid. Even if the two clocks differ, that is at least a minute.
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
  // The cookie is ahead of the ledger, which was probably recovered from an older backup.
  if (!(generation < current)) return "unknown";
  return generation === current - 1 && isJustRenewed ? "renewed_elsewhere" : "reused";
}
