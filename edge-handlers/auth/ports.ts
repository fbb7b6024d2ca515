/** What the core needs from its platform. Everything else comes from the web platform and node:crypto. */
import type { AwsAssertion, SigningAlgorithm } from "../../session/client-authentication";
import type { SessionKeys } from "../../session/keys";
import type {
  AccessRequestRecord,
  Claim,
  LedgerSession,
  LedgerStatus,
  RenewalRecord,
  ServiceTokenStatus,
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
  /** Settings that have to be fetched again. Use them only to prepare for a request, never for a decision. */
  outdatedSettings(): AuthSettings | undefined;
  /**
   * The session keys. If `wanted` is not a cached key ID, fetches newer keys first. Throws if that fails, because the
   * key may exist.
   *
   * @throws Failure `keys_unavailable`
   */
  keys(wanted?: string): Promise<SessionKeys>;
  /**
   * Fetches the keys again although the cached ones are fresh; at most three times in half a minute.
   *
   * @throws Failure `keys_unavailable`
   */
  refreshKeys(): Promise<void>;
  /**
   * Session keys that were fetched later than `time` (Unix seconds) or, while that is in the future, after this call.
   *
   * @throws Failure `keys_unavailable`
   */
  keysNewerThan(time: number): Promise<SessionKeys>;
  /**
   * The client secret for an identity provider, or the client's private keys there as PEM.
   *
   * @throws Failure `client_secret_unavailable`
   */
  clientSecret(idp: string): Promise<string>;
  /**
   * The same, read again because the provider refused it; at most three times in half a minute.
   *
   * @throws Failure `client_secret_unavailable`
   */
  renewClientSecret(idp: string): Promise<string>;
  keyService: KeyService;
  /**
   * A token with which AWS identifies this handler; valid for a while, and cached.
   *
   * @throws Failure `client_assertion_unavailable`
   */
  webIdentityToken(request: WebIdentityTokenRequest): Promise<string>;
  /**
   * A newer token, because the cached one was refused; the same one if newer ones were requested too often.
   *
   * @throws Failure `client_assertion_unavailable`
   */
  renewWebIdentityToken(request: WebIdentityTokenRequest): Promise<string>;
  /**
   * Calls the site's own function.
   *
   * @param payload JSON
   * @returns what the function returned
   * @throws Failure `hook_unavailable`
   */
  invokeHook(name: string, payload: string, signal: AbortSignal): Promise<unknown>;
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
   * Puts a sign-out on the batched queue. It is not urgent, because the browser's cookies are cleared.
   *
   * @throws Failure `revocations_unavailable`
   */
  signOut(command: RevocationCommand): Promise<void>;
  /** Publishes a security event of this gateway. @throws Failure `revocations_unavailable` */
  raise(event: Omit<SecurityEvent, "gateway">): Promise<void>;
}

export type WebIdentityTokenRequest = Pick<AwsAssertion, "audience" | "algorithm">;

/** Holds private keys that never leave it. Every method @throws Failure `client_key_unavailable` */
export interface KeyService {
  /** SubjectPublicKeyInfo as DER; cached. */
  publicKey(key: string): Promise<Uint8Array>;
  /** An ECDSA signature is DER. */
  sign(key: string, algorithm: SigningAlgorithm, data: Uint8Array): Promise<Uint8Array>;
}

