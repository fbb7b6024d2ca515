/** What the ledger says of a session, and what follows from it. All times are Unix seconds. */
import { isVoid, type LedgerSession, type Revocation } from "../../session/ledger";
import type { Exchange } from "./exchange";
import type { Standing } from "./ports";

/** `unknown`: the ledger has no such session, or none that far. */
export type Life = "living" | "unknown" | "revoked" | "ended";

/**
 * `renewed_elsewhere`: another tab has just renewed the session. `just_renewed`: with this very cookie's forerunner. `reused`: the refresh
 * cookie is a copy of one that was used.
 */
export type Renewability = Life | "idle" | "renewed_elsewhere" | "just_renewed" | "reused";

type Now = Pick<Exchange, "now" | "settings">;

/** Seconds after a renewal in which a request may still come with the cookies from before it. */
const PARALLEL = 60;
/** Seconds by which the provider's clock may be ahead. */
const SKEW = 60;

/** Comparisons are such that a time which cannot be read ends the session. */
export function lifeOf({ session, revocations }: Standing, { now, settings }: Now): Life {
  if (!session) return "unknown";
  // What was caught at reuse is not renewed while its revocation is still on the queue.
  if (isVoid(session, revocations) || !isLateEnough(session, revocations) || (session.reuse !== undefined && settings.onReuse !== "record")) return "revoked";
  return session.endedAt === undefined && now < session.endsAt ? "living" : "ended";
}

/** A sign-in may have read the ledger while a revocation was on its way there: what it would have been refused then is not renewed now. */
function isLateEnough({ uid, startedAt, authTime }: LedgerSession, revocations: readonly Revocation[]): boolean {
  const ofUser = revocations.filter((revocation) => revocation.kind === "gateway" || revocation.uid === uid);
  return isAuthenticatedSince(ofUser, { now: startedAt, authTime, askedAt: startedAt });
}

/**
 * Whether a refresh cookie of this generation renews the session. Only a cookie that is one renewal behind may be a parallel tab's: a thief
 * who renews every minute would otherwise keep the victim's cookie unsuspected. So that no honest tab is ever two behind, however long its
 * request was on the way, nothing renews twice within that time.
 */
export function renewability(standing: Standing, generation: number, { now, settings }: Now): Renewability {
  const life = lifeOf(standing, { now, settings });
  if (life !== "living") return life;
  const { generation: current, renewedAt } = standing.session!;
  if (!(now < renewedAt + settings.session.idle)) return "idle";
  if (generation === current) return current > 0 && now < renewedAt + PARALLEL ? "just_renewed" : "living";
  // Ahead of a ledger that was restored from a backup: it knows nothing of what happened since.
  if (!(generation < current)) return "unknown";
  return generation === current - 1 && now <= renewedAt + PARALLEL ? "renewed_elsewhere" : "reused";
}

export interface Authentication {
  now: number;
  /** When the user authenticated at the provider, where it says so. */
  authTime: number | undefined;
  /** When the sign-in began, if it asked the provider to authenticate the user anew. */
  askedAt: number | undefined;
}

/**
 * Whether the user authenticated after every cut-off that still matters. Where the sign-in did not ask for it, the provider's clock may
 * deceive, and the answer is rather no: the user is then asked.
 *
 * Asked is not obeyed: the request passes through the browser, where whoever has the provider's cookies can take `prompt` and `max_age` out of
 * it. The time of authentication tells, and `max_age` makes it compulsory (OpenID Connect Core 1.0, section 2): without it a revoked user
 * did not sign in. When everybody was signed out nobody is suspected, and a provider that cannot tell would keep all of them out.
 */
export function isAuthenticatedSince(revocations: readonly Revocation[], { now, authTime, askedAt }: Authentication): boolean {
  const cutoffs = revocations.filter(({ kind, until }) => kind !== "session" && !(until <= now));
  return cutoffs.every(({ kind, cutoff }) => {
    // A session that began now would be void.
    if (!(now > cutoff)) return false;
    const asked = askedAt !== undefined && askedAt > cutoff;
    return authTime === undefined ? asked && kind === "gateway" : authTime > (asked ? cutoff : cutoff + SKEW);
  });
}
