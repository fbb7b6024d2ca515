/**
 * The lease of a session: the right to renew it, which one request has at a time. It is taken before the refresh token
 * is used, because a provider may treat a second use as theft and end the session.
 */
import { setTimeout } from "node:timers/promises";
import type { LedgerSession } from "../../../ledger/records";
import { addDetail, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure } from "../failures";
import { PAUSE, WATCH, WATCH_ON } from "./lease-times";

export interface Lease {
  id: string;
  /** The session when the lease was taken. */
  session: LedgerSession;
  /** Encrypted; what the next holder must know. */
  keep?: string;
  /**
   * The refresh cookie that renews the session if the lease cannot be released: it is then unknown if the renewal was
   * recorded.
   */
  fallback?: string;
  /** True if there is nothing left to release. */
  isOver: boolean;
}

/**
 * What happened to another request's lease. `gone`: it was released, or the session was renewed or has ended. `held`:
 * its holder may still be working.
 */
export type Watched = "gone" | "held" | { dead: string };

/** Milliseconds needed to answer after a slow read. */
const TIME_TO_ANSWER = 700;

/**
 * @param generation the refresh cookie's
 * @param dead a lease whose holder can no longer be running
 * @returns undefined if another request has the lease, or the session is not (or no longer) at that generation
 * @throws Failure `ledger_unavailable`
 */
export async function takeLease(
  { ports }: RequestContext,
  { uid, sid }: Pick<LedgerSession, "uid" | "sid">,
  generation: number,
  dead?: string,
): Promise<Lease | undefined> {
  const id = ports.random(12);
  const claim = { uid, sid, generation, lease: id, at: ports.now(), ...(dead !== undefined && { dead }) };
  const session = await ports.ledger.claim(claim).catch(async (error: unknown) => {
    // The write is never retried, and only its answer may have been lost.
    const found = await ports.ledger.session({ uid, sid });
    if (found?.lease !== id) throw error;
    return found;
  });
  return session && { id, session, isOver: false };
}

/**
 * Best effort: a lease that is not released costs the next request a few seconds.
 *
 * Once it is released, its renewal can no longer be recorded, and another request may renew the session. A cookie with
 * this answer could reach the browser after that one's and take its place, so the answer carries the fallback only
 * while the lease may still be held.
 */
export async function giveBack(context: RequestContext, { id, session, keep, fallback }: Lease): Promise<void> {
  const { ports, setCookies } = context;
  if (fallback !== undefined) setCookies.push(fallback);
  try {
    const isReleased = await ports.ledger.release(session, id, keep);
    if (isReleased && fallback !== undefined) setCookies.splice(setCookies.indexOf(fallback), 1);
  } catch (error) {
    addDetail(context, `release ${codesOf(asFailure(error))}`);
  }
}

/**
 * Watches a lease that another request has. Its time is not trusted. Requests that find the lease watch it, by their
 * own clocks, for as long as its holder can run. They leave a note for each other in the ledger.
 *
 * @throws Failure `ledger_unavailable`
 */
export async function watchLease(
  { ports, timeLeft }: RequestContext,
  { uid, sid }: Pick<LedgerSession, "uid" | "sid">,
  generation: number,
): Promise<Watched> {
  let seen: { lease: string; since: number } | undefined;
  for (;;) {
    const session = await ports.ledger.session({ uid, sid });
    const lease = session?.lease;
    if (!session || lease === undefined || session.generation !== generation || session.endedAt !== undefined)
      return "gone";
    if (seen?.lease !== lease) seen = { lease, since: performance.now() };
    const wasWatched = session.watched === lease;
    const left = seen.since + (wasWatched ? WATCH_ON : WATCH) - performance.now();
    if (left <= 0) {
      if (wasWatched) return { dead: lease };
      await ports.ledger.watch({ uid, sid }, lease);
      return "held";
    }
    if (timeLeft() < TIME_TO_ANSWER + PAUSE) return "held";
    await setTimeout(Math.min(PAUSE, Math.ceil(left)));
  }
}
