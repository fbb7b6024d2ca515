import type { Session } from "../../../session/token";
import { refreshCookie, type Refresh } from "../cookies/refresh";
import { sessionCookie } from "../cookies/session";
import type { RequestContext } from "../request-context";
import { readNext } from "./last-renewal";
import type { LedgerStatus } from "../../../ledger/records";
import { statusOf } from "./status";

/**
 * Gives a browser the result of the last renewal again, if that renewal used its refresh cookie: the answer was lost,
 * or another tab received it. Records nothing, because it is still the same renewal.
 *
 * A request that comes a moment later from the IP address of the renewal counts as the same browser. A cookie that was
 * set while it was unknown if the renewal was recorded may get the result at any time, from anywhere. For a moment, so
 * may the cookie that the renewal set: an answer in transit may have overwritten the new token with an older one.
 *
 * @param held `used`: the cookie was used for the renewal, a moment ago. `given`: it was given by the renewal, a moment
 *   ago. Undefined for any other cookie
 * @returns undefined if there is nothing to repeat, or this browser may not have it
 * @throws Failure `keys_unavailable`
 */
export async function repeatRenewal(
  context: RequestContext,
  session: Session,
  refresh: Refresh,
  ledgerStatus: LedgerStatus,
  held: "used" | "given" | undefined,
) {
  const current = ledgerStatus.session;
  if (!current || statusOf(ledgerStatus, context) !== "active") return undefined;
  const isSameBrowser = held === "given" || (held === "used" && isSameAddress(context, ledgerStatus));
  if (!isSameBrowser && refresh.attempt === undefined) return undefined;
  const next = await readNext(context, current);
  if (!next?.given || next.generation !== current.generation || (!isSameBrowser && next.attempt !== refresh.attempt))
    return undefined;
  if (held === "given" && !(next.given.expiresAt > session.expiresAt)) return undefined;
  const { given, refreshToken, generation, hook } = next;
  context.setCookies.push(
    await sessionCookie(context, { ...session, ...given, floor: ledgerStatus.floor }, current.endsAt),
    await refreshCookie(context, session.sid, { refreshToken, generation, ...(hook && { hook }) }),
  );
  return { outcome: "renewal_repeated" as const, expiresAt: given.expiresAt };
}

/** True if the request comes from the IP address of the last renewal. */
export function isSameAddress({ address }: RequestContext, { session }: LedgerStatus): boolean {
  return session?.address === address;
}
