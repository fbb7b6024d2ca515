/** One history from its seed to its result. */
import { createHash } from "node:crypto";
import type { Bundles } from "./bundles";
import { History } from "./history";
import { Violation } from "./model";
import { playHistory } from "./phases";
import type { Profile } from "./profile";

export interface Result {
  seed: number;
  violation?: { invariant: string; message: string };
  log: string[];
  /** The hash of the whole log. */
  digest: string;
  counts: Record<string, number>;
  /** Calls of services, by name. */
  calls: Record<string, number>;
  profile: Profile;
}

export async function runHistory(
  seed: number,
  bundles: Bundles,
  trace?: (line: string) => void,
  change?: (profile: Profile) => void,
): Promise<Result> {
  const history = new History(seed, bundles, trace, change);
  const violation = await playHistory(history).then(
    () => undefined,
    (error: unknown) =>
      error instanceof Violation
        ? { invariant: error.invariant, message: error.message }
        : { invariant: "nothing breaks", message: String((error as Error).stack ?? error) },
  );
  const { world, counts, gateway, profile } = history;
  // Calls of one moment are noted in no order.
  const digest = createHash("sha256")
    .update([...world.log].sort().join("\n"))
    .digest("hex");
  return {
    seed,
    ...(violation && { violation }),
    log: world.log,
    digest,
    counts: counts.of,
    calls: gateway.network.calls,
    profile,
  };
}
