/**
 * What the control plane needs from outside. Implemented on AWS: ledger/aws.ts, secrets/aws.ts, store/aws.ts,
 * revoker/dead-letter-queue.ts, revoker/replica-logs.ts; in memory, for tests: __tests__/support/control-plane/memory.ts.
 */
import type { SessionKeys } from "../session/keys";
import type { OriginSecret } from "../session/origin-secret";
import type {
  LedgerSession,
  Revocation,
  ServiceToken,
  SessionPointer,
  ShardState,
  StoreState,
} from "../ledger/records";

/** Ports of the code that writes the store. */
export interface Ports {
  /** Seconds after a revocation or a floor until no earlier token can pass the gate. */
  entryLifetime: number;
  ledger: Ledger;
  secret: SessionKeysSecret;
  store: Store;
  /** Unix seconds. */
  now(): number;
  wait(seconds: number): Promise<void>;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
  log(entry: LogEntry): void;
}

export interface RevokerPorts extends Ports {
  /** Seconds from the last write to the store until every edge has it; AWS gives no bound. */
  propagation: number;
  /** Maximum number of seconds from sign-in to the end of a session. */
  sessionLifetime: number;
  /**
   * Sends a message that can never be carried out to the dead-letter queue, where an operator finds it.
   *
   * @param reason contains nothing from the message
   */
  sendToDeadLetterQueue(body: string, reason: string): Promise<void>;
  replicaLogs: ReplicaLogs;
}

/**
 * The log groups that replicas of Lambda@Edge functions make, each in its own region. Terraform does not manage them.
 */
export interface ReplicaLogs {
  /** Their names, the same in every region, and their retention. @throws OperationError if the environment lacks them */
  wanted(): { groups: readonly string[]; days: number };
  /**
   * Succeeds or fails within some seconds. Repeating it changes nothing.
   *
   * @returns `absent` if the region has no such group; `refused` if a policy of the account forbids the call
   */
  setRetention(region: string, group: string, days: number): Promise<"set" | "absent" | "refused">;
}

export interface RotatorPorts extends Ports {
  /** Seconds for which a retired key is kept, because sessions that it signed may be active. */
  keyRetention: number;
  /** Seconds from the last write to the store until every edge has it; AWS gives no bound. */
  propagation: number;
  /** Seconds from the announcement of a key until every handler knows it. */
  keyAnnouncement: number;
}

/** Ports of the rotation of the origin secret and of the assertion keys: both have two values. */
export interface OriginSecretPorts
  extends Pick<Ports, "ledger" | "store" | "wait" | "random">, Pick<RotatorPorts, "propagation"> {
  secret: VersionedSecret<OriginSecret>;
}

/**
 * A log line about a command or a request. It has no keys, no records, and no external text except a validated `by`.
 * Members that are undefined are left out.
 */
export type LogEntry = { outcome: string } & Record<string, string | number | boolean | undefined>;

/** Every read is strongly consistent. */
export interface Ledger {
  /** The revocations of these ids, by id. */
  revocations(ids: readonly string[]): Promise<Map<string, Revocation>>;
  /**
   * @param read what it replaces; undefined if there was none
   * @returns false if another writer was faster
   */
  replaceRevocation(id: string, read: Revocation | undefined, next: Revocation): Promise<boolean>;
  /** Every revocation that was recorded at `time` or later, a page at a time; reads the whole table. */
  revocationsSince(time: number): AsyncGenerator<Revocation[]>;

  /** States by shard; shards that never had one are left out. */
  shardStates(shards: readonly string[]): Promise<Map<string, ShardState>>;
  /** Replaces the previous version. @returns false if another writer was faster */
  putShardState(shard: string, state: ShardState): Promise<boolean>;

  storeState(): Promise<StoreState | undefined>;
  /**
   * @param etag of the state that it replaces; undefined if there was none
   * @returns false if another writer was faster
   */
  putStoreState(state: StoreState, etag: string | undefined): Promise<boolean>;

  session(uid: string, sid: string): Promise<LedgerSession | undefined>;
  userOfSession(sid: string): Promise<string | undefined>;
  /** Including sessions that have ended. */
  sessionsOf(uid: string): Promise<LedgerSession[]>;
  /** IDs of the users who signed in with an e-mail address, ignoring case. */
  usersOfEmail(email: string): Promise<string[]>;
  /** The sign-ins of the hour that `time` is in, newest first. */
  startedInHourOf(time: number): Promise<SessionPointer[]>;
  /** Sessions that do not exist are left out. */
  sessions(pointers: readonly SessionPointer[]): Promise<LedgerSession[]>;

  serviceToken(id: string): Promise<ServiceToken | undefined>;
  /**
   * @param held the token that it replaces; undefined for a new token
   * @returns false if there is one already, or not the one that it replaces
   */
  putServiceToken(token: ServiceToken, held: ServiceToken | undefined): Promise<boolean>;
  /** All service tokens, in no order. Reads the whole table. */
  serviceTokens(): Promise<ServiceToken[]>;
  /** The days on which tokens were last used, by ID; those that were never used are left out. */
  serviceTokenUses(ids: readonly string[]): Promise<Map<string, string>>;
}

/** IDs of the secret's versions by staging label; no version has one before the first rotation. */
export type Stages = Record<"current" | "previous" | "pending", string | undefined>;

export type SessionKeysSecret = VersionedSecret<SessionKeys>;

/** A version's value never changes. */
export interface VersionedSecret<Value> {
  stages(): Promise<Stages>;
  /** Whether Secrets Manager rotates the keys, and when it last did, in Unix seconds. */
  rotation(): Promise<{ isOn: boolean; last: number | undefined }>;
  /** @returns undefined for a version that has no value yet */
  read(version: string): Promise<Value | undefined>;
  /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
  putPending(version: string, value: Value): Promise<void>;
  /** Moves AWSCURRENT. @param from the version that has it; undefined if none does */
  promote(version: string, from: string | undefined): Promise<void>;
  /**
   * Stores a version and makes it AWSCURRENT.
   *
   * @returns false if `from` is no longer current; AWSCURRENT then stays where it is
   */
  replaceCurrent(version: string, value: Value, from: string): Promise<boolean>;
  /** Removes a staging label from the version that has it. */
  unlabel(stage: "pending" | "previous", version: string): Promise<void>;
}

/** The KeyValueStore that the gate reads. Every call costs about a tenth of a cent. */
export interface Store {
  /**
   * All records, and the ETag. If another writer is active, records may be newer than the ETag; a write then conflicts.
   */
  read(): Promise<{ etag: string; records: ReadonlyMap<string, string> }>;
  get(name: string): Promise<string | undefined>;
  /**
   * Applies all changes or none; at most {@link MAX_CHANGES}.
   *
   * @returns the new ETag
   * @throws StoreConflict if the store's ETag is no longer `etag`
   */
  update(changes: readonly Change[], etag: string): Promise<string>;
}

export type Change = { put: string; value: string } | { delete: string };

/** KeyValueStore quota for one update. */
export const MAX_CHANGES = 50;
