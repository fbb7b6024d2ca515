import { randomUUID } from "node:crypto";
import { signingKeyId, type SessionKeys } from "../../session/keys";
import { recordKey, recordKeyParts } from "../../session/shard";
import { StoreConflict } from "../errors";
import { newKey } from "../session-keys/new-key";
import { recordsOf, SIGNING } from "../store/projection";
import type { LivingKeys } from "./living-keys";
import type { Ports } from "./ports";

/** Bytes of the secret that shards' own keys may fill; Secrets Manager takes 65,536, and a rotation adds a key. */
const MAX_SECRET_BYTES = 60_000;

/**
 * Gives each of these shards a key of its own and voids its older records: where the revocations that are needed do not fit into
 * the record of the key that signs, the shard's users sign in again. A token of the new key needs none of those revocations, for the
 * ledger was asked before it was signed.
 *
 * While a rotation is under way nothing is done, and the shards have no record until it is over: its keys are made already. So it is
 * where the secret has no room for more: a write that fails would hold up the revocations of all shards.
 *
 * @param overfull shards of which a record does not fit
 * @param wanted the records that do
 * @throws StoreConflict where the secret has changed, by this or by somebody else, and the keys must be read again
 */
export async function giveShardKeys(ports: Ports, living: LivingKeys, overfull: readonly number[], wanted: ReadonlyMap<string, string>): Promise<void> {
  const { secret, random, log, wait } = ports;
  const { current, isRotating } = living;
  // Those of which only an older key's record does not fit do without that one.
  const shards = current ? overfull.filter((shard) => !wanted.has(recordKey(signingKeyId(current.keys, ports.now(), shard), shard))) : [];
  if (!current) return;
  // A key needs what was recorded while its first token was being signed: one after the other in that time would be as full as the first.
  if (!isRotating && shards.some((shard) => Object.values(current.keys.shardKeys ?? {}).includes(shard))) await wait(SIGNING);
  const now = ports.now();
  let { keys } = current;
  for (const shard of shards) {
    const next = withShardKey(keys, shard, now, random);
    const hasRoom = !isRotating && JSON.stringify(next).length <= MAX_SECRET_BYTES;
    log({ operation: "shard-key", outcome: hasRoom ? "started" : "no_room", shard });
    if (hasRoom) keys = next;
  }
  if (keys === current.keys) return;
  await secret.replaceCurrent(randomUUID(), keys, current.version);
  throw new StoreConflict();
}

/** What the shard had before last goes: else a shard that fills up again and again would fill the secret. */
function withShardKey(before: SessionKeys, shard: number, now: number, random: Ports["random"]): SessionKeys {
  const keys = withoutKeys(before, (own) => before.shardKeys?.[own] === shard && (before.retired?.[own] ?? Infinity) <= now);
  const { kid, masterKey } = newKey(before.keys, random);
  const { shardKeys = {}, shardKeysSince = {}, retired = {}, voided = [] } = keys;
  const outgoing = Object.keys(shardKeys).filter((own) => shardKeys[own] === shard);
  return {
    ...keys,
    keys: { ...keys.keys, [kid]: masterKey },
    retired: { ...retired, ...Object.fromEntries(outgoing.map((own) => [own, now])) },
    shardKeys: { ...shardKeys, [kid]: shard },
    shardKeysSince: { ...shardKeysSince, [kid]: now },
    voided: [...voided, ...recordsOf(keys, shard)],
  };
}

function withoutKeys(keys: SessionKeys, goes: (kid: string) => boolean): SessionKeys {
  const { shardKeys = {}, shardKeysSince = {}, retired = {}, voided = [] } = keys;
  const rest = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).filter(([kid]) => !goes(kid)));
  return { ...keys, keys: rest(keys.keys), shardKeys: rest(shardKeys), shardKeysSince: rest(shardKeysSince), retired: rest(retired), voided: voided.filter((name) => !goes(recordKeyParts(name).kid)) };
}
