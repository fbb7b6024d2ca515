/**
 * The entry of the bundle. It is called by the queue of revocations, by the SNS topic, by a schedule, and directly by operators and
 * the customer's programs (api.ts).
 */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { describeError } from "../errors";
import { dynamoDbLedger } from "../ledger/aws";
import { sessionKeysSecret } from "../session-keys/aws";
import { recordStore } from "../store/aws";
import { answer } from "./answer";
import { awsQueues } from "./aws-queues";
import { carryOutBatch, type BatchAnswer, type SqsRecord } from "./batch";
import type { LogEntry, Ports } from "./ports";
import { readEnvironment, readSettings } from "./settings";

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
interface SnsRecord {
  EventSource: "aws:sns";
  Sns: { MessageId: string; Message: string };
}

/** Clients keep their connections from one invocation to the next. */
let ports: Ports | undefined;

/** @throws Error whose message is ours: whatever is to be tried again */
export async function handler(event: unknown): Promise<unknown> {
  try {
    return await route(event);
  } catch (error) {
    // A new error: Lambda logs what is thrown, and AWS's messages can echo what was sent.
    throw new Error(describeError(error));
  }
}

async function route(event: unknown): Promise<unknown> {
  ports ??= awsPorts();
  const settings = readSettings();
  const { Records: records } = (event ?? {}) as { Records?: (SqsRecord | SnsRecord)[] };
  if (!Array.isArray(records)) return answer(ports, settings, event);
  const fromQueue = records.filter((record): record is SqsRecord => "eventSource" in record && record.eventSource === "aws:sqs");
  const fromTopic = records.filter((record): record is SnsRecord => "EventSource" in record && record.EventSource === "aws:sns");
  for (const { Sns } of fromTopic) await ports.queues.send(Sns.Message, Sns.MessageId);
  return fromQueue.length > 0 ? carryOutBatch(ports, settings, fromQueue) : ({ batchItemFailures: [] } satisfies BatchAnswer);
}

function awsPorts(): Ports {
  const environment = readEnvironment();
  return {
    ledger: dynamoDbLedger(environment),
    secret: sessionKeysSecret(environment.sessionKeysSecretArn),
    store: recordStore(environment.keyValueStoreArn),
    queues: awsQueues(environment),
    now: () => Math.floor(Date.now() / 1000),
    random: randomBytes,
    wait: (seconds) => setTimeout(seconds * 1000),
    log,
  };
}

/** Straight to stdout: console.log would put Lambda's own prefix before the JSON. */
function log(entry: LogEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
