/** The ledger behind the handler's back: what tests put there, look at and take away. */
import { Agent } from "node:http";
import { BatchWriteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { LEDGER_TABLES, revocationId, sessionKeyOf, type LedgerSession, type Revocation } from "../../session/ledger";
import type { AuthSettings } from "../../session/settings";

export interface LedgerFixture {
  /** Puts a session there as a sign-in would have, with whatever is in `session`. */
  open(session: Partial<LedgerSession>): Promise<LedgerSession>;
  /** The session that a token names. */
  session(of: { uid: string; sid: string }): Promise<LedgerSession | undefined>;
  sessions(): Promise<LedgerSession[]>;
  /** Records a revocation, as the revoker does; the cut-off is now where it is not named. */
  revoke(revocation: Pick<Revocation, "kind"> & Partial<Revocation>): Promise<void>;
  /** Deletes everything. */
  wipe(): Promise<void>;
  close(): void;
}

/** @param defaults of a session, for now */
export function openLedger(endpoint: string, { sessionsTable, revocationsTable }: AuthSettings["ledger"], now: () => number, defaults: () => LedgerSession): LedgerFixture {
  // No connection is kept: tests count those of the handler.
  const requestHandler = { httpAgent: new Agent({ keepAlive: false }) };
  const client = new DynamoDBClient({ endpoint, requestHandler, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } });

  async function put(TableName: string, item: object): Promise<void> {
    await client.send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));
  }

  async function all(TableName: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item));
  }

  return {
    async open(changes) {
      const session = { ...defaults(), ...changes };
      await put(sessionsTable, { ...sessionKeyOf(session.uid, session.sid), ...session });
      return session;
    },
    async session({ uid, sid }) {
      const { Item } = await client.send(new GetItemCommand({ TableName: sessionsTable, Key: marshall(sessionKeyOf(uid, sid)), ConsistentRead: true }));
      return Item && (unmarshall(Item) as LedgerSession);
    },
    sessions: async () => (await all(sessionsTable)).filter(({ sk }) => String(sk).startsWith("session#")) as unknown as LedgerSession[],
    async revoke(changes) {
      const until = now() + 8 * 3600;
      const revocation: Revocation = { cutoff: now(), recordedAt: now(), until, by: "operator:test", reason: "", expiresAt: until, ...changes };
      await put(revocationsTable, { id: revocationId(revocation), ...revocation });
    },
    async wipe() {
      for (const [table, { hashKey, ...keys }] of [[sessionsTable, LEDGER_TABLES.sessions], [revocationsTable, LEDGER_TABLES.revocations]] as const) {
        const names: string[] = [hashKey, ...("rangeKey" in keys ? [keys.rangeKey] : [])];
        const requests = (await all(table)).map((item) => ({ DeleteRequest: { Key: marshall(Object.fromEntries(names.map((name) => [name, item[name]]))) } }));
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html: 25 at a time.
        for (let at = 0; at < requests.length; at += 25) await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests.slice(at, at + 25) } }));
      }
    },
    close: () => client.destroy(),
  };
}
