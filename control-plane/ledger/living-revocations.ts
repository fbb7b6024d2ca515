import { paginateScan, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Revocation } from "../../session/ledger";

/**
 * Every revocation in a table that may still match a living session, by strongly consistent reads
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ReadConsistency).
 */
export async function livingRevocations(client: DynamoDBClient, table: string, now: number): Promise<Revocation[]> {
  const revocations: Revocation[] = [];
  const filter = { FilterExpression: "#until > :now", ExpressionAttributeNames: { "#until": "until" }, ExpressionAttributeValues: marshall({ ":now": now }) };
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true, ...filter })) {
    revocations.push(...Items.map(revocationOf));
  }
  return revocations;
}

export function revocationOf(item: Record<string, AttributeValue>): Revocation {
  const revocation = unmarshall(item);
  delete revocation["id"];
  return revocation as Revocation;
}
