/** Service tokens in the ledger, as the revoker puts them there. */
import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { DynamoDBClient, PutItemCommand, type PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { ServiceToken } from "../../ledger/records";
import { putServiceToken } from "../../ledger/service-tokens";
import { sha256 } from "../../session/node-hash";
import { newServiceToken, serviceTokenHash } from "../../session/service-token";

export interface MadeToken {
  token: string;
  record: ServiceToken;
}

/** @param table of revocations @param now Unix seconds */
export async function makeServiceToken(
  { endpoint, table, now }: { endpoint: string; table: string; now: number },
  changes: Partial<ServiceToken> = {},
): Promise<MadeToken> {
  const { id, token } = newServiceToken((bytes) => randomBytes(bytes).toString("base64url"));
  const record: ServiceToken = {
    id,
    hash: serviceTokenHash(sha256, token),
    roles: ["importer"],
    scopes: ["orders.read", "orders.write"],
    claims: { plan: ["premium"] },
    description: "nightly import",
    by: "operator:test",
    createdAt: now,
    endsAt: now + 90 * 86_400,
    ...changes,
  };
  await replaceServiceToken({ endpoint, table }, record, undefined);
  return { token, record };
}

export async function replaceServiceToken(
  { endpoint, table }: { endpoint: string; table: string },
  record: ServiceToken,
  held: ServiceToken | undefined,
): Promise<void> {
  const database = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // No connection is kept: tests count those of the handler.
    requestHandler: { httpAgent: new Agent({ keepAlive: false }) },
  });
  await database.send(new PutItemCommand(putServiceToken(table, record, held).input as PutItemCommandInput));
  database.destroy();
}
