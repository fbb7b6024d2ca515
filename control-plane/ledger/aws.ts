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
  type ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { revocationId, SESSION_INDEX, sessionKeyOf, type LedgerSession, type Revocation } from "../../session/ledger";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { OperationError } from "../errors";
import { livingRevocations, revocationOf } from "./living-revocations";
import type { Ledger } from "./ports";

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes at most so many keys. */
const MAX_KEYS = 100;
const MAX_ATTEMPTS = 5;

export interface LedgerTableNames {
  sessionsTable: string;
  revocationsTable: string;
}

export function dynamoDbLedger({ sessionsTable, revocationsTable }: LedgerTableNames): Ledger {
  const client = new DynamoDBClient(CLIENT_OPTIONS);

  async function put(revocation: Revocation): Promise<boolean> {
    // A session is revoked once and for all; the cut-off of a user or of the gateway only moves forward.
    const condition =
      revocation.kind === "session"
        ? { ConditionExpression: "attribute_not_exists(id)" }
        : { ConditionExpression: "attribute_not_exists(id) OR cutoff < :cutoff", ExpressionAttributeValues: marshall({ ":cutoff": revocation.cutoff }) };
    try {
      const Item = marshall({ id: revocationId(revocation), ...revocation }, { removeUndefinedValues: true });
      await client.send(new PutItemCommand({ TableName: revocationsTable, Item, ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function held(id: string): Promise<Revocation | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName: revocationsTable, Key: marshall({ id }), ConsistentRead: true }));
    return Item && revocationOf(Item);
  }

  /** Items of a page at a time: a table may hold more than memory does. */
  async function* scan(input: ScanCommandInput): AsyncGenerator<Item[]> {
    for await (const { Items = [] } of paginateScan({ client }, input)) yield Items;
  }

  async function* querySessions(expression: string, values: object, index?: string): AsyncGenerator<LedgerSession> {
    const input = {
      TableName: sessionsTable,
      KeyConditionExpression: expression,
      ExpressionAttributeValues: marshall(values),
      // An index cannot be read so.
      ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    };
    for await (const { Items = [] } of paginateQuery({ client }, input)) yield* Items.map(sessionOf);
  }

  return {
    async record(revocation) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await put(revocation)) return revocation;
        const there = await held(revocationId(revocation));
        if (there) return there;
        // Its time to live ended between the two calls.
      }
      throw new OperationError("the ledger neither takes nor holds the revocation; try again");
    },

    livingRevocations: (now) => livingRevocations(client, revocationsTable, now),

    async revocationsOf(sessions) {
      const all = sessions.flatMap(({ uid, sid }) => [revocationId({ kind: "user", uid }), revocationId({ kind: "session", sid })]);
      const ids = [...new Set([...all, revocationId({ kind: "gateway" })])];
      const revocations: Revocation[] = [];
      for (let from = 0; from < ids.length; from += MAX_KEYS) {
        revocations.push(...(await batchGet(ids.slice(from, from + MAX_KEYS).map((id) => marshall({ id })))));
      }
      return revocations;
    },

    async sessionsOf(uid) {
      const sessions: LedgerSession[] = [];
      const { pk } = sessionKeyOf(uid, "");
      for await (const session of querySessions("pk = :pk", { ":pk": pk })) sessions.push(session);
      return sessions.sort(newestFirst);
    },

    async sessionBySid(sid) {
      for await (const session of querySessions("sid = :sid", { ":sid": sid }, SESSION_INDEX)) return session;
      return undefined;
    },

    async sessionsByEmail(email) {
      const wanted = email.toLowerCase();
      const found: LedgerSession[] = [];
      for await (const items of scan({ TableName: sessionsTable, FilterExpression: "attribute_exists(sid)" })) {
        found.push(...items.map(sessionOf).filter((session) => session.email.toLowerCase() === wanted));
      }
      return found.sort(newestFirst);
    },

    async livingSessions(now, limit) {
      let sessions: LedgerSession[] = [];
      let count = 0;
      const input = { TableName: sessionsTable, FilterExpression: "endsAt > :now AND attribute_not_exists(endedAt)" };
      for await (const items of scan({ ...input, ExpressionAttributeValues: marshall({ ":now": now }) })) {
        count += items.length;
        sessions = [...sessions, ...items.map(sessionOf)].sort(newestFirst).slice(0, limit);
      }
      return { sessions, isCut: count > limit };
    },
  };

  async function batchGet(keys: Item[]): Promise<Revocation[]> {
    const found: Revocation[] = [];
    let left = keys;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: { [revocationsTable]: { Keys: left, ConsistentRead: true } } }));
      found.push(...(Responses?.[revocationsTable] ?? []).map(revocationOf));
      left = UnprocessedKeys?.[revocationsTable]?.Keys ?? [];
      if (left.length === 0) return found;
    }
    // What was not read may be the revocation that is asked for.
    throw new OperationError("the ledger answered in part only; try again");
  }
}

function sessionOf(item: Item): LedgerSession {
  const session = unmarshall(item);
  delete session["pk"];
  delete session["sk"];
  return session as LedgerSession;
}

function newestFirst(a: LedgerSession, b: LedgerSession): number {
  return b.startedAt - a.startedAt || (a.sid < b.sid ? -1 : 1);
}
