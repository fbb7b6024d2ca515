/**
 * What the control plane needs from outside: the ledger, the session-keys secret, the store that the gate reads, and
 * time. Each is said where it is on AWS.
 */
import type { dynamoDbLedger } from "./ledger/aws";
import type { sessionKeysSecret } from "./session-keys/aws";
import type { keyValueStore } from "./store/aws";

export type Ledger = ReturnType<typeof dynamoDbLedger>;
export type SessionKeysSecret = ReturnType<typeof sessionKeysSecret>;
export type Store = ReturnType<typeof keyValueStore>;

/** Ids of the versions of the secret that carry a staging label; none does before the first rotation. */
export type Stages = Record<"current" | "previous" | "pending", string | undefined>;

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
