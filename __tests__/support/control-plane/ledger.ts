/** The ledger behind the shipped control plane: what handlers write there, and what the revoker has written. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { LedgerSession, Revocation, ShardState } from "../../../ledger/records";
import type { TableNames } from "../../../ledger/status";
import {
  emailPointerKey,
  sessionKeyOf,
  shardStateId,
  sidPointerKey,
  startedPointerKey,
  statusIds,
} from "../../../ledger/tables";
import { createLedgerTables } from "../../../local/ledger-tables";
import { markText, shardOf } from "../../../session/shard";
import { CREDENTIALS } from "./credentials";
import { SESSION_SECONDS } from "./lifetimes";

/** BatchWriteItem takes at most so many. */
const MAX_WRITES = 25;

export interface Ledger {
  putSession(session: Partial<LedgerSession> & { uid: string; sid: string }): Promise<void>;
  /** What a handler finds in the ledger before it signs. */
  standing(uid: string, sid: string): Promise<{ mark: number; gatewayMark: number; floor: string }>;
  revocations(): Promise<Revocation[]>;
  putRevocations(revocations: readonly Revocation[]): Promise<void>;
  shardState(shard: string): Promise<ShardState | undefined>;
  close(): void;
}

/** Creates the tables. @param now Unix seconds */
export async function createLedger(endpoint: string, ledger: TableNames, now: () => number): Promise<Ledger> {
  const tables = new DynamoDBClient({ endpoint, ...CREDENTIALS });
  await createLedgerTables(endpoint, ledger);

  /** With its pointers, which a sign-in writes first. */
  async function putSession(session: Partial<LedgerSession> & { uid: string; sid: string }): Promise<void> {
    const startedAt = now();
    const { uid, sid } = session;
    const item: LedgerSession = {
      idp: "main",
      email: "someone@example.com",
      startedAt,
      mark: 0,
      gatewayMark: 0,
      renewedAt: startedAt,
      generation: 0,
      address: "192.0.2.1",
      userAgent: "test",
      endsAt: startedAt + SESSION_SECONDS,
      expiresAt: startedAt + 40 * 86_400,
      ...session,
    };
    const pointer = { uid, sid, expiresAt: item.expiresAt };
    const pointers = [sidPointerKey(sid), emailPointerKey(item.email, uid), startedPointerKey(item.startedAt, sid)];
    await tables.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [ledger.sessionsTable]: pointers.map((key) => ({ PutRequest: { Item: marshall({ ...key, ...pointer }) } })),
        },
      }),
    );
    await tables.send(
      new PutItemCommand({ TableName: ledger.sessionsTable, Item: marshall({ ...sessionKeyOf(uid, sid), ...item }) }),
    );
  }

  async function standing(uid: string, sid: string): Promise<{ mark: number; gatewayMark: number; floor: string }> {
    const ids = statusIds(uid, sid);
    const { Responses } = await tables.send(
      new BatchGetItemCommand({
        RequestItems: {
          [ledger.revocationsTable]: { ConsistentRead: true, Keys: Object.values(ids).map((id) => marshall({ id })) },
        },
      }),
    );
    const items = new Map(
      (Responses?.[ledger.revocationsTable] ?? []).map((item) => [item["id"]!.S!, unmarshall(item)]),
    );
    const markOf = (id: string) => Number(items.get(id)?.["mark"] ?? 0);
    return {
      mark: markOf(ids.user),
      gatewayMark: markOf(ids.gateway),
      floor: markText(Number(items.get(shardStateId(shardOf(uid)))?.["floor"] ?? 0)),
    };
  }
  async function items(): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: tables },
      { TableName: ledger.revocationsTable, ConsistentRead: true },
    ))
      found.push(...Items.map((item) => unmarshall(item)));
    return found;
  }

  return {
    putSession,
    standing,
    async revocations() {
      return (await items())
        .filter(({ id }) => /^(user|session|gateway)#/.test(String(id)))
        .map((item) => without<Revocation>(item));
    },
    async shardState(shard) {
      const item = (await items()).find(({ id }) => id === shardStateId(shard));
      return item && without<ShardState>(item);
    },
    async putRevocations(revocations) {
      const all = revocations.map((revocation) =>
        marshall(
          { id: `${revocation.kind}#${revocation.sid ?? revocation.uid}`, ...revocation },
          { removeUndefinedValues: true },
        ),
      );
      for (let from = 0; from < all.length; from += MAX_WRITES) {
        const writes = all.slice(from, from + MAX_WRITES).map((Item) => ({ PutRequest: { Item } }));
        await tables.send(new BatchWriteItemCommand({ RequestItems: { [ledger.revocationsTable]: writes } }));
      }
    },
    close: () => tables.destroy(),
  };
}

function without<T>(item: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== "id")) as T;
}
