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
import type { LedgerSession, Revocation, SessionPointer, ShardState, StoreState } from "../../ledger/records";
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
    /** The revocations of these ids, by id. */
    revocations: async (ids: readonly string[]): Promise<Map<string, Revocation>> =>
      new Map(await batches([...new Set(ids)], revocations.getRevocations, revocationsTable)),

    /**
     * Replaces the revocation that was `read`, undefined if there was none.
     *
     * @returns false if another writer was faster
     */
    replaceRevocation: (id: string, read: Revocation | undefined, next: Revocation): Promise<boolean> =>
      send(revocations.replaceRevocation(revocationsTable, id, read, next)),

    /** Every revocation that was recorded at `time` or later, a page at a time; reads the whole table. */
    revocationsSince: (time: number): AsyncGenerator<Revocation[]> =>
      pages(revocations.scanRevocations(revocationsTable, time)),

    /** States by shard; shards that never had one are left out. */
    shardStates: async (shards: readonly string[]): Promise<Map<string, ShardState>> =>
      new Map(await batches(shards, revocations.getShardStates, revocationsTable)),

    /** Replaces the previous version. @returns false if another writer was faster */
    putShardState: (shard: string, state: ShardState): Promise<boolean> =>
      send(revocations.putShardState(revocationsTable, shard, state)),

    storeState: (): Promise<StoreState | undefined> => send(revocations.getStoreState(revocationsTable)),

    /**
     * @param etag of the state that it replaces; undefined if there was none
     * @returns false if another writer was faster
     */
    putStoreState: (state: StoreState, etag: string | undefined): Promise<boolean> =>
      send(revocations.putStoreState(revocationsTable, state, etag)),

    session: (uid: string, sid: string): Promise<LedgerSession | undefined> =>
      send(sessions.getSession(sessionsTable, { uid, sid })),

    userOfSession: async (sid: string): Promise<string | undefined> =>
      (await send(sessions.getPointer(sessionsTable, sid)))?.uid,

    /** Including sessions that have ended. */
    sessionsOf: (uid: string): Promise<LedgerSession[]> => all(sessions.getSessionsOf(sessionsTable, uid)),

    /** IDs of the users who signed in with an e-mail address, ignoring case. */
    usersOfEmail: async (email: string): Promise<string[]> =>
      (await all(sessions.getPointersOfEmail(sessionsTable, email))).map(({ uid }) => uid),

    /** The sign-ins of the hour that `time` is in, newest first. */
    startedInHourOf: (time: number): Promise<SessionPointer[]> => all(sessions.getPointersOfHour(sessionsTable, time)),

    /** Sessions that do not exist are left out. */
    sessions: (pointers: readonly SessionPointer[]): Promise<LedgerSession[]> =>
      batches(pointers, sessions.getSessions, sessionsTable),
  };
}
