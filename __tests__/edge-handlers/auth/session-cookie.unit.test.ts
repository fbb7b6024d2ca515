/** A leaked shard key (KeyValueStore holds it) must not open more than its shard. */
import { readSession } from "../../../edge-handlers/auth/cookies/session";
import { readCookies } from "../../../edge-handlers/auth/cookies/jar";
import type { Exchange } from "../../../edge-handlers/auth/exchange";
import { hmac } from "../../../edge-handlers/auth/hash";
import { SESSION_COOKIE } from "../../../session/cookies";
import { shardKey } from "../../../session/keys";
import { recordKey, shardOf } from "../../../session/shard";
import { mintToken, type Session } from "../../../session/token";

const MASTER_KEY = "m".repeat(43);
const SESSION: Session = { uid: "u".repeat(16), sid: "s".repeat(16), issuedAt: 1000, expiresAt: 1900, authTime: 1000, idp: "main", strength: "", roles: [], email: "", claims: {} };
const SHARD = shardOf(SESSION.uid, 64);

/** Only what reading a session takes. */
function exchangeWith(token: string): Exchange {
  return {
    cookies: readCookies(`${SESSION_COOKIE}=${token}`),
    settings: { session: { shardCount: 64 } },
    ports: { keys: async () => ({ current: "k1", keys: { k1: MASTER_KEY } }) },
    note: {},
  } as unknown as Exchange;
}

test.each([
  ["of the user's shard is a session", SHARD, SESSION],
  ["of another shard is none", (SHARD + 1) % 64, undefined],
  ["of a shard beyond the last is none", SHARD + 64, undefined],
])("a token signed with the key %s", async (_name, shard, session) => {
  const token = mintToken(hmac, shardKey(hmac, MASTER_KEY, shard), recordKey("k1", shard), SESSION);
  expect(await readSession(exchangeWith(token))).toEqual(session);
});
