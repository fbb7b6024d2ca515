/** What a rotation needs from outside. */
import type { SessionKeys } from "../../session/keys";

/** Which versions of the secret carry which staging label, by version id; none before the first rotation. */
export interface Stages {
  current?: string;
  previous?: string;
  pending?: string;
  /** Unix seconds at which the last rotation ended; absent before the first has. */
  lastRotated?: number;
}

/** The session-keys secret. */
export interface SessionKeysSecret {
  stages(): Promise<Stages>;
  /**
   * @returns undefined for a version that has no value yet
   * @throws RotationError when the value is not {@link SessionKeys}
   */
  read(version: string): Promise<SessionKeys | undefined>;
  /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
  putPending(version: string, keys: SessionKeys): Promise<void>;
  /** Moves AWSCURRENT. @param from the version that has it; undefined where none does */
  promote(version: string, from: string | undefined): Promise<void>;
}

/** What the store held when its ETag was this one, or newer records if somebody wrote meanwhile; a write then conflicts. */
export interface Snapshot {
  etag: string;
  records: ReadonlyMap<string, string>;
}

export type Change = { put: string; value: string } | { delete: string };

/** The KeyValueStore that the gate reads. */
export interface RecordStore {
  read(): Promise<Snapshot>;
  /**
   * All of the changes or none.
   *
   * @param changes at most 50 (KeyValueStore quota)
   * @returns the new ETag
   * @throws StoreConflict when the store is not at `etag` any more
   */
  update(changes: readonly Change[], etag: string): Promise<string>;
}

export interface Ports {
  secret: SessionKeysSecret;
  store: RecordStore;
  /** Unix seconds. */
  now(): number;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
  wait(seconds: number): Promise<void>;
}
