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
import pLimit from "p-limit";
import { MAX_KEYS, type LedgerRequest, type Operation, type Output, type Part } from "../../ledger/request";
import * as revocations from "../../ledger/revocations";
import * as tokens from "../../ledger/service-tokens";
import * as sessions from "../../ledger/sessions";
import { CLIENT_OPTIONS } from "../aws-client-options";
import type { Ledger } from "../ports";
import { retry, wait } from "../retry";

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
    const starts = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, place) => place * MAX_KEYS);
    const read = (start: number) => batch(requestFor(table, keys.slice(start, start + MAX_KEYS)));
    return (await pLimit(PARALLEL_READS).map(starts, read)).flat();
  }

  async function batch<T>(first: LedgerRequest<Part<T>>): Promise<T[]> {
    const found: T[] = [];
    let next = first;
    // Unprocessed keys that are requested again without a delay are likely to be throttled again:
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
    // It must not end without them: the missing items may include the revocation that is needed.
    return retry({ wait }, MAX_ATTEMPTS, "the ledger returned only some of the items; try again", async () => {
      const { found: some, rest } = await send(next);
      found.push(...some);
      next = rest ?? next;
      return rest ? undefined : found;
    });
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

    serviceToken: (id) => send(tokens.getServiceToken(revocationsTable, id)),
    putServiceToken: (token, held) => send(tokens.putServiceToken(revocationsTable, token, held)),
    serviceTokens: () => all(tokens.scanServiceTokens(revocationsTable)),
    serviceTokenUses: async (ids) =>
      new Map(
        (await batches(ids, tokens.getServiceTokenUses, sessionsTable)).map(({ tokenId, usedOn }) => [tokenId, usedOn]),
      ),
  };
}
