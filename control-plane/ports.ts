/** What the control plane needs from outside: the ledger, the session-keys secret, the store that the gate reads, and time. */
import type { SessionKeys } from "../session/keys";
import type { LedgerSession, Revocation, SessionPointer, ShardState, StoreState } from "../session/ledger";

/** DynamoDB, by strongly consistent reads and conditional writes (session/ledger.ts). */
export interface Ledger {
  /** The revocations of these ids, by id. */
  revocations(ids: readonly string[]): Promise<Map<string, Revocation>>;
  /**
   * Puts a revocation in the place of the one that was read, if that is still there.
   *
   * @param read undefined where there was none
   * @returns false where it is not
   */
  replaceRevocation(id: string, read: Revocation | undefined, next: Revocation): Promise<boolean>;
  /** Every revocation that was recorded at `time` or later, a page at a time; reads the whole table. */
  revocationsSince(time: number): AsyncIterable<Revocation[]>;
  /** The states of these shards; those that never had one are left out. */
  shardStates(shards: readonly string[]): Promise<Map<string, ShardState>>;
  /** Puts a shard's state if the one that is there has the version before. @returns false where it has another */
  putShardState(shard: string, state: ShardState): Promise<boolean>;
  storeState(): Promise<StoreState | undefined>;
  /** Puts what the store holds now, unless another writer has done so since `etag` was read. @param etag undefined where there was no state */
  putStoreState(state: StoreState, etag: string | undefined): Promise<void>;

  session(uid: string, sid: string): Promise<LedgerSession | undefined>;
  /** Whose session this is. */
  userOfSession(sid: string): Promise<string | undefined>;
  /** Sessions of a user, newest first, those that are over included. */
  sessionsOf(uid: string): Promise<LedgerSession[]>;
  /** Ids of the users who signed in with an e-mail address, whatever its case. */
  usersOfEmail(email: string): Promise<string[]>;
  /** The sign-ins of the hour that `time` is in, newest first. */
  startedInHourOf(time: number): Promise<SessionPointer[]>;
  /** These sessions, without those that are not there. */
  sessions(pointers: readonly SessionPointer[]): Promise<LedgerSession[]>;
}

/** Which versions of the secret carry which staging label, by version id; none before the first rotation. */
export interface Stages {
  current?: string;
  previous?: string;
  pending?: string;
}

/** The session-keys secret. */
export interface SessionKeysSecret {
  stages(): Promise<Stages>;
  /**
   * @returns undefined for a version that has no value yet
   * @throws OperationError when the value is not {@link SessionKeys}
   */
  read(version: string): Promise<SessionKeys | undefined>;
  /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
  putPending(version: string, keys: SessionKeys): Promise<void>;
  /** Moves AWSCURRENT. @param from the version that has it; undefined where none does */
  promote(version: string, from: string | undefined): Promise<void>;
  /**
   * Stores a version and makes it AWSCURRENT in the place of `from`.
   *
   * @returns false where another version became current meanwhile; nothing is changed then
   */
  replaceCurrent(version: string, keys: SessionKeys, from: string): Promise<boolean>;
  /** Takes a staging label from the version that has it. */
  unlabel(stage: "pending" | "previous", version: string): Promise<void>;
}

/** What the store held when its ETag was this one, or newer records if somebody wrote meanwhile; a write then conflicts. */
export interface Snapshot {
  etag: string;
  records: ReadonlyMap<string, string>;
}

export type Change = { put: string; value: string } | { delete: string };

/** The KeyValueStore that the gate reads. Every call costs about a tenth of a cent. */
export interface Store {
  /** All of it. */
  read(): Promise<Snapshot>;
  get(name: string): Promise<string | undefined>;
  etag(): Promise<string>;
  /**
   * All of the changes or none.
   *
   * @param changes at most {@link MAX_CHANGES}
   * @returns the new ETag
   * @throws StoreConflict when the store is not at `etag` any more
   */
  update(changes: readonly Change[], etag: string): Promise<string>;
}

/** KeyValueStore quota for one update. */
export const MAX_CHANGES = 50;

/** What writing the store takes. */
export interface Ports {
  ledger: Ledger;
  secret: SessionKeysSecret;
  store: Store;
  /** Unix seconds. */
  now(): number;
  wait(seconds: number): Promise<void>;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
}
