/** The entry of the bundle. It is called by the queues of revocations, by schedules, and directly by operators and the customer's programs (api.ts). */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { describeError } from "../errors";
import { dynamoDbLedger } from "../ledger/aws";
import { log } from "../log";
import { sessionKeysSecret } from "../session-keys/aws";
import { keyValueStore } from "../store/aws";
import { answer } from "./answer";
import { carryOutBatch, type SqsRecord } from "./batch";
import { deadQueue } from "./dead-queue";
import type { Ports } from "./ports";
import { readEnvironment, readSettings } from "./settings";

/** Clients keep their connections from one invocation to the next. */
let ports: Ports | undefined;

/** @throws Error whose message is ours: whatever is to be tried again */
export async function handler(event: unknown): Promise<unknown> {
  try {
    ports ??= awsPorts();
    const { Records: records } = (event ?? {}) as { Records?: SqsRecord[] };
    return Array.isArray(records) ? await carryOutBatch(ports, readSettings(), records) : await answer(ports, readSettings(), event);
  } catch (error) {
    // A new error: Lambda logs what is thrown, and AWS's messages can echo what was sent.
    throw new Error(describeError(error));
  }
}

function awsPorts(): Ports {
  const environment = readEnvironment();
  return {
    ledger: dynamoDbLedger(environment),
    secret: sessionKeysSecret(environment.sessionKeysSecretArn),
    store: keyValueStore(environment.keyValueStoreArn),
    bury: deadQueue(environment.deadQueueUrl),
    now: () => Math.floor(Date.now() / 1000),
    random: randomBytes,
    wait: (seconds) => setTimeout(seconds * 1000),
    log,
  };
}
