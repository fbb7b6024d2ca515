import { setTimeout } from "node:timers/promises";

/** Milliseconds between two looks. */
const PAUSE = 100;
/** Enough for a busy machine. */
const LOOKS = 600;

/** Waits for the effect of a queue: it comes soon, but not immediately. */
export async function expectSoon<T>(look: () => Promise<T>, expected: T): Promise<void> {
  let seen = await look();
  for (let looks = 1; looks < LOOKS && seen !== expected; looks++) {
    await setTimeout(PAUSE);
    seen = await look();
  }
  expect(seen).toBe(expected);
}

/** Repeats expectations until they hold. */
export async function soon(expectations: () => void): Promise<void> {
  for (let looks = 1; looks < LOOKS; looks++) {
    try {
      return expectations();
    } catch {
      await setTimeout(PAUSE);
    }
  }
  expectations();
}
