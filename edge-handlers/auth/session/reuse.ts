import type { Reuse } from "../../../session/security-event";
import type { RevocationTarget } from "../../../session/revocation";
import type { ReuseAction } from "../../../session/security-event";
import { addDetail, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure } from "../failures";

interface Reused {
  uid: string;
  sid: string;
  idp: string;
  /** What the ledger has recorded before. */
  reuse?: Reuse | undefined;
}

/** What to revoke, with the cut-off for a user. */
const REVOKED: Record<
  ReuseAction,
  (session: Reused, now: number) => { target: RevocationTarget; cutoff?: number } | undefined
> = {
  record: () => undefined,
  "revoke-session": ({ sid, uid }) => ({ target: { type: "session", sid, uid } }),
  "revoke-user": ({ uid }, now) => ({ target: { type: "user", uid }, cutoff: now }),
};

const REASONS: Record<Reuse, string> = {
  flow: "The callback of a sign-in was used twice.",
  refresh: "A refresh cookie was used twice.",
};

/**
 * Reacts to the second use of a flow or a refresh cookie. Two parties have it, one of them illegitimately, and there is
 * no way to tell which one (RFC 9700 section 4.14.2).
 *
 * The revocation is sent first: if that fails nothing is recorded, and the next use is detected again. The event only
 * informs other systems, so it may be lost. Once the reuse is recorded, further uses only show in the log.
 *
 * @throws Failure `revocations_unavailable`, `ledger_unavailable`
 */
export async function reactToReuse(
  context: RequestContext,
  what: Reuse,
  { uid, sid, idp, reuse }: Reused,
): Promise<void> {
  const { ports, settings, now, address, requestId, note } = context;
  const action = settings.onReuse;
  Object.assign(note, { uid, sid, idp });
  addDetail(context, `${what}_reused`);
  if (reuse !== undefined) return;
  const revoked = REVOKED[action]({ uid, sid, idp }, now);
  if (revoked) await ports.revoke({ version: 1, ...revoked, by: "reuse", reason: REASONS[what] });
  const raised = ports.raise({ version: 1, type: "reuse", what, action, uid, sid, idp, address, requestId, time: now });
  await Promise.all([
    ports.ledger.recordReuse({ uid, sid }, what, now),
    raised.catch((error) => addDetail(context, `event ${codesOf(asFailure(error))}`)),
  ]);
}
