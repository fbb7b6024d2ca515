/**
 * Brings revocations from the ledger to where the gate reads them: into the states of their shards, then into the
 * store.
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
  failed: ReadonlyMap<string, unknown>;
}

/** @param revocations of users and sessions that the ledger already holds; they stay recorded if this fails */
export async function reconcileRevocations(ports: Ports, revocations: readonly Revocation[]): Promise<Reconciled> {
  // All tokens from before an older revocation have expired.
  const shards = byShard(revocations.filter(({ recordedAt }) => recordedAt + ports.entryLifetime > ports.now()));
  const { changed, full, failed } = await changeStates(
    ports,
    [...shards.keys()],
    (shard, state) => withRevocations(state, shards.get(shard)!, ports.now(), ports.entryLifetime) ?? "full",
  );
  const first = await write(ports, changed, failed);
  // Shards that have room do not wait for the floors of full ones.
  if (full.size === 0) return first;
  const floors = await raiseFloors(ports, full, shards);
  const second = await write(ports, floors.changed, floors.failed);
  return { written: [...first.written, ...second.written], failed: new Map([...first.failed, ...second.failed]) };
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

/** @param failed shards whose states could not be changed */
async function write(
  ports: Ports,
  shards: readonly string[],
  failed: ReadonlyMap<string, unknown>,
): Promise<Reconciled> {
  if (shards.length === 0) return { written: [], failed };
  try {
    return { written: [...(await reconcileShards(ports, shards)).written], failed };
  } catch (error) {
    return { written: [], failed: new Map([...failed, ...shards.map((shard) => [shard, error] as const)]) };
  }
}

/**
 * Sets a floor: tokens that were signed until now are renewed silently. Earlier entries are then not needed, once every
 * ledger read in progress has ended.
 */
async function raiseFloors(
  ports: Ports,
  full: ReadonlyMap<string, ShardState | undefined>,
  revocations: ReadonlyMap<string, Revocation[]>,
): Promise<ChangedStates> {
  await ports.wait(BEFORE_FLOOR);
  const states = await changeStates(ports, [...full.keys()], (shard, state) =>
    raised(state, full.get(shard), revocations.get(shard)!, ports.now(), ports.entryLifetime),
  );
  for (const shard of states.changed) ports.log({ operation: "floor", outcome: "done", shard });
  return states;
}

interface ChangedStates {
  /** Shards whose states are now correct. */
  changed: string[];
  failed: Map<string, unknown>;
  /** Shards whose record has no room, and their states. */
  full: Map<string, ShardState | undefined>;
}

/**
 * Changes each shard's state, and retries if somebody else changed it meanwhile. Each shard succeeds or fails
 * independently.
 *
 * @param next returns the new state, or the same object for no change
 */
async function changeStates(
  ports: Ports,
  shards: readonly string[],
  next: (shard: string, state: ShardState | undefined) => ShardState | "full",
): Promise<ChangedStates> {
  const { ledger } = ports;
  const result: ChangedStates = { changed: [], failed: new Map(), full: new Map() };
  let left = shards;
  const changeAll = async (): Promise<true | undefined> => {
    const states = await ledger.shardStates(left);
    const lost: string[] = [];
    await pLimit(PARALLEL_WRITES).map(left, async (shard) => {
      const state = states.get(shard);
      try {
        const wanted = next(shard, state);
        if (wanted === "full") result.full.set(shard, state);
        else if (wanted === state || (await ledger.putShardState(shard, wanted))) result.changed.push(shard);
        else lost.push(shard);
      } catch (error) {
        result.failed.set(shard, error);
      }
    });
    left = lost;
    return left.length === 0 || undefined;
  };
  try {
    await retry(ports, MAX_ATTEMPTS, "other writers kept changing the state of the shard; try again", changeAll);
  } catch (error) {
    for (const shard of left) result.failed.set(shard, error);
  }
  return result;
}

function byShard(revocations: readonly Revocation[]): Map<string, Revocation[]> {
  const shards = new Map<string, Revocation[]>();
  for (const revocation of revocations) {
    const shard = shardOf(revocation.uid!);
    shards.set(shard, [...(shards.get(shard) ?? []), revocation]);
  }
  return shards;
}
