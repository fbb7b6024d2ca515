/** The KeyValueStore as its writers see it. */

/** What the store held when its ETag was this one, or newer records if somebody wrote meanwhile; a write then conflicts. */
export interface Snapshot {
  etag: string;
  records: ReadonlyMap<string, string>;
}

export type Change = { put: string; value: string } | { delete: string };

/** The KeyValueStore that the gate reads. */
export interface RecordStore {
  /** @param names of the records to read, asked for once the ETag is known; all of them where absent */
  read(names?: () => Promise<readonly string[]>): Promise<Snapshot>;
  /**
   * All of the changes or none.
   *
   * @param changes at most 50 (KeyValueStore quota)
   * @returns the new ETag
   * @throws StoreConflict when the store is not at `etag` any more
   * @throws StoreFull when it would exceed the store's 5 MB
   */
  update(changes: readonly Change[], etag: string): Promise<string>;
}

/** What writing takes beside the store. */
export interface Writing {
  store: RecordStore;
  wait(seconds: number): Promise<void>;
}
