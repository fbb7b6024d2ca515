/** Seconds; the upper limit before the random part. */
const LONGEST = 0.3;

/**
 * Seconds before the next attempt: 0.1, 0.2, then 0.3, plus a random part of up to as much again, so that two writers
 * do not collide repeatedly.
 */
export function backoff(attempt: number): number {
  return Math.min(LONGEST, 0.05 * 2 ** attempt) * (1 + Math.random());
}
