/**
 * Time that passes only while everybody waits: what takes minutes is tested in an instant, and in the order in which it
 * would happen.
 */
export interface VirtualTime {
  /** Unix milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** No time passes until this work has ended: it takes turns of the event loop. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until it has ended. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Lets so much time pass, and everything happen in it. */
  pass(milliseconds: number): Promise<void>;
}

interface Timer {
  at: number;
  wake(): void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let timers: Timer[] = [];
  let held = 0;
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => void timers.push({ at: now + milliseconds, wake: resolve }));

  /** Everything that can be done without waiting. */
  const settle = async () => {
    do await new Promise<void>((resolve) => void setImmediate(resolve));
    while (held > 0);
  };

  async function hold<T>(work: Promise<T>): Promise<T> {
    held++;
    try {
      return await work;
    } finally {
      held--;
    }
  }

  async function run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const done = () => void (isOver = true);
    work.then(done, done);
    for (;;) {
      await settle();
      if (isOver) return work;
      if (timers.length === 0) throw new Error("nobody waits for anything, and it is not over");
      now = Math.min(...timers.map(({ at }) => at));
      const due = timers.filter(({ at }) => at === now);
      timers = timers.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
    }
  }

  return { now: () => now, sleep, hold, run, pass: (milliseconds) => run(sleep(milliseconds)) };
}
