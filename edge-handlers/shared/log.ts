/**
 * The log line if loading fails and an old value is used instead. No request fails yet, but all will once the value is
 * too old.
 */
export interface OldCopyEntry {
  endpoint: "none";
  outcome: "old_copy_used";
  /** The codes of the failure. */
  detail: string;
}
