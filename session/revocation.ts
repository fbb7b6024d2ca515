/**
 * A revocation on its way: what the auth handler, an operator or the customer's automation (by SNS) sends and the
 * revoker carries out. JSON of at most 4 KB. Commands may come twice, late and in any order: of a user's cut-offs the
 * latest one counts, and revoked sessions are a set.
 */

/** A user by the gateway's id, or as the identity provider names them; or one session. */
export type RevocationTarget =
  | { type: "user"; uid: string }
  | { type: "user"; issuer: string; subject: string }
  /** `uid` where it is known spares a search. */
  | { type: "session"; sid: string; uid?: string };

export interface RevocationCommand {
  version: 1;
  target: RevocationTarget;
  /**
   * For a user: the Unix second at which it was asked for; when the command was sent where absent. Sessions that began
   * well after it live on.
   */
  cutoff?: number;
  /**
   * Who asks, at most 200 characters: `sign-out`, `operator:<arn>`, `backchannel-logout:<idp>`, `event:<transmitter>`,
   * `reuse`.
   */
  by: string;
  /** Why, at most 500 characters; for people. */
  reason: string;
}

/** Of `uid` and `sid`: 16 characters of base64url. */
export const SHORT_ID = /^[\w-]{16}$/;
