/** A user's revocations in the ledger. They are for tokens of other issuers, which the store's records do not cover. */
import type { Revocation } from "../../ledger/records";

/** @throws Failure if the ledger cannot be read, so that nobody passes */
export type ReadRevocations = (uid: string) => Promise<readonly Revocation[]>;

/** Seconds. A revocation takes about as long to reach the edges, and a busy client costs only one read in this time. */
const CACHED = 10;
/** Users that an instance remembers. */
const MAX_CACHED = 1_000;

/**
 * Remembers an answer for {@link CACHED} seconds. After that the old one is not used, even if the ledger cannot be read.
 *
 * @param now Unix seconds
 */
export function cachedRevocations(read: ReadRevocations, now: () => number): ReadRevocations {
  const kept = new Map<string, { since: number; answer: ReturnType<ReadRevocations> }>();
  return (uid) => {
    const known = kept.get(uid);
    // Compares in both directions: a clock that was set back must not keep an answer alive.
    if (known && Math.abs(now() - known.since) < CACHED) return known.answer;
    kept.delete(uid);
    const entry = { since: now(), answer: read(uid) };
    kept.set(uid, entry);
    entry.answer.catch(() => kept.get(uid) === entry && kept.delete(uid));
    // A Map iterates in the order of insertion.
    if (kept.size > MAX_CACHED) kept.delete(kept.keys().next().value!);
    return entry.answer;
  };
}
