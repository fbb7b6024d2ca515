import { statusOf } from "./status";
import { sessionCookie, type SignedSession } from "../cookies/session";
import { isReissueLoop, reissueCookie } from "../cookies/sign-ins";
import type { RequestContext } from "../request-context";
import type { LedgerStatus } from "../../../ledger/records";

/**
 * Signs a token again with the current key and the current floor of the user's shard, if the session is active in the
 * ledger. Nothing else about the session changes, including its end. This needs no provider and writes nothing.
 *
 * @returns false if the token is not outdated, if reissuing it repeatedly did not help, or if the session is not active
 * @throws Failure `session_too_large`, `keys_unavailable`
 */
export async function reissue(
  context: RequestContext,
  { session, kid }: SignedSession,
  ledgerStatus: LedgerStatus,
): Promise<boolean> {
  const { current } = await context.ports.keys();
  const { floor } = ledgerStatus;
  const isOutdated = kid !== current || session.floor < floor;
  if (!isOutdated || statusOf(ledgerStatus, context) !== "active" || isReissueLoop(context, floor)) return false;
  context.setCookies.push(
    await sessionCookie(context, { ...session, floor }, ledgerStatus.session!.endsAt),
    reissueCookie(context, floor),
  );
  return true;
}