/** Reads are strongly consistent and writes conditional. Every method but `prepare` @throws Failure `ledger_unavailable` */
export interface Ledger {
  /** Opens connections for the calls of a sign-in or renewal, unless there are any. */
  prepare(): void;
  status(key: SessionId): Promise<LedgerStatus>;
  session(key: SessionId): Promise<LedgerSession | undefined>;
  /** Writes the pointers to a session. Call it before `open`. */
  point(
    session: Pick<LedgerSession, "uid" | "sid" | "idpSession" | "email" | "login" | "startedAt" | "expiresAt">,
  ): Promise<void>;
  /** Records a sign-in. @returns false if the session already exists: the sign-in's callback was used twice */
  open(session: LedgerSession): Promise<boolean>;
  /**
   * Takes the lease of a session that is at that generation and has not ended, unless another request holds it.
   *
   * @returns the session with the lease; undefined if the lease was not taken
   */
  claim(claim: Claim): Promise<LedgerSession | undefined>;
  /**
   * Releases a lease.
   *
   * @param next what the next holder must know; if absent, the stored value stays
   * @returns false if it was not held any more: it was taken over, or its renewal was recorded
   */
  release(key: SessionId, lease: string, next?: string): Promise<boolean>;
  /** Notes that a lease was watched for most of the time that its holder could still be running. */
  watch(key: SessionId, lease: string): Promise<void>;
  /**
   * Records a renewal if the session is still at `generation`, has not ended and the lease is still held. That moves it
   * to the next generation and ends the lease.
   *
   * @returns whether it was recorded
   */
  renew(renewal: RenewalRecord): Promise<boolean>;
  /**
   * Records the key of the browser's device, as `deviceKey` of the session, for good.
   *
   * @returns false if the session does not exist, has ended or has another key
   */
  bindDevice(key: SessionId, deviceKey: string): Promise<boolean>;
  /** Records that the user signed out. */
  end(key: SessionId, at: number): Promise<void>;
  recordReuse(key: SessionId, what: Reuse, at: number): Promise<void>;
  /** The session of a sign-in. */
  bySid(sid: string): Promise<LedgerSession | undefined>;
  /**
   * @param idpSession see `idpSessionId` in ledger/records.ts
   * @returns `hasMore`: there are more pointers than there is time to read
   */
  byIdpSession(idpSession: string): Promise<{ pointers: SessionPointer[]; hasMore: boolean }>;
  /** Reads at most 100 sessions. Sessions that do not exist are left out. */
  sessions(keys: readonly SessionId[]): Promise<LedgerSession[]>;
  /** Records that the provider ended its session, for sign-ins that are in progress. @param at Unix seconds */
  markEnded(idpSession: string, at: number): Promise<void>;
  /** When a provider's session ended (Unix seconds); undefined if that is not recorded. */
  endOf(idpSession: string): Promise<number | undefined>;
  /** True if a logout token or security event token was recorded before. @param hash of sender, issuer and `jti` */
  wasTaken(hash: string): Promise<boolean>;
  /**
   * Records a token, or the arrival of a verification event.
   *
   * @param expiresAt Unix seconds until which its replay would be accepted otherwise
   * @returns false if it was already recorded
   */
  take(hash: string, expiresAt: number): Promise<boolean>;
  /**
   * Takes the right to ask for access to a page, unless another click has it or has asked recently.
   *
   * @param hash of user, host and path
   * @param at Unix seconds
   * @returns false if it was not taken
   */
  claimAccessRequest(hash: string, record: AccessRequestRecord, at: number): Promise<boolean>;
  /** The last request for access to a page. */
  accessRequest(hash: string): Promise<AccessRequestRecord | undefined>;
  /** Records that the site was told. */
  recordAccessRequest(hash: string, record: AccessRequestRecord): Promise<void>;
  /** Lets another click ask, because this one did not get through. */
  releaseAccessRequest(hash: string, click: string): Promise<void>;
  /** What decides about a service token. */
  serviceToken(id: string): Promise<ServiceTokenStatus>;
  /**
   * Records that a service token was used, once a day.
   *
   * @param day `2026-12-01`
   * @param expiresAt Unix seconds after which the record can be deleted
   */
  noteUse(id: string, day: string, expiresAt: number): Promise<void>;
}

/** The log line of a request. Nothing in it is text from a URL, a header, a body or an IdP. */
export interface LogEntry {
  /** `login`, `callback` and so on; `none` if the path is not one of the gateway's endpoints. */
  endpoint: string;
  /** What happened, such as `signed_in` or `renewed`, or the code of a failure. */
  outcome: string;
  status: number;
  /** The pages show it, too. */
  requestId: string;
  /** IP address of the viewer; absent for an event that cannot be read. */
  address?: string;
  uid?: string;
  sid?: string;
  idp?: string;
  /** A machine-readable code that says more about a failure, such as `ECONNREFUSED` or `ERR_JWT_EXPIRED`. */
  detail?: string;
}
