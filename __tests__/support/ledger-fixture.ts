/** The ledger behind the handler's back: what tests put there, look at and take away. */
import { Agent } from "node:http";
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { LedgerSession, Revocation } from "../../ledger/records";
import {
  emailPointerKey,
  GATEWAY_PARTS,
  gatewayRevocationId,
  idpSessionPointerKey,
  LEDGER_TABLES,
  sessionKeyOf,
  sessionRevocationId,
  shardStateId,
  sidPointerKey,
  startedPointerKey,
  userRevocationId,
} from "../../ledger/tables";
import type { TableNames } from "../../ledger/status";

export interface LedgerFixture {
  /** Puts a session there as a sign-in would have, and what leads to it, with whatever is in `session`. */
  open(session: Partial<LedgerSession>): Promise<LedgerSession>;
  /** The session that a token names. */
  session(of: { uid: string; sid: string }): Promise<LedgerSession | undefined>;
  sessions(): Promise<LedgerSession[]>;
  /** Changes a session that is there. */
  change(of: { uid: string; sid: string }, changes: Partial<LedgerSession>): Promise<void>;
  /** Takes a session away, and leaves what leads to it. */
  remove(of: { uid: string; sid: string }): Promise<void>;
  /** Makes what leads from the provider's session to this one as large as an item may nearly be. */
  pad(session: LedgerSession): Promise<void>;
  /** All items of a partition of the sessions table. */
  items(pk: string): Promise<Record<string, unknown>[]>;
  /**
   * Records a revocation, as the revoker does; the cut-off is now where it is not named, and the mark one more than any
   * before.
   */
  revoke(revocation: Pick<Revocation, "kind"> & Partial<Revocation>): Promise<Revocation>;
  /** Raises the floor of a user's shard. @returns the floor */
  raiseFloor(shard: string): Promise<number>;
  /** Deletes everything. */
  wipe(): Promise<void>;
  close(): void;
}

/** @param defaults of a session, for now */
export function openLedger(
  endpoint: string,
  { sessionsTable, revocationsTable }: TableNames,
  now: () => number,
  defaults: () => LedgerSession,
): LedgerFixture {
  // No connection is kept: tests count those of the handler.
  const requestHandler = { httpAgent: new Agent({ keepAlive: false }) };
  const client = new DynamoDBClient({
    endpoint,
    requestHandler,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

  async function put(TableName: string, item: object): Promise<void> {
    await client.send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));
  }

  let marks = 0;
  const nextMark = () => (marks = Math.max(marks + 1, now()));

  const idsOf = ({ kind, uid, sid }: Revocation): string[] => {
    if (kind === "user") return [userRevocationId(uid!)];
    if (kind === "session") return [sessionRevocationId(sid!)];
    return GATEWAY_PARTS.map(gatewayRevocationId);
  };

  async function all(TableName: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item));
  }

  return {
    async open(changes) {
      const session = { ...defaults(), ...changes };
      const { uid, sid, email, idpSession, startedAt, expiresAt } = session;
      const keys = [
        sidPointerKey(sid),
        startedPointerKey(startedAt, sid),
        ...(email ? [emailPointerKey(email, uid)] : []),
        ...(idpSession === undefined ? [] : [idpSessionPointerKey(idpSession, sid)]),
      ];
      await Promise.all(keys.map((key) => put(sessionsTable, { ...key, uid, sid, expiresAt })));
      await put(sessionsTable, { ...sessionKeyOf(uid, sid), ...session });
      return session;
    },
    async change({ uid, sid }, changes) {
      const key = sessionKeyOf(uid, sid);
      const { Item } = await client.send(
        new GetItemCommand({ TableName: sessionsTable, Key: marshall(key), ConsistentRead: true }),
      );
      await put(sessionsTable, { ...(Item && unmarshall(Item)), ...changes, ...key });
    },
    async remove({ uid, sid }) {
      await client.send(new DeleteItemCommand({ TableName: sessionsTable, Key: marshall(sessionKeyOf(uid, sid)) }));
    },
    pad: ({ uid, sid, idpSession, expiresAt }) =>
      put(sessionsTable, {
        ...idpSessionPointerKey(idpSession!, sid),
        uid,
        sid,
        expiresAt,
        padding: "x".repeat(300_000),
      }),
    items: async (pk) => (await all(sessionsTable)).filter((item) => item["pk"] === pk),
    async session({ uid, sid }) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: sessionsTable, Key: marshall(sessionKeyOf(uid, sid)), ConsistentRead: true }),
      );
      return Item && (unmarshall(Item) as LedgerSession);
    },
    sessions: async () =>
      (await all(sessionsTable)).filter(({ sk }) => String(sk).startsWith("session#")) as unknown as LedgerSession[],
    async revoke(changes) {
      const until = now() + 8 * 3600;
      const mark = changes.kind === "session" ? 0 : nextMark();
      const revocation: Revocation = {
        mark,
        cutoff: now(),
        recordedAt: now(),
        until,
        by: "operator:test",
        reason: "",
        expiresAt: until,
        ...changes,
      };
      await Promise.all(idsOf(revocation).map((id) => put(revocationsTable, { id, ...revocation })));
      return revocation;
    },
    async raiseFloor(shard) {
      const floor = nextMark();
      await put(revocationsTable, { id: shardStateId(shard), version: 1, floor, floorSetAt: now(), entries: "" });
      return floor;
    },
    async wipe() {
      for (const [table, { hashKey, ...keys }] of [
        [sessionsTable, LEDGER_TABLES.sessions],
        [revocationsTable, LEDGER_TABLES.revocations],
      ] as const) {
        const names: string[] = [hashKey, ...("rangeKey" in keys ? [keys.rangeKey] : [])];
        const requests = (await all(table)).map((item) => ({
          DeleteRequest: { Key: marshall(Object.fromEntries(names.map((name) => [name, item[name]]))) },
        }));
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html: 25 at a time.
        for (let at = 0; at < requests.length; at += 25)
          await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests.slice(at, at + 25) } }));
      }
    },
    close: () => client.destroy(),
  };
}
