/** What the archiver needs from outside. On AWS: logs.ts and bucket.ts. */
import type { EventSource } from "../../audit/event";
import type { LogEntry } from "../ports";

/** A log that is archived. */
export interface ArchivedLog {
  source: EventSource;
  group: string;
  /** True if replicas in other regions also have a group of this name. */
  isReplicated: boolean;
}

export interface LoggedLine {
  /** CloudWatch's unique ID of the line. */
  id: string;
  /** Unix milliseconds. */
  loggedAt: number;
  text: string;
}

/** Unix milliseconds; both ends are included. */
export interface Span {
  from: number;
  to: number;
}

export interface ArchiverPorts {
  /** `name` of the config. */
  gateway: string;
  logs: readonly ArchivedLog[];
  /** Days for which the logs keep their lines. */
  logRetentionDays: number;
  /**
   * The lines of a log group, in pages.
   *
   * @throws LogAbsent if the region has no such group; LogRefused if a policy of the account forbids it
   */
  read(region: string, log: ArchivedLog, span: Span): AsyncGenerator<LoggedLine[]>;
  archive: Archive;
  /** Unix seconds. */
  now(): number;
  /** Milliseconds until the platform ends this run. */
  timeLeft(): number;
  log(entry: LogEntry): void;
}

/** The bucket. Nothing is ever deleted or read from it. */
export interface Archive {
  /** Keys that begin with `prefix` and come after `after`, with their ETags. */
  list(prefix: string, after?: string): Promise<Map<string, string>>;
  put(key: string, body: Uint8Array, type: string): Promise<void>;
}

export class LogAbsent extends Error {
  override readonly name = "LogAbsent";
}

export class LogRefused extends Error {
  override readonly name = "LogRefused";
}
