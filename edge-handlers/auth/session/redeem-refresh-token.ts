import type { Session } from "../../../session/token";
import { refreshCookie, type Refresh } from "../cookies/refresh";
import { establishSession } from "./establish";
import type { RequestContext } from "../request-context";
import { Failure, type FailureCode } from "../failures";
import type { Lease } from "./lease";
import { givenBy, readNext, sealNext } from "./last-renewal";
import { identify } from "../oidc/identity";
import { askHook, withHookAnswer } from "../sign-in/hook";
import { relyingParty } from "../oidc/relying-party";
import { redeemRefreshToken } from "../oidc/tokens";
import type { RenewalRecord, LedgerStatus } from "../../../ledger/records";

/**
 * After these failures the provider will not renew the session: trying again changes nothing, but signing in may help.
 */
const ENDS_THE_SESSION: ReadonlySet<FailureCode> = new Set([
  "grant_refused",
  "idp_response_invalid",
  "groups_overage",
  "id_token_too_large",
  "account_not_allowed",
  "hook_refused",
  "user_changed",
]);
/**
 * With these codes the provider says that this client may not renew sessions at all (RFC 6749 section 5.2). It may
 * still sign users in.
 */
const RENEWAL_NOT_ALLOWED: ReadonlySet<string | undefined> = new Set([
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
]);

/**
 * Milliseconds that must be left before a refresh token is used, and before a renewal is recorded, so that the result
 * still reaches the browser.
 */
const TIME_TO_REDEEM = 2_000;
const TIME_TO_RECORD = 800;

interface Renewable {
  lease: Lease;
  ledgerStatus: LedgerStatus;
}

export function canRedeem({ timeLeft }: RequestContext): boolean {
  return timeLeft() >= TIME_TO_REDEEM;
}

/** `failure`: what the provider said; absent if the session was ended or renewed in the meantime. */
export type Redeemed = { outcome: "renewed"; expiresAt: number } | { outcome: "refused"; failure?: Failure };

/**
 * Renews a session at the provider. The caller must hold its lease.
 *
 * @throws Failure if renewing may work later
 */
export async function redeem(
  context: RequestContext,
  session: Session,
  refresh: Refresh,
  { lease, ledgerStatus }: Renewable,
): Promise<Redeemed> {
  const { now, address } = context;
  const { uid, sid } = session;
  const { generation } = refresh;
  const known = await readNext(context, lease.session);
  // A failed attempt may have received a newer refresh token than this cookie has.
  const latest =
    known?.generation === generation && turnOf(known) > turnOf(refresh)
      ? { refreshToken: known.refreshToken, generation, turn: turnOf(known), ...hookIn(refresh) }
      : refresh;
  let kept = latest;
  try {
    const party = await relyingParty(context, session.idp);
    if (!canRedeem(context)) throw new Failure("out_of_time");
    const tokens = await redeemRefreshToken(context, party, latest.refreshToken);
    // A provider that does not rotate refresh tokens sends none: the old one stays valid (RFC 6749 section 6).
    if (tokens.refreshToken !== undefined)
      kept = { refreshToken: tokens.refreshToken, generation, turn: turnOf(latest) + 1, ...hookIn(refresh) };
    const identity = await identify(context, party, tokens);
    if (identity.uid !== uid) throw new Failure("user_changed");
    // Sessions that are older than the hook have no answer yet.
    const hook = context.settings.signInHook && (refresh.hook ?? (await askHook(context, session.idp, identity)));
    const next = { refreshToken: kept.refreshToken, generation: generation + 1, ...(hook && { hook }) };
    const { authTime, strength } = session;
    const start = {
      ...session,
      floor: ledgerStatus.floor,
      endsAt: lease.session.endsAt,
      authentication: { authTime, strength },
    };
    const { session: renewed, cookies } = await establishSession(
      context,
      start,
      withHookAnswer(context, identity, hook),
      next,
    );
    const sealed = await sealNext(context, sid, { ...next, attempt: lease.id, given: givenBy(renewed) });
    // If a renewal were recorded but its answer lost, the browser's next request would look like theft.
    if (context.timeLeft() < TIME_TO_RECORD) throw new Failure("out_of_time");
    kept = { ...kept, attempt: lease.id };
    const renewal = {
      uid,
      sid,
      generation,
      renewedAt: now,
      address,
      email: renewed.email,
      lease: lease.id,
      next: sealed,
    };
    if (!(await recorded(context, renewal, await refreshCookie(context, sid, kept)))) return { outcome: "refused" };
    lease.isOver = true;
    context.setCookies.push(...cookies);
    return { outcome: "renewed", expiresAt: renewed.expiresAt };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (ENDS_THE_SESSION.has(error.code) || isRenewalNotAllowed(error)) return { outcome: "refused", failure: error };
    // Nothing was renewed, but from now on the provider may accept only its latest refresh token.
    if (kept !== latest) lease.fallback = await refreshCookie(context, sid, kept);
    if (turnOf(kept) !== turnOf(latest)) {
      const { refreshToken, turn } = kept;
      lease.keep = await sealNext(context, sid, {
        ...(known?.generation === generation && known),
        generation,
        refreshToken,
        ...(turn !== undefined && { turn }),
      });
    }
    throw error;
  }
}

/**
 * Records the renewal. The write is never retried; if its answer is lost, a read tells if the renewal was recorded.
 *
 * @param interim the cookie for an answer that is sent before the write ends: it renews the session whether or not the
 *   renewal was recorded
 * @returns false if the session was ended or renewed in the meantime
 */
async function recorded(
  { ports: { ledger }, setCookies }: RequestContext,
  renewal: RenewalRecord,
  interim: string,
): Promise<boolean> {
  setCookies.push(interim);
  try {
    return await ledger.renew(renewal);
  } catch (error) {
    const session = await ledger.session(renewal);
    if (session?.next !== renewal.next) throw error;
    return true;
  } finally {
    setCookies.splice(setCookies.indexOf(interim), 1);
  }
}

function isRenewalNotAllowed({ code, detail }: Failure): boolean {
  return code === "idp_misconfigured" && RENEWAL_NOT_ALLOWED.has(detail);
}

function hookIn({ hook }: Refresh): Pick<Refresh, "hook"> {
  return hook ? { hook } : {};
}

function turnOf({ turn = 0 }: Pick<Refresh, "turn">): number {
  return turn;
}
