/**
 * The lease of a session: the right to renew it, which one request has at a time. It is taken before the refresh token
 * is spent, because a provider may take the second use of one for theft, and end the session.
 */
import { setTimeout } from "node:timers/promises";
import type { LedgerSession } from "../../../ledger/records";
import { addDetail, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure } from "../failures";
import { PAUSE, WATCH, WATCH_ON } from "./lease-times";

export interface Lease {
  id: string;
  /** As it was when the lease was taken. */
  session: LedgerSession;
  /** Sealed; what the next holder must know. */
  keep?: string;
  /** Whether there is nothing left to give back. */
  isOver: boolean;
}

/**
 * What became of another one's lease. `gone`: it was given back, or the session was renewed, or is over. `held`: its
 * holder may be at work.
 */
export type Watched = "gone" | "held" | { dead: string };

/** Milliseconds that it takes to answer after a look that took long. */
const TIME_TO_ANSWER = 700;

/**
 * @param generation of the refresh cookie
 * @param dead a lease whose holder cannot be alive
 * @returns undefined where somebody else has it, or the session is not at that generation (any more)
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
    // The write is made once, and only its answer may have been lost.
    const found = await ports.ledger.session({ uid, sid });
    if (found?.lease !== id) throw error;
    return found;
  });
  return session && { id, session, isOver: false };
}

/** Best effort: a lease that stays costs the next request a few seconds. */
export async function giveBack(context: RequestContext, { id, session, keep }: Lease): Promise<void> {
  await context.ports.ledger
    .release(session, id, keep)
    .catch((error) => addDetail(context, `release ${codesOf(asFailure(error))}`));
}

/**
 * Watches a lease that somebody else has. Nobody trusts the time in it: the requests that find it watch for as long as
 * its holder can live, by their own clocks, and tell each other by a note.
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
