/** Ends sessions because somebody else says so: an identity provider that signed a user out, a transmitter of security events. */
import { idpSessionId, type LedgerSession } from "../../session/ledger";
import type { Exchange } from "./exchange";
import { sha256 } from "./hash";

/** Seconds that the last token may be signed after a session has ended. */
const LAST_TOKEN = 120;
/** Seconds after which an index has what a sign-in has just written. */
const INDEX_DELAY = 1;
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
 * made-up names do not fill the queue.
 *
 * @returns how many there were
 * @throws Failure `ledger_unavailable`, `revocations_unavailable`
 */
export async function endIdpSession(exchange: Exchange, { issuer, sid, uid }: IdpSession, ending: Ending): Promise<number> {
  const { ports, now, note, settings } = exchange;
  const find = () => ports.ledger.byIdpSession(idpSessionId(sha256, issuer, sid));
  let sessions = await find();
  if (sessions.length === 0 && isSigned) {
    await setTimeout(INDEX_DELAY * 1000);
    sessions = await find();
  }
  // Of one that has ended tokens may be about, where the queue did not take the sign-out.
  const isOver = ({ endsAt, endedAt }: LedgerSession) => !(now < endsAt) || (endedAt !== undefined && !(now < endedAt + settings.session.token + LAST_TOKEN));
  const living = sessions.filter((session) => !isOver(session) && (uid === undefined || session.uid === uid));
  const [first] = living;
  if (first) note.uid = first.uid;
  if (first && living.length === 1) note.sid = first.sid;
  if (living.length > MAX_ONE_BY_ONE) {
    await Promise.all([...new Set(living.map((session) => session.uid))].map((user) => endUser(exchange, user, now, ending)));
  } else {
    await Promise.all(living.map((session) => endSession(exchange, session, ending)));
  }
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

/** Revoked first: a session that the ledger says has ended is not looked at again. */
async function endSession({ ports, now }: Exchange, { uid, sid }: LedgerSession, ending: Ending): Promise<void> {
  await ports.revoke({ version: 1, target: { type: "session", sid, uid }, ...ending });
  // It cannot be renewed from here on, whatever time the revoker takes.
  await ports.ledger.end(uid, sid, now);
}
