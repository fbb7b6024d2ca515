/** Creates the ledger's tables in the DynamoDB of the emulator. */
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LEDGER_TABLES } from "../ledger/tables";
import type { TableNames } from "../ledger/status";

/**
 * @param endpoint of DynamoDB
 * @param accessKeyId that the endpoint accepts
 */
export async function createLedgerTables(
  endpoint: string,
  { sessionsTable, revocationsTable }: TableNames,
  accessKeyId = "local",
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "local" },
  });
  try {
    await Promise.all([
      create(client, sessionsTable, LEDGER_TABLES.sessions),
      create(client, revocationsTable, LEDGER_TABLES.revocations),
    ]);
  } finally {
    client.destroy();
  }
}

interface Table {
  hashKey: string;
  rangeKey?: string;
}

async function create(client: DynamoDBClient, name: string, { hashKey, rangeKey }: Table): Promise<void> {
  const keys = [hashKey, ...(rangeKey === undefined ? [] : [rangeKey])];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys.map((AttributeName, place) => ({ AttributeName, KeyType: place === 0 ? "HASH" : "RANGE" })),
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    }),
  );
}
