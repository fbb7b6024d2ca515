/**
 * Brings revocations from the ledger to the gate: into the states of their shards, then into the store.
 */
import pLimit from "p-limit";
import type { Revocation, ShardState } from "../../ledger/records";
import { shardOf } from "../../session/shard";
import { BEFORE_FLOOR } from "../../session/timing";
import type { Ports } from "../ports";
import { retry } from "../retry";
import { raised, withRevocations } from "./shard-state";
import { reconcileShards } from "./store";

const MAX_ATTEMPTS = 20;
const PARALLEL_WRITES = 25;

export interface Reconciled {
  /** Names of the records that were written. */
  written: string[];
  /** Shards that failed, and why; all others are done. */
  failed: Map<string, unknown>;
}

/** @param revocations of users and sessions that the ledger already holds; they stay recorded if this fails */
export async function reconcileRevocations(ports: Ports, revocations: readonly Revocation[]): Promise<Reconciled> {
  const { now, entryLifetime } = ports;
  // All tokens from before an older revocation have expired.
  const shards = byShard(revocations.filter(({ recordedAt }) => recordedAt + entryLifetime > now()));
  const failed: Reconciled["failed"] = new Map();
  const full = new Map<string, ShardState | undefined>();
  const added = await changeStates(ports, [...shards.keys()], failed, (shard, state) => {
    const next = withRevocations(state, shards.get(shard)!, now(), entryLifetime);
    if (!next) full.set(shard, state);
    return next;
  });
  const written = await write(ports, added, failed);
  // Shards with room do not wait for the new floors of full shards.
  if (full.size === 0) return { written, failed };
  // Tokens that were signed until now are renewed silently. Earlier entries are then not needed, once every ledger read
  // in progress has ended.
  await ports.wait(BEFORE_FLOOR);
  const floors = await changeStates(ports, [...full.keys()], failed, (shard, state) =>
    raised(state, full.get(shard), shards.get(shard)!, now(), entryLifetime),
  );
  for (const shard of floors) ports.log({ operation: "floor", outcome: "done", shard });
  return { written: [...written, ...(await write(ports, floors, failed))], failed };
}

/**
 * Like {@link reconcileRevocations}, but all shards must succeed.
 *
 * @returns names of the records that were written
 * @throws the first error
 */
export async function reconcileEachRevocation(ports: Ports, revocations: readonly Revocation[]): Promise<string[]> {
  const { written, failed } = await reconcileRevocations(ports, revocations);
  for (const error of failed.values()) throw error;
  return written;
}

/** @returns names of the records that were written; none if `failed` now has the shards */
async function write(ports: Ports, shards: readonly string[], failed: Reconciled["failed"]): Promise<string[]> {
  if (shards.length === 0) return [];
  try {
    return [...(await reconcileShards(ports, shards)).written];
  } catch (error) {
    for (const shard of shards) failed.set(shard, error);
    return [];
  }
}

/**
 * Changes each shard's state, and retries if another writer changed it meanwhile. Each shard succeeds or fails
 * independently.
 *
 * @param next returns the new state, the same object for no change, or undefined to leave the shard out
 * @returns shards whose states are now correct
 */
async function changeStates(
  ports: Ports,
  shards: readonly string[],
  failed: Reconciled["failed"],
  next: (shard: string, state: ShardState | undefined) => ShardState | undefined,
): Promise<string[]> {
  const changed: string[] = [];
  let left = shards;
  const changeAll = async (): Promise<true | undefined> => {
    const states = await ports.ledger.shardStates(left);
    const lost: string[] = [];
    await pLimit(PARALLEL_WRITES).map(left, async (shard) => {
      try {
        const wanted = next(shard, states.get(shard));
        if (!wanted) return;
        if (wanted === states.get(shard) || (await ports.ledger.putShardState(shard, wanted))) changed.push(shard);
        else lost.push(shard);
      } catch (error) {
        failed.set(shard, error);
      }
    });
    left = lost;
    return left.length === 0 || undefined;
  };
  try {
    await retry(ports, MAX_ATTEMPTS, "others kept changing the state of the shard; try again", changeAll);
  } catch (error) {
    for (const shard of left) failed.set(shard, error);
  }
  return changed;
}

function byShard(revocations: readonly Revocation[]): Map<string, Revocation[]> {
  const shards = new Map<string, Revocation[]>();
  for (const revocation of revocations) {
    const shard = shardOf(revocation.uid!);
    shards.set(shard, [...(shards.get(shard) ?? []), revocation]);
  }
  return shards;
}
