import { setTimeout } from "node:timers/promises";

/** Seconds, for a busy machine. */
const START_LIMIT = 300;
/** Milliseconds between two looks. */
const PAUSE = 100;

/**
 * Waits for a server that was started in another process.
 *
 * @param name how the error calls it
 * @param isRight whether it is that server that answers
 * @throws Error when it does not answer within 300 s, or `hasEnded` says that it never will
 */
export async function untilUp(
  name: string,
  url: string,
  isRight: (response: Response) => boolean = ({ ok }) => ok,
  hasEnded = () => false,
): Promise<void> {
  const isUp = () => fetch(url).then(isRight, () => false);
  for (const end = Date.now() + START_LIMIT * 1000; !(await isUp()); await setTimeout(PAUSE)) {
    if (hasEnded()) throw new Error(`${name} ended before it answered`);
    if (Date.now() > end) throw new Error(`${name} did not answer within ${START_LIMIT} s`);
  }
}
