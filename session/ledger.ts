/**
 * The ledger: what DynamoDB holds about sessions and revocations. It is the truth; the KeyValueStore is a projection of
 * it for the gate. Two tables, so that the auth handler, which writes sessions, can only read revocations. No index:
 * what is looked up has items of its own, which strongly consistent reads find at once.
 *
 *     sessions     pk "user#<uid>"          sk "session#<sid>"   {@link LedgerSession}
 *                  pk "sid#<sid>"           sk "user"            {@link SessionPointer}
 *                  pk "email#<address>"     sk "user#<uid>"      {@link SessionPointer}, of the latest session
 *                  pk "started#<hour>"      sk "<time>#<sid>"    {@link SessionPointer}, for lists: newest first
 *                  pk "idp-session#<hash>"  sk "session#<sid>"   {@link SessionPointer}, by the provider's session
 *                  pk "idp-session#<hash>"  sk "ended"           the provider ended it: no sign-in may outlive that
 *                  pk "event#<hash>"        sk "event"           a pushed token that was taken; refuses its replay
 *     revocations  id "user#<uid>" | "session#<sid>" | "gateway#<part>"   {@link Revocation}
 *                  id "shard#<shard>"                            {@link ShardState}
 *                  id "store"                                    {@link StoreState}
 *
 * Pointers are written before the session that they lead to. All times are Unix seconds. `expiresAt` is DynamoDB's time
 * to live, which deletes up to two days late: readers compare times themselves.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
import { shardOf } from "./shard";
import { CUTOFF_REACH } from "./timing";

/** The keys of the tables, all of them strings. */
export const LEDGER_TABLES = { sessions: { hashKey: "pk", rangeKey: "sk" }, revocations: { hashKey: "id" } } as const;
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
  /**
   * What the sign-in found in the ledger: revocations with a later mark are about this session. 0 where there was none.
   */
  mark: number;
  gatewayMark: number;
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
  /** The request that is renewing it, and since when: nobody else spends the refresh token meanwhile. */
  lease?: string;
  leasedAt?: number;
  /** A lease that another request has watched for as long as its holder could live, but for its own time. */
  watched?: string;
  /** What the last renewal gave the browser, sealed: for a browser that never got it. */
  next?: string;
  expiresAt: number;
}

export interface SessionPointer {
  uid: string;
  sid: string;
  expiresAt: number;
}

export type RevocationKind = "user" | "session" | "gateway";

export interface Revocation {
  kind: RevocationKind;
  /** Absent for the whole gateway. */
  uid?: string;
  /** Of a revoked session. */
  sid?: string;
  /**
   * Orders a revocation of a user or of the gateway against sign-ins, whatever the clocks say: greater than any before
   * it, and sign-ins keep the one that they found. In base 36 it looks like a time, and mostly is the time at which it
   * was recorded. 0 for a session.
   */
  mark: number;
  /**
   * For a user or the gateway: when it was asked for. A session that began well after that ({@link CUTOFF_REACH}) is
   * not meant, though the command came late. For a session: as `recordedAt`.
   */
  cutoff: number;
  recordedAt: number;
  /** From here on no session can live that it matches. */
  until: number;
  /** Who asked: `operator:…`, `sign-out`, `backchannel-logout:<idp>`, `event:<transmitter>`, … */
  by: string;
  reason: string;
  /**
   * Of a user: digests of the last commands that it was recorded for, so that one which comes again changes nothing.
   */
  commands?: string;
  expiresAt: number;
}

/** What the record of a shard must say. Written under its `version`, so what is in it has an order. */
export interface ShardState {
  version: number;
  /** A mark: tokens signed before it was known are checked anew. 0 for none. */
  floor: number;
  /**
   * The time at which the floor was set, by the latest of the clocks that had a part in it: it stands for what was
   * recorded before. It matters for as long as a token may live after that.
   */
  floorSetAt: number;
  /** JSON: the entries of the record and their ends (control-plane/reconcile/shard-state.ts). */
  entries: string;
}

