/** What the core needs from the place it runs in. Everything else it takes from the web platform and node:crypto. */
import type { SessionKeys } from "../../session/keys";
import type { AuthSettings } from "../../session/settings";

export interface Ports {
  /** @throws Failure `settings_unavailable` */
  settings(): Promise<AuthSettings>;
  /**
   * The session keys. Naming a key id that is not among the cached ones makes the port look for newer keys first.
   *
   * @throws Failure `keys_unavailable`
   */
  keys(wanted?: string): Promise<SessionKeys>;
  /** @throws Failure `client_secret_unavailable` */
  clientSecret(name: string): Promise<string>;
  /** Unix seconds. */
  now(): number;
  /** Unpredictable bytes as base64url. */
  random(bytes: number): string;
  log(entry: LogEntry | OldCopyEntry): void;
}

/**
 * The line that the log gets when a source fails and what it said earlier is used instead: no request fails, but one day
 * all of them will.
 */
export interface OldCopyEntry {
  endpoint: "none";
  outcome: "old_copy_used";
  /** The codes of the failure. */
  detail: string;
}

/** The one line that the log gets for a request. Nothing in it comes from a URL, a header, a body or an IdP's text. */
export interface LogEntry {
  /** `login`, `callback`, …; `none` where the path is none of the gateway's endpoints. */
  endpoint: string;
  /** What happened: `signed_in`, `renewed`, … or the code of a failure. */
  outcome: string;
  status: number;
  /** The request id; the pages show it too. */
  reference: string;
  uid?: string;
  sid?: string;
  idp?: string;
  /** A machine-readable code that says more about a failure, such as `ECONNREFUSED` or `ERR_JWT_EXPIRED`. */
  detail?: string;
}
