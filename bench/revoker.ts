/** What many revocations cost: the shipped revoker between stand-ins for AWS, by its calls and by its time. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildHandlerZip } from "../build/handler";
import { startAwsStandIn } from "../local/aws-stand-in";
import { startKeyValueStoreStandIn } from "../local/key-value-store-stand-in";
import { startLambda } from "../local/lambda";
import { createLedgerTables } from "../local/ledger-tables";
import type { SessionKeys } from "../session/keys";
import type { RevocationCommand } from "../session/revocation";
import { lambdaNode } from "../__tests__/support/tools";

export const REVOCATIONS = 10_000;
export const SHARDS = 1024;
/** SQS hands over no larger batch of a FIFO queue. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const BATCH = 10;

export interface RevokerCost {
  /** Calls, by service. */
  calls: { store: Record<string, number>; dynamoDb: Record<string, number>; secretsManager: Record<string, number> };
  seconds: number;
}

export interface RevokerCosts {
  /** Through the queue. */
  queue: RevokerCost;
  /** The same revocations, of a store that was wiped. */
  rebuild: RevokerCost;
  /** Bytes. */
  largestRecord: number;
}

const STORE_ARN = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";
const TABLES = { sessionsTable: "bench-sessions", revocationsTable: "bench-revocations" };
const QUEUE = "https://sqs.us-east-1.amazonaws.com/111122223333/bench-revocations";
const SECRET = "bench";

/** Half of them revoked sessions, half of them cut-offs of users. @throws Error when one is not in the store afterwards */
export async function measureRevoker(): Promise<RevokerCosts> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  const aws = await startAwsStandIn();
  const store = await startKeyValueStoreStandIn(STORE_ARN);
  const keys: SessionKeys = { current: "k1", keys: { k1: randomBytes(32).toString("base64url") } };
  aws.secrets.set(SECRET, JSON.stringify(keys));
  await createLedgerTables(aws.endpoint, TABLES);
  const zip = join(folder, "revoker.zip");
  writeFileSync(zip, buildHandlerZip("control-plane/revoker/lambda.ts"));
  const revoker = await startLambda({
    zip,
    functionName: "bench-revoker",
    node: lambdaNode(),
    timeLimit: 900_000,
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
      KEY_VALUE_STORE_ARN: STORE_ARN,
      SESSION_KEYS_SECRET_ARN: SECRET,
      SESSIONS_TABLE: TABLES.sessionsTable,
      REVOCATIONS_TABLE: TABLES.revocationsTable,
      QUEUE_URL: `${QUEUE}.fifo`,
      DEAD_QUEUE_URL: `${QUEUE}-dead.fifo`,
      SHARD_COUNT: String(SHARDS),
      SESSION_SECONDS: "28800",
      TOKEN_SECONDS: "900",
      NODE_OPTIONS: `--require ${join(__dirname, "../__tests__/support/localhost-names.js")}`,
    },
  });

  async function cost(run: () => Promise<void>): Promise<RevokerCost> {
    aws.requests.length = store.calls.length = 0;
    const start = performance.now();
    await run();
    const seconds = (performance.now() - start) / 1000;
    return { calls: { store: counts(store.calls), dynamoDb: counts(callsOf(aws.requests, "DynamoDB")), secretsManager: counts(callsOf(aws.requests, "secretsmanager")) }, seconds };
  }

  try {
    const id = () => randomBytes(12).toString("base64url");
    const commands = Array.from({ length: REVOCATIONS }, (_, place): RevocationCommand => {
      const target = place % 2 ? ({ type: "user", uid: id() } as const) : ({ type: "session", uid: id(), sid: id() } as const);
      return { version: 1, target, by: "sign-out", reason: "" };
    });
    await revoker.invoke({ operation: "rebuild" });
    const queue = await cost(async () => {
      for (let from = 0; from < REVOCATIONS; from += BATCH) await deliver(revoker.invoke, commands.slice(from, from + BATCH), from);
    });
    const sizes = Object.values(store.records).map((record) => record.length);
    expectAll(store.records, commands);
    store.write({});
    const rebuild = await cost(async () => void (await revoker.invoke({ operation: "rebuild" })));
    expectAll(store.records, commands);
    return { queue, rebuild, largestRecord: Math.max(...sizes, ...Object.values(store.records).map((record) => record.length)) };
  } finally {
    await revoker.close();
    await Promise.all([aws.close(), store.close()]);
    rmSync(folder, { recursive: true });
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
async function deliver(invoke: (event: unknown) => Promise<unknown>, commands: readonly RevocationCommand[], from: number): Promise<void> {
  const Records = commands.map((command, place) => ({
    messageId: `m${from + place}`,
    body: JSON.stringify(command),
    attributes: { SentTimestamp: String(Date.now()) },
    eventSource: "aws:sqs",
  }));
  const { batchItemFailures } = (await invoke({ Records })) as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} revocations failed`);
}

function expectAll(records: Record<string, string>, commands: readonly RevocationCommand[]): void {
  const all = Object.values(records).join("\n");
  const missing = commands.filter(({ target }) => !all.includes((target.type === "session" ? target.sid : (target as { uid: string }).uid).slice(0, 6)));
  if (missing.length > 0) throw new Error(`${missing.length} revocations are not in the store`);
}

function callsOf(targets: readonly string[], service: string): string[] {
  return targets.filter((target) => target.startsWith(service)).map((target) => target.split(".")[1]!);
}

function counts(calls: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const call of calls) all[call] = (all[call] ?? 0) + 1;
  return all;
}
