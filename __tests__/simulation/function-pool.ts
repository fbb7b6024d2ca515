/** The environments of a Lambda function, as Lambda starts, reuses and ends them. */
import { startInstance, type FunctionOptions, type Instance, type Outcome } from "./kernel/instance";
import type { Network } from "./kernel/network";
import type { World } from "./kernel/world";

export interface Pool {
  /** @param onLine called with each line that its environment logs from now on */
  invoke(
    event: unknown,
    id: string,
    onLine: (line: string) => void,
  ): Promise<{ outcome: Outcome; at: number; hadMishap: boolean }>;
  isWorking(): boolean;
  release(): void;
  /** Some idle environments are put away. */
  recycle(): void;
}

interface PoolContext {
  world: World;
  network: Network;
  /** How many clocks its environments have. */
  handlersAtEdge: number;
  /** Draws how far a clock is off, in milliseconds. */
  skewOf(): number;
}

/** Environments of one function: an idle one is used again, and a new one has a clock of its own. */
export function createPool(
  { world, network, handlersAtEdge, skewOf }: PoolContext,
  options: Omit<FunctionOptions, "skew" | "name" | "onLine">,
  name: string,
): Pool {
  let instances: Instance[] = [];
  const lines = new Map<Instance, (line: string) => void>();
  let count = 0;
  let working = 0;
  // So that a history has not a clock for each event.
  const skews = Array.from({ length: handlersAtEdge }, skewOf);
  return {
    isWorking: () => working > 0,
    async invoke(
      event: unknown,
      id: string,
      onLine: (line: string) => void,
    ): Promise<{ outcome: Outcome; at: number; hadMishap: boolean }> {
      instances = instances.filter((instance) => !instance.isDead());
      const idle = instances.filter((instance) => !instance.isBusy());
      let instance = idle.length > 0 ? world.random.pick(idle) : undefined;
      if (!instance) {
        const place = count++;
        instance = startInstance(world, network, {
          ...options,
          name: `${name}${place}`,
          skew: skews[place % skews.length]!,
          onLine: (line) => lines.get(instance!)?.(line),
        });
        instances.push(instance);
      }
      lines.set(instance, onLine);
      const before = instance.mishaps;
      working += 1;
      const outcome = await instance.invoke(event, id);
      working -= 1;
      return { outcome, at: world.now(), hadMishap: instance.mishaps > before };
    },
    release: () => instances.forEach((instance) => instance.release()),
    recycle() {
      for (const instance of instances)
        if (!instance.isBusy() && world.random.chance(0.5)) instance.crash("because it is put away");
    },
  };
}
