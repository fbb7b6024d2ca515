/** Seconds, at most. */
const LONGEST = 0.3;

/**
 * Seconds before the next attempt: 0.1, 0.2, 0.4, … with up to as much again, so that two who are in each other's way
 * part.
 */
export function backoff(attempt: number): number {
  return Math.min(LONGEST, 0.05 * 2 ** attempt) * (1 + Math.random());
}
