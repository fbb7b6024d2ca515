/**
 * The tables of the ledger and the keys of their items. The ledger is the source of truth; the KeyValueStore is a
 * projection of it for the gate. There are two tables so that the auth handler, which writes sessions, can only read
 * revocations. There are no indexes: each lookup has its own items, which strongly consistent reads find without delay.
 *
 *     sessions     pk "user#<uid>"          sk "session#<sid>"   LedgerSession
 *                  pk "sid#<sid>"           sk "user"            SessionPointer
 *                  pk "email#<address>"     sk "user#<uid>"      SessionPointer, of the latest session; or `login`
 *                  pk "started#<hour>"      sk "<time>#<sid>"    SessionPointer, for lists: newest first
 *                  pk "idp-session#<hash>"  sk "session#<sid>"   SessionPointer, by the provider's session
 *                  pk "idp-session#<hash>"  sk "ended"           the provider ended it; ends sign-ins in progress
 *                  pk "event#<hash>"        sk "event"           an accepted security event token, for the replay guard; or
 *                                                                the arrival of a verification event
 *                  pk "access-request#<hash>"  sk "page"         AccessRequestRecord
 *                  pk "service-token#<id>"  sk "use"             the day on which a service token was last used
 *     revocations  id "user#<uid>" | "session#<sid>" | "gateway#<part>"   Revocation
 *                  id "shard#<shard>"                            ShardState
 *                  id "store"                                    StoreState
 *                  id "service-token#<id>"                       ServiceToken (service-tokens.ts)
 *
 * See records.ts for the attributes. Pointers are written before the session that they lead to. All times are Unix
 * seconds. `expiresAt` is DynamoDB's time to live, which deletes up to two days late, so readers compare times
 * themselves.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
import { shardOf } from "../session/shard";

/** The key attributes of the tables, all strings. */
export const LEDGER_TABLES = { sessions: { hashKey: "pk", rangeKey: "sk" }, revocations: { hashKey: "id" } } as const;
/** The time-to-live attribute of both tables. */
export const TTL_ATTRIBUTE = "expiresAt";

export const STORE_STATE_ID = "store";

export function sessionKeyOf(uid: string, sid: string): { pk: string; sk: string } {
  return { pk: "user#" + uid, sk: "session#" + sid };
}

export function sidPointerKey(sid: string): { pk: string; sk: string } {
  return { pk: "sid#" + sid, sk: "user" };
}

/** @param email in any case; or a `login` */
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

/** @param hash of the token's sender, issuer and `jti`, or `verificationId` */
export function eventKeyOf(hash: string): { pk: string; sk: string } {
  return { pk: "event#" + hash, sk: "event" };
}

/** @param hash of user, host and path */
export function accessRequestKey(hash: string): { pk: string; sk: string } {
  return { pk: "access-request#" + hash, sk: "page" };
}

/** In front of the ID of a service token. */
export const SERVICE_TOKEN_KEY = "service-token#";

export function serviceTokenKey(id: string): string {
  return SERVICE_TOKEN_KEY + id;
}

export function serviceTokenUseKey(id: string): { pk: string; sk: string } {
  return { pk: SERVICE_TOKEN_KEY + id, sk: "use" };
}

export function userRevocationId(uid: string): string {
  return "user#" + uid;
}

export function sessionRevocationId(sid: string): string {
  return "session#" + sid;
}

/** A lockdown is written 64 times, so that sign-ins do not all read the same item and get throttled. */
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

/** IDs of the items in the revocations table that determine a session's status. */
export function statusIds(uid: string, sid: string): { user: string; session: string; gateway: string; shard: string } {
  return {
    user: userRevocationId(uid),
    session: sessionRevocationId(sid),
    gateway: gatewayRevocationId(gatewayPartOf(uid)),
    shard: shardStateId(shardOf(uid)),
  };
}
