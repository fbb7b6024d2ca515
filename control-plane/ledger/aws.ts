/** Sends the ledger's requests to DynamoDB. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { setTimeout } from "node:timers/promises";
import pLimit from "p-limit";
import { MAX_KEYS, type LedgerRequest, type Operation, type Output, type Part } from "../../ledger/request";
import * as revocations from "../../ledger/revocations";
import * as sessions from "../../ledger/sessions";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { OperationError } from "../errors";
import type { Ledger } from "../ports";
import { backoff } from "../store/backoff";

/** The SDK has a class for each operation. */
const SEND: Record<Operation, (client: DynamoDBClient, input: never) => Promise<Output>> = {
  BatchGetItem: (client, input) => client.send(new BatchGetItemCommand(input)),
  BatchWriteItem: (client, input) => client.send(new BatchWriteItemCommand(input)),
  GetItem: (client, input) => client.send(new GetItemCommand(input)),
  PutItem: (client, input) => client.send(new PutItemCommand(input)),
  Query: (client, input) => client.send(new QueryCommand(input)),
  Scan: (client, input) => client.send(new ScanCommand(input)),
  UpdateItem: (client, input) => client.send(new UpdateItemCommand(input)),
};
const MAX_ATTEMPTS = 8;
/** Batches that are read in parallel. */
const PARALLEL_READS = 4;

/** @param sessionsTable absent in the key rotator, which reads no sessions */
export function dynamoDbLedger(sessionsTable = "", revocationsTable: string): Ledger {
  const client = new DynamoDBClient(CLIENT_OPTIONS);
  const send = async <T>({ operation, input, read }: LedgerRequest<T>): Promise<T> => {
    try {
      return read(await SEND[operation](client, input as never));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return read(undefined);
      throw error;
    }
  };

  async function* pages<T>(first: LedgerRequest<Part<T>>): AsyncGenerator<T[]> {
    for (let next: LedgerRequest<Part<T>> | undefined = first; next;) {
      const part: Part<T> = await send(next);
      yield part.found;
      next = part.rest;
    }
  }

  async function all<T>(first: LedgerRequest<Part<T>>): Promise<T[]> {
    const found: T[] = [];
    for await (const page of pages(first)) found.push(...page);
    return found;
  }

  /** @param requestFor makes the request for at most {@link MAX_KEYS} keys */
  async function batches<K, T>(
    keys: readonly K[],
    requestFor: (table: string, keys: readonly K[]) => LedgerRequest<Part<T>>,
    table: string,
  ): Promise<T[]> {
    const limit = pLimit(PARALLEL_READS);
    const starts = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, place) => place * MAX_KEYS);
    const found = starts.map((start) => limit(() => batch(requestFor(table, keys.slice(start, start + MAX_KEYS)))));
    return (await Promise.all(found)).flat();
  }

  async function batch<T>(first: LedgerRequest<Part<T>>): Promise<T[]> {
    const found: T[] = [];
    let next = first;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // Unprocessed keys that are requested again without a delay are likely to be throttled again:
      // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
      if (attempt > 0) await setTimeout(backoff(attempt) * 1000);
      const part = await send(next);
      found.push(...part.found);
      if (!part.rest) return found;
      next = part.rest;
    }
    // The missing items may include the revocation that is needed.
    throw new OperationError("the ledger returned only some of the items; try again");
  }

  return {
    revocations: async (ids) => new Map(await batches([...new Set(ids)], revocations.getRevocations, revocationsTable)),
    replaceRevocation: (id, read, next) => send(revocations.replaceRevocation(revocationsTable, id, read, next)),
    revocationsSince: (time) => pages(revocations.scanRevocations(revocationsTable, time)),
    shardStates: async (shards) => new Map(await batches(shards, revocations.getShardStates, revocationsTable)),
    putShardState: (shard, state) => send(revocations.putShardState(revocationsTable, shard, state)),
    storeState: () => send(revocations.getStoreState(revocationsTable)),
    putStoreState: (state, etag) => send(revocations.putStoreState(revocationsTable, state, etag)),

    session: (uid, sid) => send(sessions.getSession(sessionsTable, { uid, sid })),
    userOfSession: async (sid) => (await send(sessions.getPointer(sessionsTable, sid)))?.uid,
    sessionsOf: (uid) => all(sessions.getSessionsOf(sessionsTable, uid)),
    usersOfEmail: async (email) => (await all(sessions.getPointersOfEmail(sessionsTable, email))).map(({ uid }) => uid),
    startedInHourOf: (time) => all(sessions.getPointersOfHour(sessionsTable, time)),
    sessions: (pointers) => batches(pointers, sessions.getSessions, sessionsTable),
  };
}
