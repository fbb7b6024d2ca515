/**
 * What the revoker answers when it is invoked directly, by the command line or by the customer's own programs. A mistake of
 * the asker comes back as `{ error }`; whatever else goes wrong fails the invocation.
 */
import type { LedgerSession, Revocation } from "../../session/ledger";
import type { RevocationCommand } from "../../session/revocation";

/** Whose sessions: one user's, by the gateway's id or an e-mail address, or everybody's. */
export interface SessionsRequest {
  operation: "sessions";
  uid?: string;
  email?: string;
  /** At most so many, newest first; 100 where absent. */
  limit?: number;
  /** Also those that are over. */
  all?: boolean;
}
export interface RevokeRequest {
  operation: "revoke";
  command: RevocationCommand;
}
/** Ends every session at once: a new key, and the records of all others are removed. */
export interface LockdownRequest {
  operation: "lockdown";
  by: string;
  reason: string;
}
/** Compares the store with what ledger and keys say, or makes it so (`rebuild`, and `sweep` by the schedule), or only takes out what is over (`tidy`). */
export interface StoreRequest {
  operation: "check" | "rebuild" | "sweep" | "tidy";
}
export type RevokerRequest = SessionsRequest | RevokeRequest | LockdownRequest | StoreRequest;

export type SessionState = "living" | "revoked" | "signed-out" | "over";

export interface SessionsAnswer {
  sessions: (LedgerSession & { state: SessionState })[];
  /** There are more than the limit. */
  isCut: boolean;
}
export interface RevokeAnswer {
  revocation: Revocation;
  /** False where the ledger held as much already. */
  isNew: boolean;
  /** Names of the shards' records in the store that were written. */
  records: string[];
  /** Living sessions in the ledger that it ends. */
  sessions: number;
}
export interface LockdownAnswer {
  revocation: Revocation;
  kid: string;
  /** Records of older keys that were removed from the store. */
  deleted: number;
}
export interface CheckAnswer {
  isRight: boolean;
  /** Records that ledger and keys ask for. */
  expected: number;
  /** Names of records: not there, there with other content (a revocation missing, a wrong key), of a key that lives no more. At most 100 each. */
  missing: string[];
  wrong: string[];
  unexpected: string[];
  /** How many there are of each. */
  counts: { missing: number; wrong: number; unexpected: number };
  /** Those that tokens may still live of. */
  revocations: number;
}
export interface StoreAnswer {
  written: number;
  deleted: number;
  revocations: number;
}

export interface Answers {
  sessions: SessionsAnswer;
  revoke: RevokeAnswer;
  lockdown: LockdownAnswer;
  check: CheckAnswer;
  rebuild: StoreAnswer;
  sweep: StoreAnswer;
  tidy: StoreAnswer;
}
export type RevokerAnswer<Operation extends keyof Answers> = Answers[Operation] | { error: { code: "invalid_request" | "not_found"; message: string } };
