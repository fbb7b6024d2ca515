/** What goes over the wire between a function and a service, and what can happen to it on the way. */
import type { Instance } from "./instance";
import { createRandom, hashOf, type Random } from "./random";
import type { World } from "./world";

export interface WireRequest {
  host: string;
  method: string;
  /** With its query. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a call does when it reaches its service: at one moment, or, where it takes several, as a promise. */
export interface Service {
  /** What is asked for, for the log and for the faults: `dynamodb.PutItem`. */
  nameOf(request: WireRequest): string;
  answer(request: WireRequest, from: Instance): WireResponse | Promise<WireResponse>;
  /** What the service says instead of doing it. */
  failure(kind: "throttle" | "error"): WireResponse;
}

/**
 * `lost`: done, and nobody hears of it. `dropped`: never arrives. `late`: done after the caller has given up.
 * `crash-before`, `crash-after`: the caller itself ends, before the call leaves it or once it is done.
 */
export type Mishap = "throttle" | "error" | "lost" | "dropped" | "late" | "crash-before" | "crash-after";

export interface Faults {
  /** Asked for every call. @param random the call's own */
  next(name: string, random: Random): Mishap | undefined;
  /** Milliseconds on the way to the service, or back. */
  latency(random: Random): number;
}

export interface Exchange {
  onResponse(response: WireResponse): void;
  onError(error: Error): void;
}

export interface Network {
  services: Map<string, Service>;
  faults: Faults;
  /** How many there were, by name. */
  calls: Record<string, number>;
  /** @returns gives the call up: its answer is not wanted any more */
  send(from: Instance, request: WireRequest, exchange: Exchange): () => void;
}

/** Milliseconds by which a late call is late: callers give up after 2 to 10 s. */
const LATE = [1_500, 14_000] as const;

export function createNetwork(world: World, faults: Faults): Network {
  const seed = world.random.whole(0, 2 ** 31);
  const times = new Map<number, number>();
  const network: Network = {
    services: new Map(),
    faults,
    calls: {},
    send(from, request, { onResponse, onError }) {
      const service = network.services.get(request.host);
      if (!service) throw new Error(`there is no ${request.host}`);
      const name = service.nameOf(request);
      network.calls[name] = (network.calls[name] ?? 0) + 1;
      // A chance of its own, whatever calls go out beside it: in what order those of one moment do is not the seed's to
      // say.
      const what = hashOf(`${seed} ${from.name} ${name} ${request.body}`);
      const time = (times.get(what) ?? 0) + 1;
      times.set(what, time);
      const random = createRandom(what * 2 ** 20 + time);
      const latency = () => network.faults.latency(random) + random.fraction();
      const mishap = network.faults.next(name, random);
      let isGivenUp = false;
      const back = (deliver: () => void) => void world.after(latency(), () => !isGivenUp && deliver(), from);
      if (mishap !== undefined) from.mishaps += 1;
      if (mishap !== undefined) world.note(`${from.name} ${name}: ${mishap}`);

      function reset(): void {
        back(() => onError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })));
      }
      async function arrive(): Promise<void> {
        const response = await service!.answer(request, from);
        if (mishap === "lost") reset();
        else if (mishap === "crash-after") from.crash(`after ${name}`);
        else if (mishap !== "late") back(() => onResponse(response));
      }
      if (mishap === "crash-before") world.after(0, () => from.crash(`before ${name}`));
      else if (mishap === "dropped") {
        // Half of them are noticed; of the others there is silence.
        if (random.chance(0.5)) reset();
      } else if (mishap === "throttle" || mishap === "error") back(() => onResponse(service.failure(mishap)));
      else
        world.after(mishap === "late" ? random.whole(...LATE) + random.fraction() : latency(), () =>
          world.start(arrive),
        );
      return () => (isGivenUp = true);
    },
  };
  return network;
}
