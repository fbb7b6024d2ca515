/** What the control plane needs from outside: the ledger, the session-keys secret, the store that the gate reads, and time. */
import type { dynamoDbLedger } from "./ledger/aws";
import type { sessionKeysSecret } from "./session-keys/aws";
import type { keyValueStore } from "./store/aws";

export type Ledger = ReturnType<typeof dynamoDbLedger>;
export type SessionKeysSecret = ReturnType<typeof sessionKeysSecret>;
export type Store = ReturnType<typeof keyValueStore>;

/** Which versions of the secret carry which staging label, by version id; none before the first rotation. */
export interface Stages {
  current?: string;
  previous?: string;
  pending?: string;
}

export type Change = { put: string; value: string } | { delete: string };

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
