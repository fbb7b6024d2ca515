/**
 * Brings revocations from the ledger to where the gate sees them: into the states of their shards, and from there into
 * the store.
 */
import pLimit from "p-limit";
import type { Revocation, ShardState } from "../../session/ledger";
import { shardOf } from "../../session/shard";
import { BEFORE_FLOOR, ENTRY_MARGIN } from "../../session/timing";
import { OperationError } from "../errors";
import { backoff } from "../store/backoff";
import { raised, withRevocations } from "../store/shard-state";
import { writeShards } from "../store/write";
import type { Ports } from "../ports";
import type { RevokerSettings } from "./settings";

const MAX_ATTEMPTS = 20;
const PARALLEL_WRITES = 25;

type Projected = Awaited<ReturnType<typeof projectRevocations>>;

/** @param revocations of users and sessions that the ledger holds already: it is the truth, whatever becomes of this */
export async function projectRevocations(ports: Ports, settings: RevokerSettings, revocations: readonly Revocation[]) {
  const projected = {
    /** Names of the records that were written. */
    written: new Set<string>(),
    /** The shards of which it went wrong, and why; the others are done. */
    failed: new Map<string, unknown>(),
  };
  // A command that comes again after that is about tokens that are over.
  const shards = byShard(
    revocations.filter(({ recordedAt }) => recordedAt + settings.tokenLifetime + ENTRY_MARGIN > ports.now()),
  );
  if (shards.size === 0) return projected;
  const full = await addEntries(ports, settings, shards, projected);
  await push([...shards.keys()].filter((shard) => !full.has(shard)));
  // The others do not wait for it.
  if (full.size > 0) {
    await raiseFloors(ports, settings, full, shards, projected);
    await push([...full.keys()]);
  }
  return projected;

  async function push(all: readonly string[]): Promise<void> {
    const left = all.filter((shard) => !projected.failed.has(shard));
    if (left.length === 0) return;
    try {
      for (const name of (await writeShards(ports, settings, left)).written) projected.written.add(name);
    } catch (error) {
      left.forEach((shard) => projected.failed.set(shard, error));
    }
  }
}

/** The same, of what must all go well. @throws the first error. @returns names of the records that were written */
export async function projectAll(
  ports: Ports,
  settings: RevokerSettings,
  revocations: readonly Revocation[],
): Promise<Set<string>> {
  const { written, failed } = await projectRevocations(ports, settings, revocations);
  for (const error of failed.values()) throw error;
  return written;
}

/** @returns the shards that have no room for theirs, and their states */
async function addEntries(
  ports: Ports,
  settings: RevokerSettings,
  shards: ReadonlyMap<string, Revocation[]>,
  projected: Projected,
): Promise<Map<string, ShardState | undefined>> {
  const full = new Map<string, ShardState | undefined>();
  await changeStates(ports, [...shards.keys()], projected, (shard, state) => {
    const next = withRevocations(state, shards.get(shard)!, ports.now(), settings);
    if (!next) full.set(shard, state);
    return next === state ? undefined : next;
  });
  return full;
}

/**
 * Tokens that were signed until now are checked anew: so no entry from before is needed, once every check that is under
 * way is over.
 */
async function raiseFloors(
  ports: Ports,
  settings: RevokerSettings,
  full: ReadonlyMap<string, ShardState | undefined>,
  revocations: ReadonlyMap<string, Revocation[]>,
  projected: Projected,
): Promise<void> {
  await ports.wait(BEFORE_FLOOR);
  await changeStates(ports, [...full.keys()], projected, (shard, state) =>
    raised(state, full.get(shard), revocations.get(shard)!, ports.now(), settings),
  );
  for (const shard of full.keys())
    if (!projected.failed.has(shard)) ports.log({ operation: "floor", outcome: "done", shard });
}

/**
 * Changes each shard's state, again where somebody else changed it meanwhile. No shard depends on another. @param
 * change gives undefined for no change
 */
async function changeStates(
  { ledger, wait }: Ports,
  shards: readonly string[],
  { failed }: Projected,
  change: (shard: string, state: ShardState | undefined) => ShardState | undefined,
): Promise<void> {
  let left = shards;
  for (let attempt = 1; left.length > 0 && attempt <= MAX_ATTEMPTS; attempt++) {
    if (attempt > 1) await wait(backoff(attempt - 1));
    const states = await ledger.shardStates(left);
    const put = async (shard: string) => {
      const next = change(shard, states.get(shard));
      return !next || ledger.putShardState(shard, next);
    };
    const limit = pLimit(PARALLEL_WRITES);
    const results = await Promise.allSettled(left.map((shard) => limit(put, shard)));
    results.forEach((result, place) => result.status === "rejected" && failed.set(left[place]!, result.reason));
    left = left.filter(
      (_, place) =>
        results[place]!.status === "fulfilled" && !(results[place] as PromiseFulfilledResult<boolean>).value,
    );
  }
  left.forEach((shard) =>
    failed.set(shard, new OperationError("others change the state of the shard all the time; try again")),
  );
}

function byShard(revocations: readonly Revocation[]): Map<string, Revocation[]> {
  const shards = new Map<string, Revocation[]>();
  for (const revocation of revocations) {
    const shard = shardOf(revocation.uid!);
    const others = shards.get(shard);
    if (others) others.push(revocation);
    else shards.set(shard, [revocation]);
  }
  return shards;
}
