import { join } from "node:path";
import { writeFileSync } from "node:fs";

/**
 * The time as a handler, its identity provider and its browsers see it; shared with the handler by shifted-clock.js.
 */
export interface Clock {
  /** Unix seconds. */
  now(): number;
  advance(seconds: number): void;
  /** What the handler's process needs in its environment. */
  env: Record<string, string>;
}

/** A clock that starts at the machine's time. `folder` takes the file that the handler's process reads. */
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
