/** What is asked of the revocations table, and written there. */
import { toValues, type Item } from "./item";
import type { Revocation, ShardState, StoreState } from "./records";
import { getItem, getItems, keysOf, putItem, readPages, recordOf, type LedgerRequest, type Part } from "./request";
import { shardStateId, STORE_STATE_ID } from "./tables";

/** At most a hundred, by id. */
export const getRevocations = (table: string, ids: readonly string[]) => getById<Revocation>(table, ids, (id) => id);

/** Every one that was recorded at `time` or later; reads the whole table. */
export function scanRevocations(table: string, time: number): LedgerRequest<Part<Revocation>> {
  return readPages("Scan", {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: "recordedAt >= :time",
    ExpressionAttributeValues: toValues({ time }),
  });
}

/** In the place of the one that was read; undefined where there was none. `false` where another is there. */
export const replaceRevocation = (table: string, id: string, read: Revocation | undefined, next: Revocation) =>
  replace(table, id, read && { mark: read.mark, recordedAt: read.recordedAt }, next);

/** At most a hundred, by shard; those that never had a state are left out. */
export const getShardStates = (table: string, shards: readonly string[]) =>
  getById<ShardState>(table, shards.map(shardStateId), (id) => id.slice(shardStateId("").length));

/** In the place of the version before. `false` where another is there. */
export const putShardState = (table: string, shard: string, state: ShardState) =>
  replace(table, shardStateId(shard), state.version === 1 ? undefined : { version: state.version - 1 }, state);

export const getStoreState = (table: string) => getItem<StoreState>(table, { id: STORE_STATE_ID });

/** Unless another writer has done so since `etag` was read. @param etag undefined where there was no state */
export const putStoreState = (table: string, state: StoreState, etag: string | undefined) =>
  replace(table, STORE_STATE_ID, etag === undefined ? undefined : { etag }, state);

function getById<T>(
  table: string,
  ids: readonly string[],
  toName: (id: string) => string,
): LedgerRequest<Part<[name: string, record: T]>> {
  return getItems(table, keysOf(ids.map((id) => ({ id }))), (item: Item) => {
    const id = item["id"] as { S: string };
    return [toName(id.S), recordOf(item)];
  });
}

/** Puts an item in the place of the one that has these attributes; of none, where they are undefined. */
function replace(table: string, id: string, held: object | undefined, record: object): LedgerRequest<boolean> {
  const names = Object.keys(held ?? {});
  const condition = held
    ? {
        ConditionExpression: names.map((name) => `#${name} = :${name}`).join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: toValues(held),
      }
    : { ConditionExpression: "attribute_not_exists(id)" };
  return putItem(table, { id, ...record }, condition);
}
