/** Requests to the revocations table. */
import { toValues, type Item } from "./item";
import type { Revocation, ShardState, StoreState } from "./records";
import { getItem, getItems, keysOf, putItem, readPages, recordOf, type LedgerRequest, type Part } from "./request";
import { shardStateId, STORE_STATE_ID } from "./tables";

/** At most 100, by ID. */
export const getRevocations = (table: string, ids: readonly string[]) => getById<Revocation>(table, ids, (id) => id);

/** All revocations recorded at `time` or later. Reads the whole table. */
export function scanRevocations(table: string, time: number): LedgerRequest<Part<Revocation>> {
  return readPages("Scan", {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: "recordedAt >= :time",
    ExpressionAttributeValues: toValues({ time }),
  });
}

/**
 * Replaces the revocation that was read.
 *
 * @param read undefined if there was none
 * @returns false if it has changed since
 */
export const replaceRevocation = (table: string, id: string, read: Revocation | undefined, next: Revocation) =>
  replace(table, id, read && { mark: read.mark, recordedAt: read.recordedAt }, next);

/** At most 100, by shard. Shards that never had a state are left out. */
export const getShardStates = (table: string, shards: readonly string[]) =>
  getById<ShardState>(table, shards.map(shardStateId), (id) => id.slice(shardStateId("").length));

/** Replaces the previous version. @returns false if the table has another version */
export const putShardState = (table: string, shard: string, state: ShardState) =>
  replace(table, shardStateId(shard), state.version === 1 ? undefined : { version: state.version - 1 }, state);

export const getStoreState = (table: string) => getItem<StoreState>(table, { id: STORE_STATE_ID });

/**
 * Writes the state, unless another writer did so after `etag` was read.
 *
 * @param etag undefined if there was no state
 * @returns false if another writer did
 */
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

/** Replaces the item that has the attributes `held`. @param held undefined if there must be no item yet */
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
