import type { Change } from "../store/ports";

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
