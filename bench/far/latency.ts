/** How long people wait for the auth handler, by its distance from AWS and the identity provider. */
import { existsSync } from "node:fs";
import type { Figure } from "../figure";
import { startFarGateway, type FarGateway, type Instance } from "./gateway";
import { measure, type Measurement, type Operation, type State } from "./operations";

/** Milliseconds of a round trip. */
const DISTANCES = [0, 100, 200, 300];
const FARTHEST = 300;
const OPERATIONS: Operation[] = ["login", "callback", "renewal"];
const STATES: State[] = ["cold", "idle", "warm"];

interface Limits {
  /** Milliseconds from the event to the answer, from the farthest distance. */
  time: number;
  /** Sequential calls; opening a connection counts as two. */
  roundTrips: number;
}

const LIMITS: Record<Operation, Record<State, Limits>> = {
  login: {
    cold: { time: 500, roundTrips: 0 },
    idle: { time: 1_800, roundTrips: 3 },
    warm: { time: 300, roundTrips: 0 },
  },
  callback: {
    cold: { time: 2_500, roundTrips: 3 },
    idle: { time: 3_500, roundTrips: 6 },
    warm: { time: 1_500, roundTrips: 3 },
  },
  renewal: {
    cold: { time: 2_500, roundTrips: 3 },
    idle: { time: 3_500, roundTrips: 6 },
    warm: { time: 1_500, roundTrips: 3 },
  },
};
/** Milliseconds; Lambda gives an instance 10,000. */
const INITIALIZATION_LIMIT = 3_500;
/** A busy machine makes single measurements longer, never shorter. */
const TRIES = 3;

export function canMeasureLatency(): boolean {
  return existsSync("/proc/self/schedstat");
}

/** @throws Error if an operation has the wrong result */
export async function measureLatency(): Promise<Figure[]> {
  const gateway = await startFarGateway();
  try {
    const near = await gateway.start();
    const figures: Figure[] = [];
    for (const operation of OPERATIONS)
      for (const state of STATES) figures.push(...(await figuresOf(gateway, near, operation, state)));
    await near.close();
    return figures;
  } finally {
    await gateway.close();
  }
}

async function figuresOf(gateway: FarGateway, near: Instance, operation: Operation, state: State): Promise<Figure[]> {
  const limits = LIMITS[operation][state];
  const name = `${operation}, ${state}`;
  const best = async (roundTrip: number, isThrottled: boolean, limit: number): Promise<Measurement> => {
    let found: Measurement | undefined;
    for (let tries = 0; tries < TRIES && !(found && found.time <= limit); tries++) {
      const one = await measure(gateway, near, { operation, state, roundTrip, isThrottled });
      if (one.isDone && !(found && found.time < one.time)) found = one;
    }
    if (!found) throw new Error(`${name}, ${roundTrip} ms away: did not succeed in ${TRIES} attempts`);
    return found;
  };

  const figures: Figure[] = [];
  for (const distance of DISTANCES) {
    const isFarthest = distance === FARTHEST;
    const { time, cpu, initialization } = await best(distance, true, isFarthest ? limits.time : Infinity);
    if (distance === 0) figures.push({ group: "far handler", name: `${name}: CPU`, value: cpu, unit: "ms" });
    const away = `${distance} ms away`;
    figures.push({
      group: "far handler",
      name: `${name}, ${away}`,
      value: time,
      unit: "ms",
      ...(isFarthest && { limit: limits.time }),
    });
    if (operation === "callback" && state === "cold")
      figures.push({
        group: "far handler",
        name: `initialization, ${away}`,
        value: initialization,
        unit: "ms",
        ...(isFarthest && { limit: INITIALIZATION_LIMIT }),
      });
  }
  // With unlimited CPU, the rest of the time is less than a round trip.
  const { time } = await best(FARTHEST, false, FARTHEST * (limits.roundTrips + 1) - 1);
  const value = Math.floor(time / FARTHEST);
  return [
    ...figures,
    { group: "far handler", name: `${name}: round trips`, value, unit: "", limit: limits.roundTrips },
  ];
}
