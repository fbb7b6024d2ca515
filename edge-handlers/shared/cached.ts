import { asFailure, codesOf } from "./failure";
import type { OldCopyEntry } from "./log";

export interface Lifetimes {
  /** Seconds for which a value is used without loading it again. */
  fresh: number;
  /** Seconds for which a value is used if loading it fails. */
  stale: number;
  /** Seconds from a failed attempt to the next one. */
  pause: number;
}

/** What a cached value needs from its platform. */
export interface Surroundings {
  /** Unix seconds. */
  now(): number;
  log(entry: OldCopyEntry): void;
}

export interface Cached<T> {
  /** @throws what `load` throws, if there is no value that may still be used */
  get(): Promise<T>;
  /**
   * Returns a function that loads the value although it is fresh, at most `most` times in `within` seconds. Each
   * function has its own limit, so that exhausting one that anybody can trigger does not block the others.
   */
  refetching(most: number, within: number): () => Promise<T>;
  /**
   * The value, loaded again unless that was done later than `time` (Unix seconds), because an older one is known to be
   * wrong. If that time is in the future, the load begins after this call.
   *
   * @throws what `load` throws; never returns a stale value
   */
  newerThan(time: number): Promise<T>;
  /** The value if it is no longer fresh, however old it is: only for work that does no harm if it is wrong. */
  outdated(): T | undefined;
  /** Why the last attempt to load failed; undefined if it did not. */
  failure(): unknown;
}

/** Seconds after which a load is not waited for. No load takes that long, so the runtime was frozen in the meantime. */
const ABANDONED = 5;

interface Load<T> {
  /** Unix seconds. */
  since: number;
  result: Promise<T>;
}

/**
 * Caches a loaded value. Concurrent callers share one load. If loading fails, the old value is used for a while longer
 * (stale-if-error, RFC 5861 section 4), and that is logged.
 */
export function cached<T>(
  load: () => Promise<T>,
  { fresh, stale, pause }: Lifetimes,
  { now, log }: Surroundings,
): Cached<T> {
  let kept: { value: T; since: number; place: number } | undefined;
  let loading: Load<T> | undefined;
  let loads = 0;
  let pausedUntil = 0;
  let failure: unknown;

  const youngerThan = (age: number) => kept !== undefined && now() - kept.since < age;

  async function attempt(since: number): Promise<T> {
    const place = ++loads;
    try {
      const value = await load();
      // An abandoned load may end after a later one.
      if (!kept || kept.place < place) {
        kept = { value, since, place };
        [pausedUntil, failure] = [0, undefined];
      }
      return value;
    } catch (error) {
      if (place === loads) [pausedUntil, failure] = [now() + pause, error];
      if (!kept || !youngerThan(stale)) throw error;
      log({ endpoint: "none", outcome: "old_copy_used", detail: codesOf(asFailure(error)) });
      return kept.value;
    } finally {
      if (place === loads) loading = undefined;
    }
  }

  /** The result of the load in progress, or of a new one. */
  function loaded(): Promise<T> {
    const since = now();
    if (!loading || since - loading.since > ABANDONED) loading = { since, result: attempt(since) };
    return loading.result;
  }

  async function get(): Promise<T> {
    if (kept && (youngerThan(fresh) || (youngerThan(stale) && now() < pausedUntil))) return kept.value;
    return loaded();
  }

  function refetching(most: number, within: number): () => Promise<T> {
    let asked: number[] = [];
    return async () => {
      asked = asked.filter((time) => now() - time < within);
      if (asked.length >= most || now() < pausedUntil) return get();
      asked.push(now());
      return loaded();
    };
  }

  async function newerThan(time: number): Promise<T> {
    const isNewer = () => kept !== undefined && kept.since > time;
    if (isNewer()) return kept!.value;
    // Twice, because a load already in progress may have started too early. The next one starts after this call.
    for (let tries = 0; tries < 2 && now() >= pausedUntil; tries++) {
      const startsNow = loading === undefined || tries > 0;
      const value = await loaded();
      if (failure === undefined && (startsNow || isNewer())) return value;
    }
    throw failure;
  }

  const outdated = () => (youngerThan(fresh) ? undefined : kept?.value);

  return { get, refetching, newerThan, outdated, failure: () => failure };
}
