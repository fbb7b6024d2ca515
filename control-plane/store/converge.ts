import { OperationError, StoreConflict } from "../errors";
import type { Change, Snapshot, Writing } from "./ports";

/** KeyValueStore quota for one UpdateKeys call. */
const MAX_CHANGES = 50;
const MAX_ATTEMPTS = 8;

/**
 * Brings the store to where `plan` finds nothing to change. Every attempt plans on what the store holds now, and each write
 * counts only while nobody else wrote: so it goes on after a crash, a lost answer or another writer, and overwrites nobody.
 * What a plan reads elsewhere, it reads after the ETag: whatever changes there later is the later writer's to write.
 *
 * @param names of the records that matter, asked for at every attempt; all where absent
 * @param plan may throw StoreConflict to be asked again
 * @returns how many records were written or deleted
 * @throws OperationError while other writers keep winning; StoreFull; what `plan` throws
 */
export async function converge(
  { store, wait }: Writing,
  plan: (records: Snapshot["records"]) => Change[] | Promise<Change[]>,
  names?: () => Promise<readonly string[]>,
): Promise<number> {
  let changed = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await wait(backoff(attempt));
    try {
      const snapshot = await store.read(names);
      const changes = await plan(snapshot.records);
      let { etag } = snapshot;
      for (let from = 0; from < changes.length; from += MAX_CHANGES) {
        const batch = changes.slice(from, from + MAX_CHANGES);
        etag = await store.update(batch, etag);
        changed += batch.length;
      }
      return changed;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new OperationError(`the store was changed by others ${MAX_ATTEMPTS} times in a row; try again`);
}

/** Seconds before an attempt: 0.1, 0.2, 0.4, … with up to as much again, so that two writers part. */
export function backoff(attempt: number): number {
  return 0.05 * 2 ** attempt * (1 + Math.random());
}
