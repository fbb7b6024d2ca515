/** Entries that an instance remembers. */
const MAX_CACHED = 1_000;

/**
 * Caches the ledger's answers by ID. Concurrent callers share one read. An answer that is too old is never used, even if
 * the ledger cannot be read: something may have been revoked. Failures are not cached.
 *
 * @param seconds for which an answer is used
 * @param now Unix seconds
 * @param isKept false for answers that are not to be cached
 */
export function cachedAnswers<T>(
  read: (id: string) => Promise<T>,
  seconds: number,
  now: () => number,
  isKept: (answer: T) => boolean = () => true,
): (id: string) => Promise<T> {
  const kept = new Map<string, { since: number; answer: Promise<T> }>();
  return (id) => {
    const known = kept.get(id);
    // Compares in both directions: a clock that was set back must not keep an answer alive.
    if (known && Math.abs(now() - known.since) < seconds) return known.answer;
    kept.delete(id);
    const entry = { since: now(), answer: read(id) };
    kept.set(id, entry);
    const forget = () => kept.get(id) === entry && kept.delete(id);
    entry.answer.then((answer) => isKept(answer) || forget(), forget);
    // A Map iterates in the order of insertion.
    if (kept.size > MAX_CACHED) kept.delete(kept.keys().next().value!);
    return entry.answer;
  };
}
