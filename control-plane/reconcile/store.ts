/**
 * Makes the store what ledger and keys say: read, plan, carry out. A write counts only while nobody else wrote; where
 * somebody did, it is read and planned again.
 *
 * Mostly the ETag is the one that the last writer left in the ledger, with what the store held under it: so a write is
 * one call, and nothing is read from the store. Only where that ETag is wrong, because a writer died before it left the
 * next one, the whole store is read and put right.
 */
import { encodeShards, shardRecordName } from "../../session/shard";
import { OperationError, StoreConflict } from "../errors";
import type { Ports } from "../ports";
import { backoff } from "../store/backoff";
import { planFor, planForAll, updatesOf, type Plan } from "./plan";
import { readTarget, readWholeStore, rememberedFrom } from "./read";
import type { EntrySettings } from "./shard-state";

const MAX_ATTEMPTS = 60;
/**
 * Shards that are read and written at a time, so that a writer that loses against others reads little again, and goes on
 * where it was.
 */
const SLICE = 100;

/** Names of records. */
export interface Changed {
  written: Set<string>;
  deleted: Set<string>;
}

/**
 * Writes the records of these shards, and those of keys where they are not as they should be: the records of keys that
 * are active no more go.
 *
 * @param areKeysWrong whether they must be written although nothing that is remembered says so
 * @throws OperationError while other writers keep winning
 */
export async function reconcileShards(
  ports: Ports,
  settings: EntrySettings,
  shards: readonly string[],
  areKeysWrong = false,
  done = nothing(),
): Promise<Changed> {
  let doubted: string | undefined;
  let left = shards;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS;) {
    const state = await ports.ledger.storeState();
    try {
      // Another writer leaves its ETag a moment after its write. An ETag that is still there after a conflict is wrong.
      if (!state || state.etag === doubted) {
        const store = await readWholeStore(ports, settings);
        await carryOut(ports, planForAll(store, settings, ports.now()), done);
        return done;
      }
      const slice = left.slice(0, SLICE).filter((shard) => !done.written.has(shardRecordName(shard)));
      const target = await readTarget(ports, settings, slice);
      await carryOut(ports, planFor(rememberedFrom(state), target, areKeysWrong), done);
      left = left.slice(SLICE);
      if (left.length === 0) return done;
      [attempt, doubted] = [1, undefined];
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      doubted = state?.etag;
      await ports.wait(backoff(attempt++));
    }
  }
  throw new OperationError(`the store was changed by others ${MAX_ATTEMPTS} times in a row; try again`);
}

/**
 * The same of all shards, a wiped or damaged store too. What is in it that is no record of the gateway's stays. Where
 * others write meanwhile it goes on slice by slice, so that they cannot keep it from its end.
 */
export async function reconcileAllShards(ports: Ports, settings: EntrySettings): Promise<Changed> {
  const done = nothing();
  const plan = planForAll(await readWholeStore(ports, settings), settings, ports.now());
  try {
    await carryOut(ports, plan, done);
    return done;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return reconcileShards(ports, settings, [...plan.records.keys()], true, done);
  }
}

/** @throws StoreConflict where others wrote since the plan's ETag; what was done until then is in `done` */
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

function nothing(): Changed {
  return { written: new Set(), deleted: new Set() };
}
