/**
 * What the control plane needs from outside. On AWS: ledger/aws.ts, session-keys/aws.ts, store/aws.ts,
 * revoker/dead-letter-queue.ts; in memory, for tests: __tests__/support/control-plane/memory.ts.
 */
import type { SessionKeys } from "../session/keys";
import type { LedgerSession, Revocation, SessionPointer, ShardState, StoreState } from "../ledger/records";

/** What changes the store needs. */
export interface Ports {
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
  /**
   * Puts a message that can never be carried out where an operator finds it.
   *
   * @param reason ours; nothing of the message's
   */
  sendToDeadLetterQueue(body: string, reason: string): Promise<void>;
}

/** A line of the log: a command or a request. No key, no record, no text from outside but a `by` that was checked. */
export type LogEntry = { outcome: string } & Record<string, string | number | boolean>;

/** Every read is strongly consistent. */
export interface Ledger {
  /** The revocations of these ids, by id. */
  revocations(ids: readonly string[]): Promise<Map<string, Revocation>>;
  /** @param read what it replaces; undefined where there was none. @returns false where another is there */
  replaceRevocation(id: string, read: Revocation | undefined, next: Revocation): Promise<boolean>;
  /** Every revocation that was recorded at `time` or later, a page at a time; reads the whole table. */
  revocationsSince(time: number): AsyncGenerator<Revocation[]>;

  /** By shard; those that never had a state are left out. */
  shardStates(shards: readonly string[]): Promise<Map<string, ShardState>>;
  /** Replaces the version before. @returns false where another is there */
  putShardState(shard: string, state: ShardState): Promise<boolean>;

  storeState(): Promise<StoreState | undefined>;
  /**
   * @param etag of the state that it replaces; undefined where there was none
   * @returns false where another writer was faster
   */
  putStoreState(state: StoreState, etag: string | undefined): Promise<boolean>;

  session(uid: string, sid: string): Promise<LedgerSession | undefined>;
  userOfSession(sid: string): Promise<string | undefined>;
  /** Including those that are over. */
  sessionsOf(uid: string): Promise<LedgerSession[]>;
  /** Ids of the users who signed in with an e-mail address, whatever its case. */
  usersOfEmail(email: string): Promise<string[]>;
  /** The sign-ins of the hour that `time` is in, newest first. */
  startedInHourOf(time: number): Promise<SessionPointer[]>;
  /** Without those that are not there. */
  sessions(pointers: readonly SessionPointer[]): Promise<LedgerSession[]>;
}

/** Ids of the versions of the secret that carry a staging label; none does before the first rotation. */
export type Stages = Record<"current" | "previous" | "pending", string | undefined>;

/** A version's value never changes. */
export interface SessionKeysSecret {
  stages(): Promise<Stages>;
  /** @returns undefined for a version that has no value yet */
  read(version: string): Promise<SessionKeys | undefined>;
  /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
  putPending(version: string, keys: SessionKeys): Promise<void>;
  /** Moves AWSCURRENT. @param from the version that has it; undefined where none does */
  promote(version: string, from: string | undefined): Promise<void>;
  /**
   * Stores a version and makes it AWSCURRENT.
   *
   * @returns false, and changes nothing, where `from` is not current any more
   */
  replaceCurrent(version: string, keys: SessionKeys, from: string): Promise<boolean>;
  /** Takes a staging label from the version that has it. */
  unlabel(stage: "pending" | "previous", version: string): Promise<void>;
}

/** The KeyValueStore that the gate reads. Every call costs about a tenth of a cent. */
export interface Store {
  /** All of it under its ETag; or newer records if somebody wrote meanwhile: a write then conflicts. */
  read(): Promise<{ etag: string; records: ReadonlyMap<string, string> }>;
  get(name: string): Promise<string | undefined>;
  /**
   * All of the changes, {@link MAX_CHANGES} at most, or none.
   *
   * @returns the new ETag
   * @throws StoreConflict when the store is not at `etag` any more
   */
  update(changes: readonly Change[], etag: string): Promise<string>;
}

export type Change = { put: string; value: string } | { delete: string };

/** KeyValueStore quota for one update. */
export const MAX_CHANGES = 50;
