import { join } from "node:path";
import { writeFileSync } from "node:fs";

/**
 * The clock of a handler, its identity provider and its browsers; shifted-clock.js applies it in the handler's process.
 */
export interface Clock {
  /** Unix seconds. */
  now(): number;
  advance(seconds: number): void;
  /** Environment variables of the handler's process. */
  env: Record<string, string>;
}

/** A clock that starts at the machine's time. The handler's process reads the offset from a file in `folder`. */
export function startClock(folder: string): Clock {
  const file = join(folder, "clock");
  let offset = 0;
  const save = () => writeFileSync(file, String(offset * 1000));
  save();
  return {
    now: () => Math.floor(Date.now() / 1000) + offset,
    advance: (seconds) => {
      offset += seconds;
      save();
    },
    env: { NODE_OPTIONS: `--require ${join(__dirname, "shifted-clock.js")}`, SHIFTED_CLOCK_FILE: file },
  };
}
