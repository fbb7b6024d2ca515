/** When a page's script should renew its session next. All times are seconds. */
import { RENEWAL_GRACE } from "../../../session/timing";

/** How long before the token's end, unless half of what is left is less: enough for an answer that is late. */
const AHEAD = 60;
/** Between two requests of a script, at least. */
const LEAST = 5;

/**
 * Seconds until the session should be renewed: before its token ends, or just after that if the gateway would not renew
 * such a short token earlier (`refreshDecision` in status.ts). Relative, because the clock of the viewer's computer may
 * be wrong.
 *
 * @param left seconds until the token ends
 * @param sinceRenewal seconds since the last renewal; absent if there was none
 */
export function renewIn(left: number, sinceRenewal?: number): number {
  const renewable = sinceRenewal === undefined ? 0 : RENEWAL_GRACE + 1 - sinceRenewal;
  return Math.floor(Math.max(LEAST, left - AHEAD, left / 2, Math.min(renewable, left + 1)));
}
