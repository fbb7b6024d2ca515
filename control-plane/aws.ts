/** The ports on AWS. Terraform sets the function's environment (stacks/revoker.ts, stacks/key-rotator.ts). */
import { randomBytes } from "node:crypto";
import { variable } from "./environment";
import { dynamoDbLedger } from "./ledger/aws";
import { log } from "./log";
import type { Ports } from "./ports";
import { wait } from "./retry";
import { sessionKeysSecret } from "./secrets/aws";
import { keyValueStore } from "./store/aws";

/** @param secretId ARN of the session-keys secret */
export function awsPorts(secretId: string): Omit<Ports, "entryLifetime"> {
  return {
    ledger: dynamoDbLedger(process.env["SESSIONS_TABLE"], variable("REVOCATIONS_TABLE")),
    secret: sessionKeysSecret(secretId),
    store: keyValueStore(variable("KEY_VALUE_STORE_ARN")),
    now: () => Math.floor(Date.now() / 1000),
    random: randomBytes,
    log,
    wait,
  };
}
