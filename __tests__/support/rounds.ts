/**
 * Counts the calls that wait for each other. Calls are held until no more of them come, and then answered together: each
 * time, the caller waited once, however many calls it made side by side.
 */

/** Milliseconds without a further call after which none is expected. */
const QUIET = 400;

export interface Rounds {
  /** Resolves when the call may be answered. */
  hold(): Promise<void>;
  count(): number;
}

export function startRounds(): Rounds {
  let held: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let rounds = 0;

  function release(): void {
    rounds++;
    const released = held;
    held = [];
    for (const go of released) go();
  }

  return {
    hold: () =>
      new Promise((resolve) => {
        held.push(resolve);
        clearTimeout(timer);
        timer = setTimeout(release, QUIET);
      }),
    count: () => rounds,
  };
}
