import type { Revocation } from "../../../ledger/records";
import { CLOCK_SKEW } from "../../../session/timing";
import type { RequestContext } from "../request-context";

/** Maximum seconds from a lockdown's cut-off in the ledger until it has replaced the keys. */
const REPLACED_WITHIN = 60;

/**
 * Makes sure that the cached keys are from after the last lockdown. Otherwise this handler would use the replaced keys
 * for up to another minute, and issue sessions that the gate refuses. The margin covers the difference between the two
 * clocks. While that time is in the future, the keys are fetched each time: keys of the same second may be those that
 * the lockdown replaced.
 *
 * @throws Failure `keys_unavailable`
 */
export async function keepUpWithLockdown({ ports }: RequestContext, revocations: readonly Revocation[]): Promise<void> {
  const lockdown = revocations.find(({ kind }) => kind === "gateway");
  if (lockdown) await ports.keysNewerThan(lockdown.cutoff + REPLACED_WITHIN + 2 * CLOCK_SKEW);
}
