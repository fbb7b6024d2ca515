/**
 * Virtual time. Whatever happens is an event of the world: events run one after the other, in the order of their times,
 * and between two of them everything that runs in the process has come to rest. So one seed is one history.
 */
import { createRandom, type Random } from "./random";

/** Whose events are no longer wanted once it is gone: a crashed function never goes on. */
export interface Owner {
  /** Runs the event, keeps it for later, or drops it. */
  deliver(run: () => void): void;
}

export interface Timer {
  cancelled: boolean;
}

interface Event extends Timer {
  at: number;
  order: number;
  owner: Owner | undefined;
  run: () => void;
}

export interface World {
  /** Unix milliseconds, of no component's clock; a fraction of one orders what happens within it. */
  now(): number;
  /** Unix seconds. */
  seconds(): number;
  random: Random;
  /** Runs `run` after so many milliseconds. */
  after(milliseconds: number, run: () => void, owner?: Owner): Timer;
  sleep(milliseconds: number): Promise<void>;
  /** Starts what goes on by itself. What it throws ends the history. */
  start(work: () => Promise<void>): void;
  /** A line of the history's log. */
  note(line: string): void;
  log: string[];
  /** @throws Error what was thrown by anything that was started */
  runUntil(isOver: () => boolean): Promise<void>;
}

/** So that a history that never ends is found out. */
const MOST_EVENTS = 3_000_000;

/** @param start Unix milliseconds */
export function createWorld(seed: number, start: number, trace: (line: string) => void = () => undefined): World {
  const random = createRandom(seed);
  const heap: Event[] = [];
  let now = start;
  let count = 0;
  let failure: { error: unknown } | undefined;

  const before = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function push(event: Event): void {
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  function pop(): Event | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  const world: World = {
    now: () => now,
    seconds: () => Math.floor(now / 1000),
    random,
    log: [],
    after(milliseconds, run, owner) {
      const event: Event = { at: now + Math.max(0, milliseconds), order: count++, owner, run, cancelled: false };
      push(event);
      return event;
    },
    sleep: (milliseconds) => new Promise((resolve) => void world.after(milliseconds, resolve)),
    start(work) {
      work().catch((error: unknown) => (failure ??= { error }));
    },
    note(line) {
      const entry = `${new Date(now).toISOString().slice(11, 23)} ${line}`;
      world.log.push(entry);
      trace(entry);
    },
    async runUntil(isOver) {
      for (let events = 0; ; events++) {
        await atRest();
        if (failure) throw failure.error;
        if (isOver()) return;
        const event = pop();
        if (!event) throw new Error("nothing is left to happen, and the history is not over");
        if (events > MOST_EVENTS) throw new Error("the history does not end");
        if (event.cancelled) continue;
        now = event.at;
        if (event.owner) event.owner.deliver(event.run);
        else event.run();
      }
    },
  };
  return world;
}

/** Once every promise and every `process.nextTick` has been dealt with. */
function atRest(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
