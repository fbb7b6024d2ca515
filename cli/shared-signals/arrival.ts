/** Finds out whether a verification event reached the gateway: the auth handler records its arrival in the ledger. */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand, type GetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { verificationId } from "../../ledger/records";
import { getTakenToken } from "../../ledger/sessions";
import { sha256 } from "../../session/node-hash";
import { sessionsTableName } from "../../stacks/names";
import { explain } from "../aws-failures";
import type { Gateway } from "../gateway";

/** Milliseconds. */
const PAUSE = { local: 200, aws: 2_000 };
/** Milliseconds. Keycloak's queue alone takes up to 30 seconds. */
const LIMIT = 60_000;

/** A value that only the requested transmitter can know; see `VERIFICATION_STATE`. */
export function newState(): string {
  return `edgegate-${randomBytes(24).toString("base64url")}`;
}

/** Waits for the event. @returns false if it does not arrive within a minute */
export async function hasArrived({ config, client, isLocal }: Gateway, id: string, state: string): Promise<boolean> {
  const table = sessionsTableName(config);
  const { input, read } = getTakenToken(table, verificationId(sha256, id, state));
  const dynamoDb = new DynamoDBClient(client);
  try {
    for (const end = Date.now() + LIMIT; ; await setTimeout(isLocal ? PAUSE.local : PAUSE.aws)) {
      if (read(await dynamoDb.send(new GetItemCommand(input as GetItemCommandInput))) !== undefined) return true;
      if (Date.now() > end) return false;
    }
  } catch (error) {
    throw explain(error, { action: "dynamodb:GetItem", resource: `table ${table}`, gateway: config.name, isLocal });
  } finally {
    dynamoDb.destroy();
  }
}
