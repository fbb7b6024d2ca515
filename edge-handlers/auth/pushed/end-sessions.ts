/**
 * Ends sessions because somebody else says so: an identity provider that signed a user out, a transmitter of security
 * events.
 */
import { idpSessionId, LEDGER_RETENTION, type LedgerSession, type SessionPointer } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../../session/timing";
import type { RequestContext } from "../request-context";

/**
 * Sessions that are ended one by one. Nobody has more at one session of a provider; a script that does loses them all.
 */
const MAX_ONE_BY_ONE = 20;
/** Sessions that are looked at; no more can be read in one call. */
const MAX_READ = 100;
/** Seconds by which the clock of the sign-in and this one may differ. */
const SKEW = 2 * CLOCK_SKEW;

export interface Ending {
  /** Who asks, as `RevocationCommand` has it. */
  by: string;
  /** Why; for people. */
  reason: string;
}

export interface IdpSession {
  issuer: string;
  /** The provider's `sid`. */
  sid: string;
  /** Only those of this user, where it is known. */
  uid?: string | undefined;
}

/**
 * Ends the active sessions that began at one session of an identity provider. Where there are none nothing is sent, so
 * that made-up names do not fill the queue. To repeat it sends the same again, which the revoker finds done.
 *
 * @param isSure whether somebody signed for it: then no sign-in that is under way outlives it either
 * @returns how many there were, or at least one for each user who was signed out everywhere
 * @throws Failure `ledger_unavailable`, `revocations_unavailable`
 */
export async function endIdpSession(
  context: RequestContext,
  { issuer, sid, uid }: IdpSession,
  ending: Ending,
  isSure: boolean,
): Promise<number> {
  const { ports, now, note } = context;
  const idpSession = idpSessionId(sha256, issuer, sid);
  // Before they are looked for: a sign-in writes its pointer and then looks for the end, so one of the two sees the
  // other.
  if (isSure) await ports.ledger.markEnded(idpSession, now);
  const { pointers, hasMore } = await ports.ledger.byIdpSession(idpSession);
  const found = pointers.filter((pointer) => uid === undefined || pointer.uid === uid);
  // Where not all could be read any may be active: what was read tells whose they are.
  const active = hasMore ? found : await activeOf(context, found);
  const [one] = active;
  if (one) note.uid = one.uid;
  if (one && active.length === 1) note.sid = one.sid;
  if (hasMore || active.length > MAX_ONE_BY_ONE) {
    const users = hasMore && uid !== undefined ? [uid] : [...new Set(active.map((session) => session.uid))];
    await Promise.all(users.map((user) => endUser(context, user, now, ending)));
    return Math.max(active.length, users.length);
  }
  await Promise.all(active.map((session) => endSession(context, session, ending)));
  return active.length;
}

/** A pointer without a session is of a sign-in that is under way. */
async function activeOf(context: RequestContext, pointers: SessionPointer[]): Promise<SessionPointer[]> {
  const current = pointers.filter(({ expiresAt }) => !(expiresAt - LEDGER_RETENTION + SKEW <= context.now));
  if (current.length > MAX_READ) return current;
  const sessions = await context.ports.ledger.sessions(current);
  const over = new Set(sessions.filter((session) => isOver(session, context)).map(({ sid }) => sid));
  return current.filter(({ sid }) => !over.has(sid));
}

/**
 * Ends all sessions of a user that began at `cutoff` (Unix seconds) or before.
 *
 * @throws Failure `revocations_unavailable`
 */
export async function endUser(
  { ports, note }: RequestContext,
  uid: string,
  cutoff: number,
  ending: Ending,
): Promise<void> {
  note.uid = uid;
  await ports.revoke({ version: 1, target: { type: "user", uid }, cutoff, ...ending });
}

/**
 * Whether nothing of a session passes any more. Tokens of one that its user ended stay good where the queue did not
 * take the sign-out.
 */
function isOver({ endsAt, endedAt }: LedgerSession, { now, settings }: RequestContext): boolean {
  return !(now < endsAt + SKEW) || (endedAt !== undefined && !(now < endedAt + settings.session.token + ENTRY_MARGIN));
}

/** Revoked first: what the ledger says has ended is not looked at for long. */
async function endSession({ ports, now }: RequestContext, { uid, sid }: SessionPointer, ending: Ending): Promise<void> {
  await ports.revoke({ version: 1, target: { type: "session", sid, uid }, ...ending });
  // It cannot be renewed from here on, whatever time the revoker takes.
  await ports.ledger.end({ uid, sid }, now);
}
