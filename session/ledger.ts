/**
 * The ledger: what DynamoDB holds about sessions and revocations. It is the truth; the KeyValueStore is a projection of it
 * for the gate. Two tables, so that the auth handler, which writes sessions, can only read revocations.
 *
 *     sessions     pk "user#<uid>"    sk "session#<sid>"   {@link LedgerSession}
 *                  pk "event#<hash>"  sk "event"           a security event or logout token that was taken; refuses its replay
 *                  pk "idp-session#<hash>"  sk "ended"  a session of a provider that it ended a moment ago: no sign-in under way may outlive it
 *     revocations  id "user#<uid>" | "session#<sid>" | "gateway"   {@link Revocation}
 *
 * All times are Unix seconds. `expiresAt` is DynamoDB's time to live, which deletes up to two days late: readers compare
 * times themselves. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */

/** Index of the sessions table by `sid`. */
export const SESSION_INDEX = "by-session";
/** Index of the sessions table by `idpSession`. */
export const IDP_SESSION_INDEX = "by-idp-session";

/** The keys of the tables, all of them strings. Indexes hold every attribute and only items that have the index key: sessions. */
export const LEDGER_TABLES = {
  sessions: { hashKey: "pk", rangeKey: "sk", indexes: { [SESSION_INDEX]: "sid", [IDP_SESSION_INDEX]: "idpSession" } },
  revocations: { hashKey: "id", indexes: {} },
} as const;
/** The attribute with the time to live, in both tables. */
export const TTL_ATTRIBUTE = "expiresAt";

/** Seconds for which a session or a revocation is kept, for the record, after it has ceased to matter. */
export const LEDGER_RETENTION = 30 * 86_400;

/** What a session was caught at: the callback of one sign-in came twice, or a refresh cookie that had been used up. */
export type Reuse = "flow" | "refresh";

export interface LedgerSession {
  uid: string;
  sid: string;
  /** The id of the identity provider in the config. */
  idp: string;
  /** See {@link idpSessionId}; absent where the provider's ID token has no `sid`. */
  idpSession?: string;
  email: string;
  /** `issuedAt` of the session's tokens: the sign-in. */
  startedAt: number;
  /** When the user authenticated, where the provider said so: a sign-in without it proves no authentication. */
  authTime?: number;
  renewedAt: number;
  /** How often it was renewed. The refresh cookie carries it too: one that lags behind was used before. */
  generation: number;
  /** IP address of the sign-in or the last renewal. */
  address: string;
  /** Of the sign-in, at most 200 characters. */
  userAgent: string;
  /** When it ends, whatever happens. */
  endsAt: number;
  /** When its user signed out. */
  endedAt?: number;
  reuse?: Reuse;
  reusedAt?: number;
  expiresAt: number;
}

export type RevocationKind = "user" | "session" | "gateway";

export interface Revocation {
  kind: RevocationKind;
  /** Absent for the whole gateway. */
  uid?: string;
  /** Of a revoked session. */
  sid?: string;
  /** For a user or the gateway: sessions that began at this time or before are void. For a session: as `recordedAt`. */
  cutoff: number;
  recordedAt: number;
  /** From here on no session can live that it matches. */
  until: number;
  /** Who asked: `operator:…`, `sign-out`, `backchannel-logout:<idp>`, `event:<transmitter>`, … */
  by: string;
  reason: string;
  expiresAt: number;
}

export function sessionKeyOf(uid: string, sid: string): { pk: string; sk: string } {
  return { pk: "user#" + uid, sk: "session#" + sid };
}

/** @param hash of the event's issuer and `jti` */
export function eventKeyOf(hash: string): { pk: string; sk: string } {
  return { pk: "event#" + hash, sk: "event" };
}

/** @param hash see {@link idpSessionId} */
export function endedKeyOf(hash: string): { pk: string; sk: string } {
  return { pk: "idp-session#" + hash, sk: "ended" };
}

/** The id of a revocation. Of a user and of the gateway there is one, the latest. */
export function revocationId(revocation: Pick<Revocation, "kind" | "uid" | "sid">): string {
  switch (revocation.kind) {
    case "user":
      return "user#" + revocation.uid;
    case "session":
      return "session#" + revocation.sid;
    case "gateway":
      return "gateway";
  }
}

/**
 * The provider's own session (the claim `sid`), so that no guessable value is an index key.
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function idpSessionId(sha256Base64url: (text: string) => string, issuer: string, sid: string): string {
  return sha256Base64url(issuer + "\n" + sid);
}

/** Whether a session is void by one of these revocations. `until` plays no part: a session that lives is judged by all. */
export function isVoid(session: { uid: string; sid: string; startedAt: number }, revocations: Revocation[]): boolean {
  return revocations.some((revocation) => {
    if (revocation.kind === "session") return revocation.sid === session.sid;
    // `!(<)`, so that an unreadable time revokes.
    return (revocation.kind === "gateway" || revocation.uid === session.uid) && !(revocation.cutoff < session.startedAt);
  });
}
