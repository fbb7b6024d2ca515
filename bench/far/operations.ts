/** The operations for which people wait at a distant handler, and their times. */
import type { Answer, FarGateway, Instance } from "./gateway";

/**
 * `cold`: a new process, after its initialization. `idle`: one that answered its last request a quarter of an hour ago,
 * so that its caches and connections are old. `warm`: one that has just done the same for another person.
 */
export type State = "cold" | "idle" | "warm";
export type Operation = "login" | "callback" | "renewal";

export interface Measurement extends Answer {
  /** True if the operation succeeded. */
  isDone: boolean;
  /** Milliseconds; see `Instance`. */
  initialization: number;
}

const QUARTER_OF_AN_HOUR = 901;
const LOGIN = "/_gate/login?return_to=%2Fa";

interface Conditions {
  operation: Operation;
  state: State;
  /** Milliseconds. */
  roundTrip: number;
  /** False for unlimited CPU. */
  isThrottled: boolean;
}

/** @param near an instance for the operations before it */
export async function measure(
  gateway: FarGateway,
  near: Instance,
  { operation, state, roundTrip, isThrottled }: Conditions,
): Promise<Measurement> {
  /** @returns the person's next operation */
  async function prepared(): Promise<(instance: Instance) => Promise<Answer>> {
    const browser = gateway.browser();
    if (operation === "login") return (instance) => browser.open(instance, LOGIN);
    const callback = gateway.authorize((await browser.open(near, LOGIN)).location);
    if (operation === "callback") return (instance) => browser.open(instance, callback);
    await browser.open(near, callback);
    return (instance) => browser.open(instance, LOGIN);
  }

  gateway.distance.roundTrip = 0;
  const [person, another] = [await prepared(), await prepared()];
  if (operation === "renewal") gateway.advance(QUARTER_OF_AN_HOUR);
  gateway.distance.roundTrip = roundTrip;
  const instance = await gateway.start();
  try {
    if (state !== "cold") await another(instance);
    let next = person;
    if (state === "idle") {
      gateway.advance(QUARTER_OF_AN_HOUR);
      // A flow lasts for ten minutes.
      gateway.distance.roundTrip = 0;
      if (operation === "callback") next = await prepared();
      gateway.distance.roundTrip = roundTrip;
    }
    if (isThrottled) await instance.throttle();
    const answer = await next(instance);
    const isDone = answer.status === 302 && (operation === "login") === answer.location.startsWith("https:");
    return { ...answer, isDone, initialization: instance.initialization };
  } finally {
    await instance.close();
  }
}
