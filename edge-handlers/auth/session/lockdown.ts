import type { Revocation } from "../../../ledger/records";
import { CLOCK_SKEW } from "../../../session/timing";
import type { RequestContext } from "../request-context";

/** Seconds from a lockdown's cut-off in the ledger until it has replaced the keys, at the latest. */
const REPLACED_WITHIN = 60;

/**
 * Gets the keys of the last lockdown. With those from before it, which this handler would use for a minute longer, it
 * would give out sessions that the gate refuses. Whatever the two clocks say, they are asked for after it; a time that
 * is still to come is asked for once a second.
 *
 * @throws Failure `keys_unavailable`
 */
export async function keepUpWithLockdown({ ports }: RequestContext, revocations: readonly Revocation[]): Promise<void> {
  const lockdown = revocations.find(({ kind }) => kind === "gateway");
  if (lockdown) await ports.keysNewerThan(lockdown.cutoff + REPLACED_WITHIN + 2 * CLOCK_SKEW);
}
