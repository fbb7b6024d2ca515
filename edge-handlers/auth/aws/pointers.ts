/**
 * Items of the ledger by which sessions are found: strongly consistent, so what was written before a look is seen by
 * it.
 */
import { setTimeout } from "node:timers/promises";
import {
  emailPointerKey,
  idpSessionPointerKey,
  sessionKeyOf,
  sidPointerKey,
  startedPointerKey,
  type LedgerSession,
  type SessionPointer,
} from "../../../session/ledger";
import { Failure } from "../failures";
import type { Ledger } from "../ports";
import { fromItem, toItem, type Item, type Tables } from "./tables";

/**
 * Of 1 MB, some five thousand pointers each. Whoever signs in more often at one session of a provider would outlast the
 * request's time.
 */
const MAX_PAGES = 3;
/** How often what DynamoDB left over is tried again, and the milliseconds before that. */
const TRIES = 3;
const PAUSE = 50;

/** @param item a strongly consistent read of one */
export function pointers(
  { names, call }: Tables,
  item: <T>(key: object) => Promise<T | undefined>,
): Pick<Ledger, "point" | "bySid" | "byIdpSession" | "sessions"> {
  return {
    async point({ uid, sid, idpSession, email, startedAt, expiresAt }) {
      const pointer: SessionPointer = { uid, sid, expiresAt };
      const keys = [
        sidPointerKey(sid),
        startedPointerKey(startedAt, sid),
        ...(email ? [emailPointerKey(email, uid)] : []),
        ...(idpSession === undefined ? [] : [idpSessionPointerKey(idpSession, sid)]),
      ];
      let left: object = {
        [(await names()).sessionsTable]: keys.map((key) => ({ PutRequest: { Item: toItem({ ...key, ...pointer }) } })),
      };
      for (let tries = 0; tries < TRIES; tries++) {
        if (tries > 0) await setTimeout(PAUSE * tries);
        const { UnprocessedItems: rest } = await call("BatchWriteItem", () => ({ RequestItems: left }));
        if (typeof rest !== "object" || rest === null) break;
        if (Object.keys(rest).length === 0) return;
        left = rest;
      }
      throw new Failure("ledger_unavailable", "unprocessed_items");
    },

    async bySid(sid) {
      const pointer = await item<SessionPointer>(sidPointerKey(sid));
      return pointer && item<LedgerSession>(sessionKeyOf(pointer.uid, pointer.sid));
    },

    async byIdpSession(idpSession) {
      const found: SessionPointer[] = [];
      let next: unknown;
      const { pk, sk } = idpSessionPointerKey(idpSession, "");
      for (let page = 0; page === 0 || (next !== undefined && page < MAX_PAGES); page++) {
        const output = await call("Query", ({ sessionsTable }) => ({
          TableName: sessionsTable,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
          ExpressionAttributeValues: toItem({ ":pk": pk, ":sk": sk }),
          ConsistentRead: true,
          ...(next !== undefined && { ExclusiveStartKey: next }),
        }));
        if (!Array.isArray(output["Items"])) throw new Failure("ledger_unavailable", "no_items");
        found.push(...output["Items"].map((each) => fromItem<SessionPointer>(each as Item)));
        next = output["LastEvaluatedKey"];
      }
      return { pointers: found, hasMore: next !== undefined };
    },

    async sessions(keys) {
      if (keys.length === 0) return [];
      const { sessionsTable } = await names();
      const Keys = keys.map(({ uid, sid }) => toItem(sessionKeyOf(uid, sid)));
      const output = await call("BatchGetItem", () => ({
        RequestItems: { [sessionsTable]: { Keys, ConsistentRead: true } },
      }));
      const { Responses: found = {}, UnprocessedKeys: left = {} } = output as {
        Responses?: Record<string, Item[] | undefined>;
        UnprocessedKeys?: object;
      };
      if (!found[sessionsTable] || Object.keys(left).length > 0)
        throw new Failure("ledger_unavailable", "unprocessed_keys");
      return found[sessionsTable].map((each) => fromItem<LedgerSession>(each));
    },
  };
}
