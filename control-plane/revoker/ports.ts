/** What the revoker needs from outside. */
import type { Ledger } from "../ledger/ports";
import type { ReplaceableSecret } from "../session-keys/ports";
import type { Writing } from "../store/ports";

export interface Ports extends Writing {
  ledger: Ledger;
  secret: ReplaceableSecret;
  queues: Queues;
  /** Unix seconds. */
  now(): number;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
  log(entry: LogEntry): void;
}

/** Repeating a call with the same id sends nothing twice. */
export interface Queues {
  /** Puts a message on the queue of revocations. */
  send(body: string, id: string): Promise<void>;
  /** Puts a message that cannot be carried out where an operator finds it. @param reason of ours; nothing of the message's */
  bury(body: string, id: string, reason: string): Promise<void>;
}

/** A line of the log: a command or a request. No key, no record, no text from outside but a `by` that was checked. */
export type LogEntry = { outcome: string } & Record<string, string | number | boolean>;
