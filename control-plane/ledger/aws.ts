/**
 * The ledger in DynamoDB, by strongly consistent reads and conditional writes
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html).
 */
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
  PutCommand,
} from "@aws-sdk/lib-dynamodb";
import { setTimeout } from "node:timers/promises";
import pLimit from "p-limit";
import {
  emailPointerKey,
  LEDGER_TABLES,
  sessionKeyOf,
  shardStateId,
  sidPointerKey,
  startedPointerKey,
  STORE_STATE_ID,
  type LedgerSession,
  type Revocation,
  type SessionPointer,
  type ShardState,
  type StoreState,
} from "../../session/ledger";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { OperationError } from "../errors";
import type { Ledger } from "../ports";
import { backoff } from "../store/backoff";

type Item = Record<string, unknown>;

/** BatchGetItem takes at most so many keys. */
const MAX_KEYS = 100;
const MAX_ATTEMPTS = 8;
/** Batches that are read at a time. */
const PARALLEL_READS = 4;
const KEY_NAMES: readonly string[] = Object.values(LEDGER_TABLES).flatMap((keys) => Object.values(keys));

/** @param sessionsTable of who lists or looks up sessions; the key rotator does not */
export function dynamoDbLedger(sessionsTable = "", revocationsTable: string): Ledger {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(CLIENT_OPTIONS), {
    marshallOptions: { removeUndefinedValues: true },
  });

  async function get<T>(TableName: string, Key: Item): Promise<T | undefined> {
    const { Item: found } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return found && withoutKey<T>(found);
  }

  /**
   * Puts an item of the revocations table in the place of the one that has these attributes; of none, where they are
   * undefined.
   *
   * @returns false where another is there
   */
  async function replace(id: string, held: Item | undefined, item: object): Promise<boolean> {
    const attributes = Object.entries(held ?? {});
    const condition = held
      ? {
          ConditionExpression: attributes.map(([name]) => `#${name} = :${name}`).join(" AND "),
          ExpressionAttributeNames: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
        }
      : { ConditionExpression: "attribute_not_exists(id)" };
    try {
      await client.send(new PutCommand({ TableName: revocationsTable, Item: { id, ...item }, ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function batchGet(table: string, keys: readonly Item[]): Promise<Item[]> {
    const batches = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, place) =>
      keys.slice(place * MAX_KEYS, (place + 1) * MAX_KEYS),
    );
    const limit = pLimit(PARALLEL_READS);
    return (await Promise.all(batches.map((batch) => limit(() => batchGetOne(table, batch))))).flat();
  }

  async function batchGetOne(table: string, keys: Item[]): Promise<Item[]> {
    const found: Item[] = [];
    let left = keys;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html: what is asked again at
      // once is throttled again.
      if (attempt > 0) await setTimeout(backoff(attempt) * 1000);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length === 0) return found;
    }
    // What was not read may be the revocation that is asked for.
    throw new OperationError("the ledger answered in part only; try again");
  }

  /** Newest first, where the sort key begins with a time. */
  async function query<T>(pk: string): Promise<T[]> {
    const input = {
      TableName: sessionsTable,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      ScanIndexForward: false,
    };
    const found: T[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, input))
      found.push(...Items.map((item) => withoutKey<T>(item)));
    return found;
  }

  return {
    /** The revocations of these ids, by id. */
    async revocations(ids: readonly string[]): Promise<Map<string, Revocation>> {
      const items = await batchGet(
        revocationsTable,
        [...new Set(ids)].map((id) => ({ id })),
      );
      return new Map(items.map((item) => [item["id"] as string, withoutKey<Revocation>(item)]));
    },

    /** In the place of the one that was read; undefined where there was none. @returns false where another is there */
    replaceRevocation: (id: string, read: Revocation | undefined, next: Revocation): Promise<boolean> =>
      replace(id, read && { mark: read.mark, recordedAt: read.recordedAt }, next),

    /** Every revocation that was recorded at `time` or later, a page at a time; reads the whole table. */
    async *revocationsSince(time: number): AsyncGenerator<Revocation[]> {
      const filter = { FilterExpression: "recordedAt >= :time", ExpressionAttributeValues: { ":time": time } };
      for await (const { Items = [] } of paginateScan(
        { client },
        { TableName: revocationsTable, ConsistentRead: true, ...filter },
      )) {
        yield Items.map((item) => withoutKey<Revocation>(item));
      }
    },

    /** By shard; those that never had a state are left out. */
    async shardStates(shards: readonly string[]): Promise<Map<string, ShardState>> {
      const items = await batchGet(
        revocationsTable,
        shards.map((shard) => ({ id: shardStateId(shard) })),
      );
      return new Map(
        items.map((item) => [(item["id"] as string).slice(shardStateId("").length), withoutKey<ShardState>(item)]),
      );
    },

    /** In the place of the version before. @returns false where another is there */
    putShardState: (shard: string, state: ShardState): Promise<boolean> =>
      replace(shardStateId(shard), state.version === 1 ? undefined : { version: state.version - 1 }, state),

    storeState: (): Promise<StoreState | undefined> => get(revocationsTable, { id: STORE_STATE_ID }),

    /** Unless another writer has done so since `etag` was read. @param etag undefined where there was no state */
    putStoreState: (state: StoreState, etag: string | undefined): Promise<boolean> =>
      replace(STORE_STATE_ID, etag === undefined ? undefined : { etag }, state),

    session: (uid: string, sid: string): Promise<LedgerSession | undefined> =>
      get(sessionsTable, sessionKeyOf(uid, sid)),

    userOfSession: async (sid: string): Promise<string | undefined> =>
      (await get<SessionPointer>(sessionsTable, sidPointerKey(sid)))?.uid,

    /** Those that are over included. */
    sessionsOf: (uid: string): Promise<LedgerSession[]> => query(sessionKeyOf(uid, "").pk),

    /** Ids of the users who signed in with an e-mail address, whatever its case. */
    usersOfEmail: async (email: string): Promise<string[]> =>
      (await query<SessionPointer>(emailPointerKey(email, "").pk)).map(({ uid }) => uid),

    /** The sign-ins of the hour that `time` is in, newest first. */
    startedInHourOf: (time: number): Promise<SessionPointer[]> => query(startedPointerKey(time, "").pk),

    /** Without those that are not there. */
    async sessions(pointers: readonly SessionPointer[]): Promise<LedgerSession[]> {
      const items = await batchGet(
        sessionsTable,
        pointers.map(({ uid, sid }) => sessionKeyOf(uid, sid)),
      );
      return items.map((item) => withoutKey<LedgerSession>(item));
    },
  };
}

function withoutKey<T>(item: Item): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !KEY_NAMES.includes(name))) as T;
}
