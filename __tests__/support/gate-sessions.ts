/** Users with sessions, the keys that sign them and the store that the gate reads. */
import { hmacText } from "../../local/hmac";
import { shardKey } from "../../session/keys";
import { encodeRecord, recordKey, shardOf, type ShardRecord } from "../../session/shard";
import { mintToken, type Session } from "../../session/token";

/** Unix seconds. */
export const NOW = Math.floor(Date.now() / 1000);

export const MASTER_KEYS = { k1: "first-master-key-of-43-characters-012345678", k2: "second-master-key-of-43-characters-12345678" };
export type KeyId = keyof typeof MASTER_KEYS;

export const ALICE: Session = {
  uid: "alice00000000001",
  sid: "AliceSession0001",
  issuedAt: NOW - 600,
  expiresAt: NOW + 900,
  authTime: NOW - 600,
  idp: "main",
  strength: "",
  roles: [],
  email: "alice@example.com",
  claims: {},
};
/** In another shard than Alice. */
export const BOB: Session = { ...ALICE, uid: "bob0000000000002", sid: "BobsSession00002", email: "bob@example.com" };

/** What the origin is told about Alice, who has no role. */
export const ALICE_HEADERS = { "x-gate-user": "alice00000000001", "x-gate-session": "AliceSession0001", "x-gate-email": "alice@example.com" };

export function recordKeyOf(session: Session, kid: KeyId = "k1"): string {
  return recordKey(kid, shardOf(session.uid, 64));
}

export function signingKeyOf(session: Session, kid: KeyId = "k1"): string {
  return shardKey(hmacText, MASTER_KEYS[kid], shardOf(session.uid, 64));
}

/** Alice's token, with what is said otherwise. */
export function token(more: Partial<Session> = {}, kid: KeyId = "k1"): string {
  const session = { ...ALICE, ...more };
  return mintToken(hmacText, signingKeyOf(session, kid), recordKeyOf(session, kid), session);
}

/** A token of any content (version, record key and payload), signed as Alice's are or with another key. */
export function signed(content: string, key = signingKeyOf(ALICE)): string {
  return `${content}.${hmacText(key, `${content}.`)}`;
}

/** Alice's record with these revocations. */
export function recordOfAlice(entries: Partial<ShardRecord> = {}): string {
  return encodeRecord({ shardKey: signingKeyOf(ALICE), revokedSessions: [], cutoffs: [], ...entries });
}

/** The store, with Alice's record as given; nothing is revoked where none is. */
export function storeWith(record = recordOfAlice()): Record<string, string> {
  const others = ([[BOB, "k1"], [BOB, "k2"], [ALICE, "k2"]] as const).map(([session, kid]) => [recordKeyOf(session, kid), `${signingKeyOf(session, kid)}.`]);
  return { ...(Object.fromEntries(others) as Record<string, string>), [recordKeyOf(ALICE)]: record };
}
