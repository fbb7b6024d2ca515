/** What the core needs from the place it runs in. Everything else it takes from the web platform and node:crypto. */
import type { SessionKeys } from "../../session/keys";
import type {
  Claim,
  LedgerSession,
  LedgerStatus,
  RenewalRecord,
  SessionId,
  SessionPointer,
} from "../../ledger/records";
import type { Reuse } from "../../session/security-event";
import type { RevocationCommand } from "../../session/revocation";
import type { SecurityEvent } from "../../session/security-event";
import type { AuthSettings } from "../../session/settings";
import type { OldCopyEntry } from "../shared/log";

export interface Ports {
  /** @throws Failure `settings_unavailable` */
  settings(): Promise<AuthSettings>;
  /**
   * The session keys. Naming a key id that is not among the cached ones makes the port look for newer keys first; while
   * that fails, nobody can say that there is no such key.
   *
   * @throws Failure `keys_unavailable`
   */
  keys(wanted?: string): Promise<SessionKeys>;
  /**
   * Asks for newer keys although those in hand are fresh; at most three times in half a minute.
   *
   * @throws Failure `keys_unavailable`
   */
  refreshKeys(): Promise<void>;
  /**
   * Session keys that were asked for later than `time` (Unix seconds).
   *
   * @throws Failure `keys_unavailable`
   */
  keysNewerThan(time: number): Promise<SessionKeys>;
  /** The client secret for an identity provider. @throws Failure `client_secret_unavailable` */
  clientSecret(idp: string): Promise<string>;
  /** Unix seconds. */
  now(): number;
  /** Unpredictable bytes as base64url. */
  random(bytes: number): string;
  log(entry: LogEntry | OldCopyEntry): void;
  ledger: Ledger;
  /**
   * Puts a revocation on the queue; the revoker carries it out within seconds.
   *
   * @throws Failure `revocations_unavailable`
   */
  revoke(command: RevocationCommand): Promise<void>;
  /**
   * Puts a sign-out on the queue that is gathered: nobody waits for it, for the cookies are gone.
   *
   * @throws Failure `revocations_unavailable`
   */
  signOut(command: RevocationCommand): Promise<void>;
  /** Tells others, in the name of this gateway. @throws Failure `revocations_unavailable` */
  raise(event: Omit<SecurityEvent, "gateway">): Promise<void>;
}

/** By strongly consistent reads and conditional writes. Each @throws Failure `ledger_unavailable` */
export interface Ledger {
  status(key: SessionId): Promise<LedgerStatus>;
  session(key: SessionId): Promise<LedgerSession | undefined>;
  /** Writes the items by which a session is found; before the session itself. */
  point(
    session: Pick<LedgerSession, "uid" | "sid" | "idpSession" | "email" | "startedAt" | "expiresAt">,
  ): Promise<void>;
  /** Records a sign-in. @returns false where the session is there already: the sign-in's callback came twice */
  open(session: LedgerSession): Promise<boolean>;
  /**
   * Takes the lease of a session that is at that generation and has not ended, unless somebody else has it.
   *
   * @returns the session as it is from now on; undefined where it was not to be had
   */
  claim(claim: Claim): Promise<LedgerSession | undefined>;
  /** Gives a lease back. @param next what the next holder must know; what was there stays where absent */
  release(key: SessionId, lease: string, next?: string): Promise<void>;
  /** Notes that a lease was watched for as long as its holder could live, but for a little. */
  watch(key: SessionId, lease: string): Promise<void>;
  /**
   * Records a renewal if the session is still at `generation`, has not ended and the lease is still held; it then is at
   * the next one, and the lease is over.
   *
   * @returns whether it was recorded
   */
  renew(renewal: RenewalRecord): Promise<boolean>;
  /** Records that the user signed out. */
  end(key: SessionId, at: number): Promise<void>;
  recordReuse(key: SessionId, what: Reuse, at: number): Promise<void>;
  /** The session of a sign-in. */
  bySid(sid: string): Promise<LedgerSession | undefined>;
  /** @param idpSession see `idpSessionId` in ledger/records.ts. `hasMore`: there are more than there is time to read */
  byIdpSession(idpSession: string): Promise<{ pointers: SessionPointer[]; hasMore: boolean }>;
  /** Those of at most a hundred sessions that there are. */
  sessions(keys: readonly SessionId[]): Promise<LedgerSession[]>;
  /** Records that the provider ended its session, for sign-ins that are under way. @param at Unix seconds */
  markEnded(idpSession: string, at: number): Promise<void>;
  /** When it was recorded to have ended (Unix seconds). */
  endOf(idpSession: string): Promise<number | undefined>;
  /** Whether a logout token or security event was taken before. @param hash of issuer and `jti` */
  wasTaken(hash: string): Promise<boolean>;
  /**
   * Records that it was taken. @returns false where it had been. @param expiresAt Unix seconds until which its replay
   * would be accepted otherwise
   */
  take(hash: string, expiresAt: number): Promise<boolean>;
}

/** The one line that the log gets for a request. Nothing in it comes from a URL, a header, a body or an IdP's text. */
export interface LogEntry {
  /** `login`, `callback`, …; `none` where the path is none of the gateway's endpoints. */
  endpoint: string;
  /** What happened: `signed_in`, `renewed`, … or the code of a failure. */
  outcome: string;
  status: number;
  /** The request id; the pages show it too. */
  requestId: string;
  uid?: string;
  sid?: string;
  idp?: string;
  /** A machine-readable code that says more about a failure, such as `ECONNREFUSED` or `ERR_JWT_EXPIRED`. */
  detail?: string;
}
