/** Waits, and repeats attempts that other writers or a throttled service made fail. */
import { setTimeout } from "node:timers/promises";
import { OperationError } from "./errors";
import type { Ports } from "./ports";

export const wait: Ports["wait"] = (seconds) => setTimeout(seconds * 1000);

/** Seconds; the upper limit before the random part. */
const LONGEST_PAUSE = 0.3;

/**
 * Calls `attempt` until it returns something. Pauses in between: 0.1, 0.2, then 0.3 seconds, plus a random part of up to
 * as much again, so that two writers do not collide repeatedly.
 *
 * @returns the first result that is not undefined
 * @throws OperationError with the message `failure` after so many attempts
 */
export async function retry<T>(
  ports: Pick<Ports, "wait">,
  attempts: number,
  failure: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let place = 1; place <= attempts; place++) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (place < attempts) await ports.wait(Math.min(LONGEST_PAUSE, 0.05 * 2 ** place) * (1 + Math.random()));
  }
  throw new OperationError(failure);
}
