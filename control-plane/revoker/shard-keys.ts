import { randomUUID } from "node:crypto";
import { signingKeyId, type SessionKeys } from "../../session/keys";
import { recordKey } from "../../session/shard";
import { StoreConflict } from "../errors";
import { newKey } from "../session-keys/new-key";
import { recordsOf } from "../store/projection";
import type { LivingKeys } from "./living-keys";
import type { Ports } from "./ports";

/**
 * Gives each of these shards a key of its own and voids its older records: where the revocations that are needed do not fit into
 * the record of the key that signs, the shard's users sign in again. A token of the new key needs none of those revocations, for the
 * ledger was asked before it was signed.
 *
 * While a rotation is under way nothing is done, and the shards have no record until it is over: its keys are made already.
 *
 * @param overfull shards of which a record does not fit
 * @param wanted the records that do
 * @throws StoreConflict where the secret has changed, by this or by somebody else, and the keys must be read again
 */
export async function giveShardKeys(ports: Ports, living: LivingKeys, overfull: readonly number[], wanted: ReadonlyMap<string, string>): Promise<void> {
  const { secret, random, log } = ports;
  const now = ports.now();
  const { current, isRotating } = living;
  // Those of which only an older key's record does not fit do without that one.
  const shards = current ? overfull.filter((shard) => !wanted.has(recordKey(signingKeyId(current.keys, now, shard), shard))) : [];
  for (const shard of shards) log({ operation: "shard-key", outcome: isRotating ? "no_room" : "started", shard });
  if (!current || isRotating || shards.length === 0) return;
  const keys = shards.reduce((before, shard) => withShardKey(before, shard, now, random), current.keys);
  await secret.replaceCurrent(randomUUID(), keys, current.version);
  throw new StoreConflict();
}

function withShardKey(keys: SessionKeys, shard: number, now: number, random: Ports["random"]): SessionKeys {
  const { kid, masterKey } = newKey(keys.keys, random);
  const { shardKeys = {}, shardKeysSince = {}, retired = {}, voided = [] } = keys;
  const outgoing = Object.keys(shardKeys).filter((own) => shardKeys[own] === shard && !(retired[own]! <= now));
  return {
    ...keys,
    keys: { ...keys.keys, [kid]: masterKey },
    retired: { ...retired, ...Object.fromEntries(outgoing.map((own) => [own, now])) },
    shardKeys: { ...shardKeys, [kid]: shard },
    shardKeysSince: { ...shardKeysSince, [kid]: now },
    voided: [...voided, ...recordsOf(keys, shard)],
  };
}
