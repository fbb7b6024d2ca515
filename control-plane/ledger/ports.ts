/** The ledger as the control plane sees it (session/ledger.ts). */
import type { LedgerSession, Revocation } from "../../session/ledger";

export interface Ledger {
  /**
   * Records a revocation. What is there already and reaches as far is kept, with who asked first; so repeating is harmless.
   *
   * @returns the revocation that the ledger now holds
   */
  record(revocation: Revocation): Promise<Revocation>;
  /** Every revocation that may still match a living session (`until` > `now`), by strongly consistent reads. */
  livingRevocations(now: number): Promise<Revocation[]>;
  /** Those of these sessions, of their users and of the gateway, by strongly consistent reads. */
  revocationsOf(sessions: readonly { uid: string; sid: string }[]): Promise<Revocation[]>;
  /** Sessions of a user, newest first, those that are over included. */
  sessionsOf(uid: string): Promise<LedgerSession[]>;
  /** The session of a `sid`; eventually consistent. */
  sessionBySid(sid: string): Promise<LedgerSession | undefined>;
  /** Sessions of an e-mail address, whatever its case; searches the whole table. */
  sessionsByEmail(email: string): Promise<LedgerSession[]>;
  /** Living sessions, newest first. @param limit how many at most; `isCut` says that there are more */
  livingSessions(now: number, limit: number): Promise<{ sessions: LedgerSession[]; isCut: boolean }>;
}
