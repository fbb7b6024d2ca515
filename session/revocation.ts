/**
 * A command to revoke, sent to the revoker by the auth handler, an operator or (through SNS) the customer's automation.
 * JSON of at most 4 KB. Commands may arrive twice, late and in any order: the latest cut-off of a user counts, and
 * revoked sessions are a set.
 */

/** A user by `uid` or by issuer and subject; or one session. */
export type RevocationTarget =
  | { type: "user"; uid: string }
  | { type: "user"; issuer: string; subject: string }
  /** Give `uid` if it is known: it saves a lookup. */
  | { type: "session"; sid: string; uid?: string };

export interface RevocationCommand {
  version: 1;
  target: RevocationTarget;
  /**
   * For a user: when the revocation was requested, in Unix seconds; if absent, when the command was sent. Sessions that
   * began well after it stay active.
   */
  cutoff?: number;
  /**
   * Who asked, at most 200 characters: `sign-out`, `operator:<arn>`, `backchannel-logout:<idp>`, `event:<transmitter>`,
   * `reuse`. If the command came through SNS, the ledger has `topic:` before it.
   */
  by: string;
  /** Why, for people to read; at most 500 characters. */
  reason: string;
}

/** The form of `uid` and `sid`: 16 characters of base64url. */
export const SHORT_ID = /^[\w-]{16}$/;
