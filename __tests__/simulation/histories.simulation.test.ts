/**
 * Histories of a gateway whose parts fail, over the shipped bundles and in virtual time; see phases.ts. A history that
 * goes wrong is told with its seed, and `SEED=<seed> npx jest --selectProjects simulation` tells it again, with every
 * event. `SIMULATION_HISTORIES` says how many there are, `SIMULATION_FIRST_SEED` where they begin.
 */
import { COUNTED, Counts } from "./counts";
import { runHistories } from "./histories";
import type { Result } from "./run-history";

const { SEED, CI, SIMULATION_HISTORIES, SIMULATION_FIRST_SEED = "1" } = process.env;
const COUNT = Number(SIMULATION_HISTORIES ?? (CI ? 500 : 40));
const PROCESSES = 2;
/** Fewer need not see everything that is rare. */
const ENOUGH = 500;
/** Far above what a history takes. */
const TIME_LIMIT = 300_000 + COUNT * 20_000;

function story({ seed, violation, log, profile }: Result): string {
  return [`SEED=${seed}: ${violation!.message}`, JSON.stringify(profile), ...log.slice(-120)].join("\n");
}

if (SEED !== undefined) {
  it(
    `seed ${SEED} keeps every promise`,
    async () => {
      const [result] = await runHistories(Number(SEED), 1, 1, { TRACE: "1" });
      expect(result?.violation).toBeUndefined();
    },
    TIME_LIMIT,
  );
} else {
  it(
    `every promise is kept in ${COUNT} histories`,
    async () => {
      const results = await runHistories(Number(SIMULATION_FIRST_SEED), COUNT, PROCESSES);
      const failed = results.filter(({ violation }) => violation !== undefined);
      expect(failed.slice(0, 3).map(story)).toEqual([]);
      expect(failed.map(({ seed }) => seed)).toEqual([]);
      expect(results).toHaveLength(COUNT);
      const counts = new Counts();
      for (const result of results) counts.merge(result.counts);
      process.stdout.write(
        `${COUNT} histories\n${COUNTED.map((name) => `  ${String(counts.of[name]).padStart(9)} ${name}`).join("\n")}\n`,
      );
      if (COUNT >= ENOUGH) expect(COUNTED.filter((name) => counts.of[name] === 0)).toEqual([]);
    },
    TIME_LIMIT,
  );

  it(
    "one seed is one history, whatever was run before it",
    async () => {
      const [alone, after] = await Promise.all([runHistories(7, 1, 1), runHistories(5, 3, 1)]);
      const [one] = alone;
      expect(one!.digest).toBe(after.find(({ seed }) => seed === 7)!.digest);
      expect(new Set(after.map(({ digest }) => digest)).size).toBe(3);
    },
    TIME_LIMIT,
  );
}
