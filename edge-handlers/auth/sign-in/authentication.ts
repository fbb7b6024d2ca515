/** Checks if a user has authenticated at the provider since a cut-off. All times are Unix seconds. */
import type { Revocation } from "../../../ledger/records";
import { CLOCK_SKEW } from "../../../session/timing";
import type { LedgerStatus } from "../../../ledger/records";

/** What a sign-in that forces re-authentication knew when it began. */
export interface Known extends Pick<LedgerStatus, "mark" | "gatewayMark"> {
  /** When the provider ended the provider session that the user came from. */
  endedAt?: number | undefined;
}

/** Authentications before this time do not count. */
export interface Cutoff {
  time: number;
  /** True if a sign-in that knew of the cut-off asked the provider to authenticate the user. */
  wasAsked: boolean;
  /** True if the user is under suspicion: then only a time of authentication (`auth_time`) is accepted as proof. */
  isSuspect: boolean;
}

/** `too_old`: the request forced re-authentication, but the provider did not do it. */
export type Verdict = "accepted" | "ask" | "too_old";

/** Seconds by which the provider's clock may be ahead. */
const SKEW = 60;

/**
 * The cut-offs that still matter. After a gateway-wide revocation, no particular user is under suspicion, and requiring
 * `auth_time` would lock out all users whose provider does not send it.
 */
export function cutoffsOf(revocations: readonly Revocation[], known: Known | undefined, now: number): Cutoff[] {
  return revocations.flatMap(({ kind, mark, cutoff, until }) => {
    if (kind === "session" || until + 2 * CLOCK_SKEW <= now) return [];
    const seen = kind === "user" ? known?.mark : known?.gatewayMark;
    return [{ time: cutoff, wasAsked: seen !== undefined && seen >= mark, isSuspect: kind === "user" }];
  });
}

/** @param endedAt when the provider ended the session that the user comes from; undefined if it did not */
export function endAsCutoff(endedAt: number | undefined, known: Known | undefined): Cutoff[] {
  if (endedAt === undefined) return [];
  return [{ time: endedAt, wasAsked: known?.endedAt !== undefined && known.endedAt >= endedAt, isSuspect: false }];
}

/**
 * Decides if the user authenticated after every cut-off. If the sign-in did not ask for it, the provider's clock may be
 * ahead, so in doubt the user is asked to re-authenticate.
 *
 * Asking alone proves nothing. The request passes through the browser, where an attacker with the provider's cookies
 * can remove `prompt` and `max_age`. Only `auth_time` proves it, and `max_age` makes it mandatory (OpenID Connect Core
 * 1.0, section 2). So a revoked user is refused without it.
 *
 * @param authTime by the provider's clock; undefined if it does not send it
 */
export function judgeAuthentication(cutoffs: readonly Cutoff[], authTime: number | undefined): Verdict {
  const unmet = cutoffs.filter(({ time, wasAsked, isSuspect }) => {
    // `!(>)`, so that an unreadable time counts as unmet.
    return authTime === undefined ? !wasAsked || isSuspect : !(authTime > (wasAsked ? time : time + SKEW));
  });
  if (unmet.length === 0) return "accepted";
  return unmet.every(({ wasAsked }) => wasAsked) ? "too_old" : "ask";
}
