import type { Revocation } from "../../session/ledger";
import type { Exchange } from "./exchange";

/** Seconds from a lockdown's cut-off in the ledger until it has replaced the keys, at the latest. */
const REPLACED_WITHIN = 60;

/**
 * Gets the keys of the last lockdown. With those from before it, which this handler would use for a minute longer, it would give out
 * sessions that the gate refuses.
 *
 * @returns whether there was a lockdown: what was signed before now may have to be signed again
 * @throws Failure `keys_unavailable`
 */
export async function keepUpWithLockdown({ ports }: Exchange, revocations: readonly Revocation[]): Promise<boolean> {
  const lockdown = revocations.find(({ kind }) => kind === "gateway");
  if (!lockdown) return false;
  await ports.keysNewerThan(lockdown.cutoff + REPLACED_WITHIN);
  return true;
}
