/** Session keys as the key rotator will make them: a master key in Secrets Manager, its shard records in the store. */
import { createHmac, randomBytes } from "node:crypto";
import { recordKey, encodeRecord } from "../session/shard";
import { shardKey, type HmacText, type SessionKeys } from "../session/keys";
import type { AuthSettings } from "../session/settings";

export interface Seed {
  keys: SessionKeys;
  /** Of the KeyValueStore. */
  records: Record<string, string>;
}

export const hmacText: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

export function seedSessionKeys(session: AuthSettings["session"]): Seed {
  const kid = "local1";
  const master = randomBytes(32).toString("base64url");
  const records: Record<string, string> = {};
  for (let shard = 0; shard < session.shardCount; shard++) {
    records[recordKey(kid, shard)] = encodeRecord({
      shardKey: shardKey(hmacText, master, shard),
      revokedSessions: [],
      cutoffs: [],
    });
  }
  return { keys: { current: kid, keys: { [kid]: master } }, records };
}
