/**
 * Reconciles the store with ledger and keys: read, plan, carry out. If another writer interferes, it reads and plans
 * again.
 *
 * The last writer leaves the ETag in the ledger, with what the store held under it. So a write usually takes one call,
 * and nothing is read from the store. If that ETag is wrong, because a writer failed before it stored the next one, the
 * whole store is read and reconciled.
 */
import { encodeShards, shardRecordName } from "../../session/shard";
import { StoreConflict } from "../errors";
import type { Ports } from "../ports";
import { retry } from "../retry";
import { planForAll, updatesOf, type Plan } from "./plan";
import { readTarget, readWholeStore, rememberedFrom } from "./read";

const MAX_ATTEMPTS = 60;
/** Shards that are read and written at a time. After a conflict, a writer repeats only one slice. */
const SLICE = 100;

/** Names of records. */
export interface Changed {
  written: Set<string>;
  deleted: Set<string>;
}

/**
 * Writes the records of these shards. Also writes the keys' records if they are wrong, and deletes those of keys that
 * are no longer active.
 *
 * @param shards "all" reconciles even a wiped or damaged store. Anything that is not a record of the gateway stays
 * @throws OperationError if other writers win every time
 */
export async function reconcileShards(ports: Ports, shards: readonly string[] | "all"): Promise<Changed> {
  const done: Changed = { written: new Set(), deleted: new Set() };
  let left = shards === "all" ? [] : shards;
  let [mustReadStore, areKeysWrong] = [shards === "all", false];
  let doubted: string | undefined;
  const reconcileSlice = async () => {
    const state = mustReadStore ? undefined : await ports.ledger.storeState();
    try {
      // Another writer leaves its ETag a moment after its write. If the same ETag is still there after a conflict, it
      // is wrong.
      if (!state || state.etag === doubted) {
        const plan = planForAll(await readWholeStore(ports), ports.now(), ports.entryLifetime);
        // If others write meanwhile, it continues slice by slice, so that they cannot keep it from finishing.
        [left, mustReadStore, areKeysWrong] = [[...plan.records.keys()], false, true];
        await carryOut(ports, plan, done);
        return [];
      }
      const slice = left.slice(0, SLICE).filter((shard) => !done.written.has(shardRecordName(shard)));
      const target = await readTarget(ports, slice);
      await carryOut(ports, { ...rememberedFrom(state), ...target, areKeysWrong, leftovers: [] }, done);
      return left.slice(SLICE);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      doubted = state?.etag;
      return undefined;
    }
  };
  do left = await retry(ports, MAX_ATTEMPTS, "others kept changing the store; try again", reconcileSlice);
  while (left.length > 0);
  return done;
}

/** @throws StoreConflict if others wrote since the plan's ETag; `done` then has the changes made so far */
async function carryOut({ store, ledger }: Ports, plan: Plan, done: Changed): Promise<void> {
  let { etag, remembered } = plan;
  const kids = [...plan.tokenKeys.keys()].join(" ");
  for (const { changes, named } of updatesOf(plan)) {
    const next = await store.update(changes, etag);
    await ledger.putStoreState({ etag: next, kids, shards: encodeShards(named) }, remembered);
    for (const change of changes) {
      if ("put" in change) done.written.add(change.put);
      else done.deleted.add(change.delete);
    }
    etag = remembered = next;
  }
}
