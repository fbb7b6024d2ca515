/** What the revoker needs from outside. */
import type { Ports as WritingPorts } from "../ports";

export interface Ports extends WritingPorts {
  /**
   * Puts a message that can never be carried out where an operator finds it. @param reason of ours; nothing of the
   * message's
   */
  bury(body: string, reason: string): Promise<void>;
  log(entry: LogEntry): void;
}

/** A line of the log: a command or a request. No key, no record, no text from outside but a `by` that was checked. */
export type LogEntry = { outcome: string } & Record<string, string | number | boolean>;

export interface RevokerSettings {
  /** Seconds from sign-in to the end of a session, whatever happens. */
  sessionLifetime: number;
  /** Seconds a token is good for. */
  tokenLifetime: number;
}
