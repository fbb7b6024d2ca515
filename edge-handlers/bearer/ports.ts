/** What the handler needs from its platform. */
import type { BearerSettings } from "../../session/access-tokens";
import type { AccessTokenKeys } from "../shared/access-token-keys";
import type { ReadRevocations } from "../shared/revocations";
import type { VerifiedServiceToken } from "../shared/service-token";
import type { OldCopyEntry } from "../shared/log";

export interface Ports {
  /** @throws Failure `settings_unavailable` */
  settings(): Promise<BearerSettings>;
  keys: AccessTokenKeys;
  /**
   * Verifies a token that the gateway itself gave to a program.
   *
   * @throws ServiceTokenRefused; Failure `ledger_unavailable`
   */
  serviceToken(token: string): Promise<VerifiedServiceToken>;
  /** The revocations that can end the tokens of a user. @throws Failure `ledger_unavailable` */
  revocations: ReadRevocations;
  /**
   * The key with which the gate signs assertions (session/assertion-keys.ts), or with which it will sign next.
   *
   * @throws Failure `assertion_unavailable`
   */
  assertionKey(): Promise<string>;
  /** Unix seconds. */
  now(): number;
  log(entry: BearerEntry | OldCopyEntry): void;
}

/** The log line of a request that does not reach the origin. */
export interface BearerEntry {
  endpoint: "bearer";
  outcome: BearerOutcome;
  status: number;
  requestId: string;
  /** A code, and the name of a claim. */
  detail?: string;
  /** The ID of the issuer in the config. */
  idp?: string;
  uid?: string;
}

export type BearerOutcome =
  | "token_refused"
  | "not_allowed"
  | "closed"
  | "undecided"
  | "settings_unavailable"
  | "idp_unavailable"
  | "idp_answer_unreadable"
  | "idp_misconfigured"
  | "ledger_unavailable"
  | "assertion_unavailable"
  | "internal";
