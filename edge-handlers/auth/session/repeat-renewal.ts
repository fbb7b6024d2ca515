import type { Session } from "../../../session/token";
import { refreshCookie, type Refresh } from "../cookies/refresh";
import { sessionCookie } from "../cookies/session";
import type { RequestContext } from "../request-context";
import { readNext } from "./last-renewal";
import type { LedgerStatus } from "../../../ledger/records";
import { statusOf } from "./status";

/**
 * Gives a browser once more what the last renewal gave it, for its refresh cookie is the one that was used for that:
 * the answer was lost, or another tab has it. Nothing is recorded: it stays one renewal.
 *
 * Whoever comes a moment later from the address of the renewal is taken for the same browser. A cookie that was given
 * when nobody knew whether the renewal was recorded is its heir at any time, from anywhere.
 *
 * @param isInTime whether the cookie is that of the renewal, which was a moment ago
 * @returns undefined where there is nothing to give, or not to this browser
 * @throws Failure `keys_unavailable`
 */
export async function repeatRenewal(
  context: RequestContext,
  session: Session,
  refresh: Refresh,
  ledgerStatus: LedgerStatus,
  isInTime: boolean,
) {
  const current = ledgerStatus.session;
  if (!current || statusOf(ledgerStatus, context) !== "active") return undefined;
  const isSameBrowser = isInTime && current.address === context.address;
  if (!isSameBrowser && refresh.attempt === undefined) return undefined;
  const next = await readNext(context, current);
  if (!next?.given || next.generation !== current.generation || (!isSameBrowser && next.attempt !== refresh.attempt))
    return undefined;
  const { given, refreshToken, generation } = next;
  context.setCookies.push(
    await sessionCookie(context, { ...session, ...given, floor: ledgerStatus.floor }, current.endsAt),
    await refreshCookie(context, session.sid, { refreshToken, generation }),
  );
  return { outcome: "renewal_repeated" as const, expiresAt: given.expiresAt };
}
