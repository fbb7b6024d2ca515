/** The ledger in DynamoDB (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html). */
import { endedKeyOf, eventKeyOf, IDP_SESSION_INDEX, revocationId, SESSION_INDEX, sessionKeyOf, type LedgerSession, type Revocation } from "../../../session/ledger";
import type { AuthSettings } from "../../../session/settings";
import { Failure, safeCode } from "../failures";
import type { Ledger } from "../ports";
import { AwsError, callAws } from "./call";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html, of texts and numbers */
type Item = Record<string, { S: string } | { N: string }>;

/** Of 1 MB, some two thousand sessions each. Whoever signs in more often at one session of a provider would outlast the request's time. */
const MAX_PAGES = 3;
const CONDITION_FAILED = "ConditionalCheckFailedException";

/** @param tables asked for at every call: the settings may change */
export function dynamoDbLedger(tables: () => Promise<AuthSettings["ledger"]>): Ledger {
  async function call(operation: string, input: (names: AuthSettings["ledger"]) => object, options?: { retries: number }): Promise<Record<string, unknown>> {
    const names = await tables();
    try {
      return (await callAws("dynamodb", operation, input(names), options)) as Record<string, unknown>;
    } catch (error) {
      if (error instanceof AwsError && error.code === CONDITION_FAILED) throw error;
      throw new Failure("ledger_unavailable", error instanceof AwsError ? error.code : safeCode(error));
    }
  }

  /**
   * Once only: a write whose answer was lost would find itself when it is made again, and take itself for somebody else's.
   *
   * @returns false where the condition does not hold
   */
  async function write(operation: "PutItem" | "UpdateItem", input: (names: AuthSettings["ledger"]) => object): Promise<boolean> {
    try {
      await call(operation, input, { retries: 0 });
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /** Those that are over stay for a while, and the living ones may be on the last page. */
  async function sessionsBy(index: string, key: string, value: string): Promise<{ sessions: LedgerSession[]; isCut: boolean }> {
    const sessions: LedgerSession[] = [];
    let next: unknown;
    for (let page = 0; page === 0 || (next !== undefined && page < MAX_PAGES); page++) {
      const output = await call("Query", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        IndexName: index,
        KeyConditionExpression: "#key = :value",
        ExpressionAttributeNames: { "#key": key },
        ExpressionAttributeValues: toItem({ ":value": value }),
        ...(next !== undefined && { ExclusiveStartKey: next }),
      }));
      if (!Array.isArray(output["Items"])) throw new Failure("ledger_unavailable", "no_items");
      sessions.push(...output["Items"].map((item) => fromItem<LedgerSession>(item as Item)));
      next = output["LastEvaluatedKey"];
    }
    return { sessions, isCut: next !== undefined };
  }

  return {
    async standing(uid, sid) {
      const [sessionKey, ids] = [sessionKeyOf(uid, sid), [revocationId({ kind: "user", uid }), revocationId({ kind: "session", sid }), revocationId({ kind: "gateway" })]];
      const names = await tables();
      const output = await call("BatchGetItem", ({ sessionsTable, revocationsTable }) => ({
        RequestItems: {
          [sessionsTable]: { Keys: [toItem(sessionKey)], ConsistentRead: true },
          [revocationsTable]: { Keys: ids.map((id) => toItem({ id })), ConsistentRead: true },
        },
      }));
      const { Responses: found = {}, UnprocessedKeys: left = {} } = output as { Responses?: Record<string, Item[] | undefined>; UnprocessedKeys?: object };
      const [sessions, revocations] = [found[names.sessionsTable], found[names.revocationsTable]];
      // What was not read may be the revocation.
      if (!sessions || !revocations || Object.keys(left).length > 0) throw new Failure("ledger_unavailable", "unprocessed_keys");
      const [session] = sessions;
      return {
        session: session && fromItem<LedgerSession>(session),
        revocations: revocations.map((item) => fromItem<Revocation>(item)),
      };
    },

    open: (session) =>
      write("PutItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Item: toItem({ ...sessionKeyOf(session.uid, session.sid), ...session }),
        ConditionExpression: "attribute_not_exists(pk)",
      })),

    async renew({ uid, sid, generation, renewedAt, address, email }) {
      const isRecorded = await write("UpdateItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Key: toItem(sessionKeyOf(uid, sid)),
        UpdateExpression: "SET generation = :next, renewedAt = :renewedAt, address = :address, email = :email",
        ConditionExpression: "generation = :generation AND attribute_not_exists(endedAt)",
        ExpressionAttributeValues: toItem({ ":generation": generation, ":next": generation + 1, ":renewedAt": renewedAt, ":address": address, ":email": email }),
      }));
      return isRecorded ? "recorded" : "used_up";
    },

    async end(uid, sid, at) {
      await write("UpdateItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Key: toItem(sessionKeyOf(uid, sid)),
        UpdateExpression: "SET endedAt = :at",
        ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(endedAt)",
        ExpressionAttributeValues: toItem({ ":at": at }),
      }));
    },

    async recordReuse(uid, sid, what, at) {
      await write("UpdateItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Key: toItem(sessionKeyOf(uid, sid)),
        UpdateExpression: "SET reuse = :what, reusedAt = :at",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: toItem({ ":what": what, ":at": at }),
      }));
    },

    bySid: async (sid) => (await sessionsBy(SESSION_INDEX, "sid", sid)).sessions[0],
    byIdpSession: (idpSession) => sessionsBy(IDP_SESSION_INDEX, "idpSession", idpSession),

    async markEnded(idpSession, until) {
      await write("PutItem", ({ sessionsTable }) => ({ TableName: sessionsTable, Item: toItem({ ...endedKeyOf(idpSession), expiresAt: until }) }));
    },

    async isMarkedEnded(idpSession, now) {
      const { Item: item } = await call("GetItem", ({ sessionsTable }) => ({ TableName: sessionsTable, Key: toItem(endedKeyOf(idpSession)), ConsistentRead: true }));
      return item !== undefined && !(fromItem<{ expiresAt: number }>(item as Item).expiresAt <= now);
    },

    async wasTaken(hash) {
      const { Item: item } = await call("GetItem", ({ sessionsTable }) => ({ TableName: sessionsTable, Key: toItem(eventKeyOf(hash)), ConsistentRead: true }));
      return item !== undefined;
    },

    take: (hash, expiresAt) =>
      write("PutItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Item: toItem({ ...eventKeyOf(hash), expiresAt }),
        ConditionExpression: "attribute_not_exists(pk)",
      })),
  };
}

function toItem(values: object): Item {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "number" ? { N: String(value) } : { S: String(value) }]));
}

function fromItem<T>(item: Item): T {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, "N" in value ? Number(value.N) : value.S])) as T;
}
