/** Whether a user has authenticated at the provider since a cut-off. All times are Unix seconds. */
import type { Revocation } from "../../../ledger/records";
import { CLOCK_SKEW } from "../../../session/timing";
import type { LedgerStatus } from "../../../ledger/records";

/** What a sign-in that forces re-authentication knew when it began. */
export interface Known extends Pick<LedgerStatus, "mark" | "gatewayMark"> {
  /** When the provider ended the session of its own that the user had come from. */
  endedAt?: number | undefined;
}

/** From when on an authentication counts. */
export interface Cutoff {
  time: number;
  /** Whether the provider was asked to authenticate the user by a sign-in that knew of it. */
  wasAsked: boolean;
  /** Whether the user is suspected: then nothing but a time of authentication will do. */
  isSuspect: boolean;
}

/** `too_old`: the provider was asked, and did not. */
export type Verdict = "accepted" | "ask" | "too_old";

/** Seconds by which the provider's clock may be ahead. */
const SKEW = 60;

/**
 * The cut-offs that still matter. When everybody was signed out nobody is suspected, and a provider that cannot tell
 * would keep all of them out.
 */
export function cutoffsOf(revocations: readonly Revocation[], known: Known | undefined, now: number): Cutoff[] {
  return revocations.flatMap(({ kind, mark, cutoff, until }) => {
    if (kind === "session" || until + 2 * CLOCK_SKEW <= now) return [];
    const seen = kind === "user" ? known?.mark : known?.gatewayMark;
    return [{ time: cutoff, wasAsked: seen !== undefined && seen >= mark, isSuspect: kind === "user" }];
  });
}

/** @param endedAt when the provider ended the session that the user comes from; undefined where it did not */
export function endAsCutoff(endedAt: number | undefined, known: Known | undefined): Cutoff[] {
  if (endedAt === undefined) return [];
  return [{ time: endedAt, wasAsked: known?.endedAt !== undefined && known.endedAt >= endedAt, isSuspect: false }];
}

/**
 * Whether the user authenticated after every cut-off. Where the sign-in did not ask for it, the provider's clock may
 * deceive, and the answer is rather no: the user is then asked.
 *
 * Asked is not obeyed: the request passes through the browser, where whoever has the provider's cookies can take
 * `prompt` and `max_age` out of it. The time of authentication tells, and `max_age` makes it compulsory (OpenID Connect
 * Core 1.0, section 2): without it a revoked user did not sign in.
 *
 * @param authTime by the provider's clock; undefined where it does not say
 */
export function judgeAuthentication(cutoffs: readonly Cutoff[], authTime: number | undefined): Verdict {
  const unmet = cutoffs.filter(({ time, wasAsked, isSuspect }) => {
    // `!(>)`, so that a time which cannot be read is not met.
    return authTime === undefined ? !wasAsked || isSuspect : !(authTime > (wasAsked ? time : time + SKEW));
  });
  if (unmet.length === 0) return "accepted";
  return unmet.every(({ wasAsked }) => wasAsked) ? "too_old" : "ask";
}
