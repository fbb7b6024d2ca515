/**
 * Ends sessions on behalf of another server: an identity provider that signed a user out, or a transmitter of security
 * events.
 */
import { idpSessionId, LEDGER_RETENTION, type LedgerSession, type SessionPointer } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../../session/timing";
import type { RequestContext } from "../request-context";

/**
 * Maximum number of sessions to end one by one. A person never has more at one session of a provider; if a script does,
 * all sessions of its user end.
 */
const MAX_ONE_BY_ONE = 20;
/** Maximum number of sessions that one call can read. */
const MAX_READ = 100;
/** Seconds by which the clock of the sign-in and this one may differ. */
const SKEW = 2 * CLOCK_SKEW;

export interface Ending {
  /** Who asked, as in `RevocationCommand`. */
  by: string;
  /** Why, for people to read. */
  reason: string;
}

export interface IdpSession {
  issuer: string;
  /** The provider's `sid`. */
  sid: string;
  /** Limits it to sessions of this user, if known. */
  uid?: string | undefined;
}

/**
 * Ends the active sessions that began at one session of an identity provider. If there are none, nothing is sent, so
 * that made-up values do not fill the queue. A repeated call sends the same commands again, which has no further
 * effect.
 *
 * @param isSure true if the request was signed: then sign-ins in progress are ended, too
 * @returns the number of sessions, or at least one for each user whose sessions were all ended
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
  // Write the end before reading pointers. A sign-in writes its pointer and then reads the end, so at least one of the
  // two sees the other.
  if (isSure) await ports.ledger.markEnded(idpSession, now);
  const { pointers, hasMore } = await ports.ledger.byIdpSession(idpSession);
  const found = pointers.filter((pointer) => uid === undefined || pointer.uid === uid);
  // If not all could be read, treat every one as active. Those that were read tell which users to sign out.
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

/** Pointers of sessions that may be active. A pointer without a session belongs to a sign-in in progress. */
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
 * True if no token of the session can pass any more. After a sign-out, tokens stay valid until they expire if the
 * command did not reach the queue.
 */
function isOver({ endsAt, endedAt }: LedgerSession, { now, settings }: RequestContext): boolean {
  return !(now < endsAt + SKEW) || (endedAt !== undefined && !(now < endedAt + settings.session.token + ENTRY_MARGIN));
}

/** Revokes before it records the end, because sessions that have ended are soon ignored. */
async function endSession({ ports, now }: RequestContext, { uid, sid }: SessionPointer, ending: Ending): Promise<void> {
  await ports.revoke({ version: 1, target: { type: "session", sid, uid }, ...ending });
  // From here on it cannot be renewed, however long the revoker takes.
  await ports.ledger.end({ uid, sid }, now);
}
