/** What the core needs from the place it runs in. Everything else it takes from the web platform and node:crypto. */
import type { SessionKeys } from "../../session/keys";
import type { LedgerSession, Reuse, Revocation } from "../../session/ledger";
import type { RevocationCommand } from "../../session/revocation";
import type { SecurityEvent } from "../../session/security-event";
import type { AuthSettings } from "../../session/settings";

export interface Ports {
  /** @throws Failure `settings_unavailable` */
  settings(): Promise<AuthSettings>;
  /**
   * The session keys. Naming a key id that is not among the cached ones makes the port look for newer keys first.
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
  /** @throws Failure `client_secret_unavailable` */
  clientSecret(name: string): Promise<string>;
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
  /** Tells EventBridge, in the name of this gateway. @throws Failure `revocations_unavailable` */
  raise(event: Omit<SecurityEvent, "gateway">): Promise<void>;
}

/** What the ledger knows about a session and its user. */
export interface Standing {
  /** Absent where the ledger has no such session (any more): it must not be renewed then. */
  session: LedgerSession | undefined;
  /** Those of the user, the session and the gateway. */
  revocations: Revocation[];
}

/** What became of the record of a renewal. `used_up`: another renewal was recorded since the refresh cookie was made. */
export type RenewalRecord = "recorded" | "used_up";

/** DynamoDB, by strongly consistent reads and conditional writes. Each @throws Failure `ledger_unavailable` */
export interface Ledger {
  standing(uid: string, sid: string): Promise<Standing>;
  /** Records a sign-in. @returns false where the session is there already: the sign-in's callback came twice */
  open(session: LedgerSession): Promise<boolean>;
  /** Records a renewal if the session is still at `generation` and has not ended; it then is at the next one. */
  renew(session: Pick<LedgerSession, "uid" | "sid" | "generation" | "renewedAt" | "address" | "email">): Promise<RenewalRecord>;
  /** Records that the user signed out. */
  end(uid: string, sid: string, at: number): Promise<void>;
  recordReuse(uid: string, sid: string, what: Reuse, at: number): Promise<void>;
  /** The session of a sign-in; eventually consistent. */
  bySid(sid: string): Promise<LedgerSession | undefined>;
  /** @param idpSession see `idpSessionId` in session/ledger.ts; eventually consistent. `isCut`: there are more than there is time to read */
  byIdpSession(idpSession: string): Promise<{ sessions: LedgerSession[]; isCut: boolean }>;
  /** Records that the provider ended its session, for sign-ins that are under way. @param until Unix seconds */
  markEnded(idpSession: string, until: number): Promise<void>;
  /** Whether that was recorded, and still counts at `now` (Unix seconds). */
  isMarkedEnded(idpSession: string, now: number): Promise<boolean>;
  /** Whether a logout token or security event was taken before. @param hash of issuer and `jti` */
  wasTaken(hash: string): Promise<boolean>;
  /** Records that it was taken. @returns false where it had been. @param expiresAt Unix seconds until which its replay would be accepted otherwise */
  take(hash: string, expiresAt: number): Promise<boolean>;
}

/**
 * The line that the log gets when a source fails and what it said earlier is used instead: no request fails, but one day
 * all of them will.
 */
export interface OldCopyEntry {
  endpoint: "none";
  outcome: "old_copy_used";
  /** The codes of the failure. */
  detail: string;
}

/** The one line that the log gets for a request. Nothing in it comes from a URL, a header, a body or an IdP's text. */
export interface LogEntry {
  /** `login`, `callback`, …; `none` where the path is none of the gateway's endpoints. */
  endpoint: string;
  /** What happened: `signed_in`, `renewed`, … or the code of a failure. */
  outcome: string;
  status: number;
  /** The request id; the pages show it too. */
  reference: string;
  uid?: string;
  sid?: string;
  idp?: string;
  /** A machine-readable code that says more about a failure, such as `ECONNREFUSED` or `ERR_JWT_EXPIRED`. */
  detail?: string;
}
