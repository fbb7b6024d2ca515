/**
 * The line that the log gets when a source fails and what it said earlier is used instead: no request fails, but one
 * day all of them will.
 */
export interface OldCopyEntry {
  endpoint: "none";
  outcome: "old_copy_used";
  /** The codes of the failure. */
  detail: string;
}
