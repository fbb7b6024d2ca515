/** Finds out whether a verification event reached the gateway: the auth handler records its arrival in the ledger. */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand, type GetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { verificationId } from "../../ledger/records";
import { getTakenToken } from "../../ledger/sessions";
import { sha256 } from "../../session/node-hash";
import { sessionsTableName } from "../../stacks/names";
import { withClient } from "../aws-failures";
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
export async function hasArrived(gateway: Gateway, id: string, state: string): Promise<boolean> {
  const table = sessionsTableName(gateway.config);
  const pause = gateway.isLocal ? PAUSE.local : PAUSE.aws;
  const { input, read } = getTakenToken(table, verificationId(sha256, id, state));
  const call = { action: "dynamodb:GetItem", resource: `table ${table}` };
  return withClient(gateway, new DynamoDBClient(gateway.client), call, async (dynamoDb) => {
    for (const end = Date.now() + LIMIT; ; await setTimeout(pause)) {
      if (read(await dynamoDb.send(new GetItemCommand(input as GetItemCommandInput))) !== undefined) return true;
      if (Date.now() > end) return false;
    }
  });
}
