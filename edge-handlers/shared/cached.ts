import { asFailure, codesOf } from "./failure";
import type { OldCopyEntry } from "./log";

export interface Lifetimes {
  /** Seconds for which a value is used without asking again. */
  fresh: number;
  /** Seconds for which a value is used while its source fails. */
  stale: number;
  /** Seconds from a failed attempt to the next one. */
  pause: number;
}

/** What a cached value takes from the place that it runs in. */
export interface Surroundings {
  /** Unix seconds. */
  now(): number;
  log(entry: OldCopyEntry): void;
}

export interface Cached<T> {
  /** @throws what `load` throws, while there is no value that may still be used */
  get(): Promise<T>;
  /**
   * A way to ask the source although the value is fresh, at most `most` times within so many seconds. Each way counts
   * for itself: one that anybody can use up leaves the others open.
   */
  refetching(most: number, within: number): () => Promise<T>;
  /**
   * The value, fetched again unless that was done later than `time` (Unix seconds): an older one is known to be wrong.
   *
   * @throws what `load` throws; a stale value is no answer here
   */
  newerThan(time: number): Promise<T>;
  /** Why the last attempt to ask the source failed; undefined where it did not. */
  failure(): unknown;
}

/**
 * A value from elsewhere: kept, asked for once however many wait for it, and used for a while longer when its source
 * fails (stale-if-error, RFC 5861 section 4), which the log then says.
 */
export function cached<T>(
  load: () => Promise<T>,
  { fresh, stale, pause }: Lifetimes,
  { now, log }: Surroundings,
): Cached<T> {
  let kept: { value: T; since: number } | undefined;
  let loading: Promise<T> | undefined;
  let pausedUntil = 0;
  let failure: unknown;

  const youngerThan = (age: number) => kept !== undefined && now() - kept.since < age;

  async function attempt(): Promise<T> {
    const since = now();
    try {
      const value = await load();
      kept = { value, since };
      [pausedUntil, failure] = [0, undefined];
      return value;
    } catch (error) {
      pausedUntil = now() + pause;
      failure = error;
      if (!kept || !youngerThan(stale)) throw error;
      log({ endpoint: "none", outcome: "old_copy_used", detail: codesOf(asFailure(error)) });
      return kept.value;
    } finally {
      loading = undefined;
    }
  }

  async function get(): Promise<T> {
    if (kept && (youngerThan(fresh) || (youngerThan(stale) && now() < pausedUntil))) return kept.value;
    return (loading ??= attempt());
  }

  function refetching(most: number, within: number): () => Promise<T> {
    let asked: number[] = [];
    return async () => {
      asked = asked.filter((time) => now() - time < within);
      if (asked.length >= most || now() < pausedUntil) return get();
      asked.push(now());
      return (loading ??= attempt());
    };
  }

  async function newerThan(time: number): Promise<T> {
    // Nothing is newer than the present second.
    const floor = Math.min(time, now() - 1);
    const isNewer = () => kept !== undefined && kept.since > floor;
    // Twice, because what is being loaded may have been asked for too early.
    for (let tries = 0; tries < 2 && !isNewer() && now() >= pausedUntil; tries++) await (loading ??= attempt());
    if (!isNewer()) throw failure;
    return kept!.value;
  }

  return { get, refetching, newerThan, failure: () => failure };
}
