/** The ledger in DynamoDB: what it says of a session, and what sign-ins and renewals write there. */
import {
  endedKeyOf,
  eventKeyOf,
  sessionKeyOf,
  standingIds,
  type LedgerSession,
  type Revocation,
  type ShardState,
} from "../../../session/ledger";
import type { AuthSettings } from "../../../session/settings";
import { markText } from "../../../session/shard";
import { IDP_SESSION_ENDED } from "../../../session/timing";
import { Failure } from "../failures";
import { LEASE_REACH } from "../session/lease-times";
import type { Ledger } from "../ports";
import { pointers } from "./pointers";
import { dynamoDbTables, fromItem, toItem, type Item } from "./tables";

/** Never the id of a lease. */
const NO_LEASE = "-";

/** @param names of the tables; asked for at every call: the settings may change */
export function dynamoDbLedger(names: () => Promise<AuthSettings["ledger"]>): Ledger {
  const tables = dynamoDbTables(names);
  const { call, write } = tables;

  async function item<T>(key: object): Promise<T | undefined> {
    const { Item: found } = await call("GetItem", ({ sessionsTable }) => ({
      TableName: sessionsTable,
      Key: toItem(key),
      ConsistentRead: true,
    }));
    return found === undefined ? undefined : fromItem<T>(found as Item);
  }

  interface Update {
    UpdateExpression: string;
    ConditionExpression: string;
    values: object;
  }
  const update = (
    { uid, sid }: Pick<LedgerSession, "uid" | "sid">,
    { values, ...expressions }: Update,
    ReturnValues = "NONE",
  ) =>
    write("UpdateItem", ({ sessionsTable }) => ({
      TableName: sessionsTable,
      Key: toItem(sessionKeyOf(uid, sid)),
      ...expressions,
      // A reserved word (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
      ...(expressions.UpdateExpression.includes("#next") && { ExpressionAttributeNames: { "#next": "next" } }),
      ExpressionAttributeValues: toItem(values),
      ReturnValues,
    }));

  return {
    ...pointers(tables, item),

    async standing(uid, sid) {
      const [sessionKey, ids, { sessionsTable, revocationsTable }] = [
        sessionKeyOf(uid, sid),
        standingIds(uid, sid),
        await names(),
      ];
      const output = await call("BatchGetItem", () => ({
        RequestItems: {
          [sessionsTable]: { Keys: [toItem(sessionKey)], ConsistentRead: true },
          [revocationsTable]: { Keys: Object.values(ids).map((id) => toItem({ id })), ConsistentRead: true },
        },
      }));
      const { Responses: found = {}, UnprocessedKeys: left = {} } = output as {
        Responses?: Record<string, Item[] | undefined>;
        UnprocessedKeys?: object;
      };
      const [sessions, others] = [
        found[sessionsTable],
        found[revocationsTable]?.map((each) => fromItem<{ id: string }>(each)),
      ];
      // What was not read may be the revocation.
      if (!sessions || !others || Object.keys(left).length > 0)
        throw new Failure("ledger_unavailable", "unprocessed_keys");
      const [session] = sessions;
      const revocations = others.filter(({ id }) => id !== ids.shard) as unknown as (Revocation & { id: string })[];
      const markOf = (id: string) => readMark(revocations.find((each) => each.id === id)?.mark);
      const shard = others.find(({ id }) => id === ids.shard) as ShardState | undefined;
      return {
        session: session && fromItem<LedgerSession>(session),
        revocations,
        mark: markOf(ids.user),
        gatewayMark: markOf(ids.gateway),
        floor: markText(readMark(shard?.floor)),
      };
    },

    session: ({ uid, sid }) => item<LedgerSession>(sessionKeyOf(uid, sid)),

    async open(session) {
      const output = await write("PutItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Item: toItem({ ...sessionKeyOf(session.uid, session.sid), ...session }),
        ConditionExpression: "attribute_not_exists(pk)",
      }));
      return output !== undefined;
    },

    async claim({ generation, lease, at, dead = NO_LEASE, ...key }) {
      const output = await update(
        key,
        {
          UpdateExpression: "SET lease = :lease, leasedAt = :at REMOVE watched",
          ConditionExpression:
            "generation = :generation AND attribute_not_exists(endedAt) AND (attribute_not_exists(lease) OR lease = :dead OR leasedAt < :from OR leasedAt > :to)",
          values: {
            ":generation": generation,
            ":lease": lease,
            ":at": at,
            ":dead": dead,
            ":from": at - LEASE_REACH,
            ":to": at + LEASE_REACH,
          },
        },
        "ALL_NEW",
      );
      return output && fromItem<LedgerSession>(output["Attributes"] as Item);
    },

    async release(key, lease, next) {
      await update(key, {
        UpdateExpression: `${next === undefined ? "" : "SET #next = :next "}REMOVE lease, leasedAt, watched`,
        ConditionExpression: "lease = :lease",
        values: { ":lease": lease, ":next": next },
      });
    },

    async watch(key, lease) {
      await update(key, {
        UpdateExpression: "SET watched = :lease",
        ConditionExpression: "lease = :lease AND attribute_not_exists(watched)",
        values: { ":lease": lease },
      });
    },

    async renew({ uid, sid, generation, renewedAt, address, email, lease, next }) {
      const output = await update(
        { uid, sid },
        {
          UpdateExpression:
            "SET generation = :next, renewedAt = :renewedAt, address = :address, email = :email, #next = :sealed REMOVE lease, leasedAt, watched",
          ConditionExpression: "generation = :generation AND attribute_not_exists(endedAt) AND lease = :lease",
          values: {
            ":generation": generation,
            ":next": generation + 1,
            ":renewedAt": renewedAt,
            ":address": address,
            ":email": email,
            ":sealed": next,
            ":lease": lease,
          },
        },
      );
      return output !== undefined;
    },

    async end(uid, sid, at) {
      await update(
        { uid, sid },
        {
          UpdateExpression: "SET endedAt = :at",
          ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(endedAt)",
          values: { ":at": at },
        },
      );
    },

    async recordReuse(uid, sid, what, at) {
      await update(
        { uid, sid },
        {
          UpdateExpression: "SET reuse = :what, reusedAt = :at",
          ConditionExpression: "attribute_exists(pk)",
          values: { ":what": what, ":at": at },
        },
      );
    },

    async markEnded(idpSession, at) {
      const mark = { ...endedKeyOf(idpSession), endedAt: at, expiresAt: at + IDP_SESSION_ENDED };
      await write("PutItem", ({ sessionsTable }) => ({ TableName: sessionsTable, Item: toItem(mark) }));
    },

    endOf: async (idpSession) => (await item<{ endedAt: number }>(endedKeyOf(idpSession)))?.endedAt,

    wasTaken: async (hash) => (await item(eventKeyOf(hash))) !== undefined,

    async take(hash, expiresAt) {
      const output = await write("PutItem", ({ sessionsTable }) => ({
        TableName: sessionsTable,
        Item: toItem({ ...eventKeyOf(hash), expiresAt }),
        ConditionExpression: "attribute_not_exists(pk)",
      }));
      return output !== undefined;
    },
  };
}

/**
 * @throws Failure `ledger_unavailable` for what is none: a session or a token that kept it could never be revoked, or
 * always were
 */
function readMark(mark: number | undefined = 0): number {
  if (!Number.isSafeInteger(mark) || mark < 0) throw new Failure("ledger_unavailable", "unreadable_mark");
  return mark;
}
