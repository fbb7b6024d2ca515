/** The session-keys secret as the rotator and the revoker see it. */
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
   * @throws OperationError when the value is not {@link SessionKeys}
   */
  read(version: string): Promise<SessionKeys | undefined>;
  /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
  putPending(version: string, keys: SessionKeys): Promise<void>;
  /** Moves AWSCURRENT. @param from the version that has it; undefined where none does */
  promote(version: string, from: string | undefined): Promise<void>;
}

/** The same, for whom it is not enough to rotate: the revoker. */
export interface ReplaceableSecret extends SessionKeysSecret {
  /**
   * Stores a version and makes it AWSCURRENT in the place of `from`.
   *
   * @returns false where another version became current meanwhile; nothing is changed then
   */
  replaceCurrent(version: string, keys: SessionKeys, from: string): Promise<boolean>;
  /** Takes a staging label from the version that has it. */
  unlabel(stage: "pending" | "previous", version: string): Promise<void>;
}
