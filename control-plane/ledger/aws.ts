/** The ledger in DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html). */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { setTimeout } from "node:timers/promises";
import pLimit from "p-limit";
import { emailPointerKey, LEDGER_TABLES, sessionKeyOf, shardStateId, sidPointerKey, startedPointerKey, STORE_STATE_ID, type LedgerSession, type Revocation, type SessionPointer, type ShardState, type StoreState } from "../../session/ledger";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { OperationError } from "../errors";
import type { Ledger } from "../ports";
import { backoff } from "../store/backoff";

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes at most so many keys. */
const MAX_KEYS = 100;
const MAX_ATTEMPTS = 8;
/** Batches that are read at a time. */
const PARALLEL_READS = 4;

/** @param sessionsTable of who lists or looks up sessions; the key rotator does not */
export function dynamoDbLedger(sessionsTable = "", revocationsTable: string): Ledger {
  const client = new DynamoDBClient(CLIENT_OPTIONS);

  async function get(TableName: string, key: object): Promise<Item | undefined> {
    return (await client.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true }))).Item;
  }

  /**
   * Puts an item of the revocations table in the place of the one that has these attributes; of none, where they are undefined.
   *
   * @returns false where another is there
   */
  async function replace(id: string, held: Record<string, string | number> | undefined, item: object): Promise<boolean> {
    const names = Object.keys(held ?? {});
    const condition = held
      ? {
          ConditionExpression: names.map((name) => `#${name} = :${name}`).join(" AND "),
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: marshall(Object.fromEntries(names.map((name) => [`:${name}`, held[name]]))),
        }
      : { ConditionExpression: "attribute_not_exists(id)" };
    try {
      await client.send(new PutItemCommand({ TableName: revocationsTable, Item: marshall({ id, ...item }, { removeUndefinedValues: true }), ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function batchGet(table: string, keys: readonly object[]): Promise<Item[]> {
    const batches = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, place) => keys.slice(place * MAX_KEYS, (place + 1) * MAX_KEYS));
    const limit = pLimit(PARALLEL_READS);
    return (await Promise.all(batches.map((batch) => limit(() => batchGetOne(table, batch.map((key) => marshall(key))))))).flat();
  }

  async function batchGetOne(table: string, keys: Item[]): Promise<Item[]> {
    const found: Item[] = [];
    let left = keys;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html: what is asked again at once is throttled again.
      if (attempt > 0) await setTimeout(backoff(attempt) * 1000);
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }));
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length === 0) return found;
    }
    // What was not read may be the revocation that is asked for.
    throw new OperationError("the ledger answered in part only; try again");
  }

  /** Newest first, where the sort key begins with a time. */
  async function query<T>(pk: string): Promise<T[]> {
    const input = { TableName: sessionsTable, ConsistentRead: true, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: marshall({ ":pk": pk }), ScanIndexForward: false };
    const found: T[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, input)) found.push(...Items.map((item) => fromItem<T>(item)));
    return found;
  }

  return {
    async revocations(ids) {
      const items = await batchGet(revocationsTable, [...new Set(ids)].map((id) => ({ id })));
      return new Map(items.map((item) => [item["id"]!.S!, fromItem<Revocation>(item)]));
    },

    replaceRevocation: (id, read, next) => replace(id, read && { mark: read.mark, recordedAt: read.recordedAt }, next),

    async *revocationsSince(time) {
      const filter = { FilterExpression: "recordedAt >= :time", ExpressionAttributeValues: marshall({ ":time": time }) };
      for await (const { Items = [] } of paginateScan({ client }, { TableName: revocationsTable, ConsistentRead: true, ...filter })) {
        yield Items.map((item) => fromItem<Revocation>(item));
      }
    },

    async shardStates(shards) {
      const items = await batchGet(revocationsTable, shards.map((shard) => ({ id: shardStateId(shard) })));
      return new Map(items.map((item) => [item["id"]!.S!.slice(shardStateId("").length), fromItem<ShardState>(item)]));
    },

    putShardState: (shard, state) => replace(shardStateId(shard), state.version === 1 ? undefined : { version: state.version - 1 }, state),

    async storeState() {
      const item = await get(revocationsTable, { id: STORE_STATE_ID });
      return item && fromItem<StoreState>(item);
    },

    async putStoreState(state, etag) {
      await replace(STORE_STATE_ID, etag === undefined ? undefined : { etag }, state);
    },

    async session(uid, sid) {
      const item = await get(sessionsTable, sessionKeyOf(uid, sid));
      return item && fromItem<LedgerSession>(item);
    },

    async userOfSession(sid) {
      const item = await get(sessionsTable, sidPointerKey(sid));
      return item && fromItem<SessionPointer>(item).uid;
    },

    async sessionsOf(uid) {
      return (await query<LedgerSession>(sessionKeyOf(uid, "").pk)).sort(newestFirst);
    },

    async usersOfEmail(email) {
      return (await query<SessionPointer>(emailPointerKey(email, "").pk)).map(({ uid }) => uid);
    },

    startedInHourOf: (time) => query<SessionPointer>(startedPointerKey(time, "").pk),

    async sessions(pointers) {
      const items = await batchGet(sessionsTable, pointers.map(({ uid, sid }) => sessionKeyOf(uid, sid)));
      return items.map((item) => fromItem<LedgerSession>(item)).sort(newestFirst);
    },
  };
}

function fromItem<T>(item: Item): T {
  const value = unmarshall(item);
  for (const key of Object.values(LEDGER_TABLES).flatMap((keys) => Object.values(keys))) delete value[key];
  return value as T;
}

function newestFirst(a: LedgerSession, b: LedgerSession): number {
  return b.startedAt - a.startedAt || (a.sid < b.sid ? -1 : 1);
}
