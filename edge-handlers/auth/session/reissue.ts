import { statusOf } from "./status";
import { sessionCookie, type SignedSession } from "../cookies/session";
import { isReissueLoop, reissueCookie } from "../cookies/sign-ins";
import type { RequestContext } from "../request-context";
import type { LedgerStatus } from "../../../ledger/records";

/**
 * Signs a token again, with the latest key and the floor that its user's shard has now, if the ledger says that the
 * session lives. The session stays what it is, and ends when it would have; neither the provider is asked nor anything
 * written.
 *
 * @returns false where the token is not outdated, or was replaced again and again to no avail, or the session is over
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
