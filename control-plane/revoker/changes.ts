import type { Change } from "../store/ports";

/** Anything else in the store was not written by the gateway, and is not the gateway's to delete. */
const RECORD_KEY = /^[a-z0-9]{1,8}\.[0-9]{1,4}$/;

export function isRecordKey(name: string): boolean {
  return RECORD_KEY.test(name);
}

/** Counts what plans want changed. An attempt that met another writer is planned again: a record counts once. */
export function tally() {
  const written = new Set<string>();
  const deleted = new Set<string>();
  return {
    written,
    deleted,
    note(changes: Change[]): Change[] {
      for (const change of changes) {
        if ("put" in change) written.add(change.put);
        else deleted.add(change.delete);
      }
      return changes;
    },
  };
}