/** What the store held under its last ETag, as far as a writer has to know. */
export interface StoreState {
  etag: string;
  /** Ids of the keys that have a record, joined by spaces. */
  kids: string;
  /** The shards that they name (`encodeShards` in session/shard.ts). */
  shards: string;
}

export const STORE_STATE_ID = "store";

export function sessionKeyOf(uid: string, sid: string): { pk: string; sk: string } {
  return { pk: "user#" + uid, sk: "session#" + sid };
}

export function sidPointerKey(sid: string): { pk: string; sk: string } {
  return { pk: "sid#" + sid, sk: "user" };
}

/** @param email whatever its case */
export function emailPointerKey(email: string, uid: string): { pk: string; sk: string } {
  return { pk: "email#" + email.toLowerCase(), sk: "user#" + uid };
}

/** @param time of the sign-in */
export function startedPointerKey(time: number, sid: string): { pk: string; sk: string } {
  return { pk: "started#" + Math.floor(time / 3600), sk: time + "#" + sid };
}

/** @param hash see {@link idpSessionId} */
export function idpSessionPointerKey(hash: string, sid: string): { pk: string; sk: string } {
  return { pk: "idp-session#" + hash, sk: "session#" + sid };
}

/** @param hash see {@link idpSessionId} */
export function endedKeyOf(hash: string): { pk: string; sk: string } {
  return { pk: "idp-session#" + hash, sk: "ended" };
}

/** @param hash of the event's issuer and `jti` */
export function eventKeyOf(hash: string): { pk: string; sk: string } {
  return { pk: "event#" + hash, sk: "event" };
}

export function userRevocationId(uid: string): string {
  return "user#" + uid;
}

export function sessionRevocationId(sid: string): string {
  return "session#" + sid;
}

/** A lockdown is written 64 times, so that no sign-in waits for an item that every other one reads too. */
export const GATEWAY_PARTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".split("");

export function gatewayRevocationId(part: string): string {
  return "gateway#" + part;
}

/** The part of {@link GATEWAY_PARTS} that a user's sign-ins and renewals read. */
export function gatewayPartOf(uid: string): string {
  return uid.slice(-1);
}

export function shardStateId(shard: string): string {
  return "shard#" + shard;
}

/** Ids of all in the revocations table that a sign-in or a renewal asks for. */
export function standingIds(
  uid: string,
  sid: string,
): { user: string; session: string; gateway: string; shard: string } {
  return {
    user: userRevocationId(uid),
    session: sessionRevocationId(sid),
    gateway: gatewayRevocationId(gatewayPartOf(uid)),
    shard: shardStateId(shardOf(uid)),
  };
}

/**
 * The provider's own session (the claim `sid`), so that no guessable value is a key.
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function idpSessionId(sha256Base64url: (text: string) => string, issuer: string, sid: string): string {
  return sha256Base64url(issuer + "\n" + sid);
}

/** Up to when the sign-ins of sessions lie that a cut-off of a user ends. */
export function reachOf(revocation: Pick<Revocation, "cutoff">): number {
  return revocation.cutoff + CUTOFF_REACH;
}

/**
 * Whether a session is void by one of these revocations. `until` plays no part: a session that lives is judged by all.
 * Comparisons are such that what cannot be read revokes.
 */
export function isVoid(
  session: Pick<LedgerSession, "uid" | "sid" | "startedAt" | "mark" | "gatewayMark">,
  revocations: readonly Revocation[],
): boolean {
  return revocations.some((revocation) => {
    switch (revocation.kind) {
      case "session":
        // Whatever user the command named: a `sid` is one session's.
        return revocation.sid === session.sid;
      case "user":
        return (
          revocation.uid === session.uid &&
          !(session.mark >= revocation.mark) &&
          !(session.startedAt > reachOf(revocation))
        );
      case "gateway":
        return !(session.gatewayMark >= revocation.mark);
      default:
        return true;
    }
  });
}
