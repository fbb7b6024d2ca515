import type { Gateway, InstanceOptions } from "./gateway";

/**
 * Lets an instance do something, and something else happen where the instance stands still at one of its calls: before the
 * service has it, or before the instance hears of it. For every one of its calls, in a gateway of its own each time.
 *
 * @param begin makes the gateway and the instance, with the options that it is given
 * @param isPlace which calls
 */
export async function atEveryCall<Scene extends { gateway: Gateway }>(
  begin: (options: InstanceOptions) => Promise<{ scene: Scene; work: () => Promise<unknown> }>,
  meanwhile: (scene: Scene, where: string) => Promise<void>,
  after: (scene: Scene, where: string, result: PromiseSettledResult<unknown>) => Promise<void>,
  isPlace: (call: string) => boolean = () => true,
): Promise<number> {
  let places = 0;
  for (const side of ["intercept", "answered"] as const) {
    for (let place = 1; ; place++) {
      let reach: (where: string) => void = () => undefined;
      let resume: () => void = () => undefined;
      const reached = new Promise<string>((resolve) => void (reach = resolve));
      const resumed = new Promise<void>((resolve) => void (resume = resolve));
      let seen = 0;
      const { scene, work } = await begin({
        [side]: (call: string) => {
          if (!isPlace(call) || ++seen !== place) return undefined;
          reach(`${side} ${place} ${call}`);
          return resumed;
        },
      });
      const late = Promise.allSettled([work()]).then(([result]) => result!);
      const where = await scene.gateway.time.run(Promise.race([reached, late]));
      if (typeof where !== "string") {
        if (where.status === "rejected") throw where.reason;
        break;
      }
      places += 1;
      await meanwhile(scene, where);
      resume();
      await after(scene, where, await scene.gateway.time.run(late));
    }
  }
  return places;
}
