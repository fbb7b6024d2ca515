/** Ends sessions because somebody else says so: an identity provider that signed a user out, a transmitter of security events. */
import { setTimeout } from "node:timers/promises";
import { idpSessionId, type LedgerSession } from "../../session/ledger";
import type { Exchange } from "./exchange";
import { sha256 } from "./hash";

/** Seconds that the last token may be signed after a session has ended. */
const LAST_TOKEN = 120;
/** Seconds after which an index has what a sign-in has just written. */
const INDEX_DELAY = 1;
/** Seconds that a sign-in may take from the provider's answer to its session; a code that is older is the provider's to refuse. */
const SIGN_IN = 60;
/** Sessions that are ended one by one. Nobody has more at one session of a provider; a script that does loses them all. */
const MAX_ONE_BY_ONE = 20;

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
 * Ends the living sessions that began at one session of an identity provider. Where there are none nothing is sent, so that
 * made-up names do not fill the queue. To repeat it sends the same again, which the queue drops or the revoker finds done.
 *
 * @param isSure whether somebody signed for it that there is such a session: its sign-in may be so young that it takes a second look
 * @returns how many there were, or at least one for each user who was signed out everywhere
 * @throws Failure `ledger_unavailable`, `revocations_unavailable`
 */
export async function endIdpSession(exchange: Exchange, { issuer, sid, uid }: IdpSession, ending: Ending, isSure: boolean): Promise<number> {
  const { ports, now, note } = exchange;
  const idpSession = idpSessionId(sha256, issuer, sid);
  const find = () => ports.ledger.byIdpSession(idpSession);
  // Before it is looked for: a sign-in that is under way comes after one or the other.
  if (isSure) await ports.ledger.markEnded(idpSession, now + SIGN_IN);
  const first = await find();
  const { sessions, isCut } = first.sessions.length === 0 && isSure ? await setTimeout(INDEX_DELAY * 1000).then(find) : first;
  const found = sessions.filter((session) => uid === undefined || session.uid === uid);
  // Where not all could be read any may be living: what was read tells whose they are.
  const living = isCut ? found : found.filter((session) => !isOver(session, exchange));
  const [one] = living;
  if (one) note.uid = one.uid;
  if (one && living.length === 1) note.sid = one.sid;
  if (isCut || living.length > MAX_ONE_BY_ONE) {
    const users = isCut && uid !== undefined ? [uid] : [...new Set(living.map((session) => session.uid))];
    await Promise.all(users.map((user) => endUser(exchange, user, now, ending)));
    return Math.max(living.length, users.length);
  }
  await Promise.all(living.map((session) => endSession(exchange, session, ending)));
  return living.length;
}

/**
 * Ends all sessions of a user that began at `cutoff` (Unix seconds) or before.
 *
 * @throws Failure `revocations_unavailable`
 */
export async function endUser({ ports, note }: Exchange, uid: string, cutoff: number, ending: Ending): Promise<void> {
  note.uid = uid;
  await ports.revoke({ version: 1, target: { type: "user", uid }, cutoff, ...ending });
}

/** Whether nothing of a session passes any more. Of one that its user ended tokens live on where the queue did not take the sign-out. */
function isOver({ endsAt, endedAt }: LedgerSession, { now, settings }: Exchange): boolean {
  return !(now < endsAt) || (endedAt !== undefined && !(now < endedAt + settings.session.token + LAST_TOKEN));
}

/** Revoked first: what the ledger says has ended is not looked at for long. */
async function endSession({ ports, now }: Exchange, { uid, sid }: LedgerSession, ending: Ending): Promise<void> {
  await ports.revoke({ version: 1, target: { type: "session", sid, uid }, ...ending });
  // It cannot be renewed from here on, whatever time the revoker takes.
  await ports.ledger.end(uid, sid, now);
}
