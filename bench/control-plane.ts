/** Runs the shipped revoker and key rotator against emulators that count what AWS would bill. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marshall } from "@aws-sdk/util-dynamodb";
import { startClock } from "./clock";
import { lambdaNode } from "./tools";
import { artifacts } from "../build/artifacts";
import { ALL_SHARDS } from "../control-plane/reconcile/read";
import { withRevocations } from "../control-plane/reconcile/shard-state";
import { startAwsEmulator } from "../local/aws-emulator";
import { startKeyValueStoreEmulator } from "../local/key-value-store-emulator";
import { startLambda } from "../local/lambda";
import type { SessionKeys } from "../session/keys";
import { LEDGER_RETENTION, type Revocation } from "../ledger/records";
import { shardStateId } from "../ledger/tables";
import { ENTRY_MARGIN } from "../session/timing";
import { startBenchDynamoDb } from "./dynamodb";
import type { Usage } from "../costs/prices";

export interface Measurement {
  usage: Usage;
  seconds: number;
  calls: Record<string, number>;
  result: unknown;
}

export interface BenchPlane {
  /** Records of the store. */
  records(): Record<string, string>;
  revoke(event: unknown): Promise<unknown>;
  /** The same in another process. */
  revokeElsewhere(event: unknown): Promise<unknown>;
  rotate(): Promise<void>;
  /** The resources that `work` uses except run time, its seconds, and the number of calls by name. */
  measure(work: () => Promise<unknown>): Promise<Measurement>;
  /** Gives every shard this many revoked sessions. */
  fill(sessions: number): void;
  advance(seconds: number): void;
  /** Peak memory of the first revoker, in bytes. */
  peak(): number;
  close(): Promise<void>;
}

export const TOKEN_SECONDS = 900;
const SESSION_SECONDS = 28_800;
const STORE_ARN = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";
const [SESSIONS, REVOCATIONS, SECRET] = ["bench-sessions", "bench-revocations", "bench"];
/** Lambda gives Node about nine tenths of the function's memory as heap. */
const NODE_OPTIONS = "--max-old-space-size=230";

export async function startBenchPlane(): Promise<BenchPlane> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  const [aws, dynamoDb, store] = await Promise.all([
    startAwsEmulator(),
    startBenchDynamoDb(),
    startKeyValueStoreEmulator(STORE_ARN),
  ]);
  const clock = startClock(folder);
  const keys: SessionKeys = { current: "k1", keys: { k1: randomBytes(32).toString("base64url") } };
  aws.secrets.set(SECRET!, JSON.stringify(keys));
  let invocations = 0;

  const { revoker: revokerZip, keyRotator: rotatorZip } = artifacts();
  const zips = { revoker: revokerZip, "key-rotator": rotatorZip };
  async function start(kind: keyof typeof zips, memory = "") {
    const preload = ["../local/localhost-names.js", ...(memory ? ["report-memory.js"] : [])]
      .map((file) => `--require ${join(__dirname, file)}`)
      .join(" ");
    const lambda = await startLambda({
      zip: zips[kind],
      functionName: `bench-${kind}`,
      node: lambdaNode(),
      timeLimit: 900_000,
      env: {
        ...clock.env,
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
        AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
        KEY_VALUE_STORE_ARN: STORE_ARN,
        SESSION_KEYS_SECRET_ARN: SECRET!,
        SESSIONS_TABLE: SESSIONS!,
        REVOCATIONS_TABLE: REVOCATIONS!,
        DEAD_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/bench-dead",
        SESSION_SECONDS: String(SESSION_SECONDS),
        TOKEN_SECONDS: String(TOKEN_SECONDS),
        KEY_RETENTION_SECONDS: String(SESSION_SECONDS + 90_000),
        // AWS bills waiting as run time; dollars.ts adds it.
        PROPAGATION_SECONDS: "0",
        KEY_ANNOUNCEMENT_SECONDS: "0",
        MEMORY_FILE: memory,
        NODE_OPTIONS: `${clock.env["NODE_OPTIONS"]} ${preload} ${NODE_OPTIONS}`,
      },
    });
    return { ...lambda, invoke: (event: unknown) => ((invocations += 1), lambda.invoke(event)) };
  }
  const memoryFile = join(folder, "memory");
  const revoker = await start("revoker", memoryFile);
  const others: Awaited<ReturnType<typeof start>>[] = [];
  const other = async (kind: keyof typeof zips) => {
    const found = others.find((_, place) => kinds[place] === kind);
    if (found) return found;
    kinds.push(kind);
    const started = await start(kind);
    others.push(started);
    return started;
  };
  const kinds: string[] = [];

  return {
    records: () => store.records,
    revoke: revoker.invoke,
    revokeElsewhere: async (event) => (await other("revoker")).invoke(event),
    async rotate() {
      const rotator = await other("key-rotator");
      const ClientRequestToken = randomUUID();
      for (const Step of ["createSecret", "setSecret", "testSecret", "finishSecret"])
        await rotator.invoke({ Step, SecretId: SECRET, ClientRequestToken });
    },
    async measure(work) {
      store.calls.length = aws.requests.length = dynamoDb.calls.length = invocations = 0;
      dynamoDb.units = { read: 0, write: 0 };
      const begun = performance.now();
      const result = await work();
      const secrets = aws.requests.filter((target) => target.startsWith("secretsmanager"));
      const seconds = (performance.now() - begun) / 1000;
      const usage: Usage = {
        storeCalls: store.calls.length,
        writeUnits: dynamoDb.units.write,
        readUnits: dynamoDb.units.read,
        secretCalls: secrets.length,
        invocations,
      };
      const calls: Record<string, number> = {};
      for (const call of [...store.calls, ...dynamoDb.calls, ...secrets.map((target) => target.split(".")[1]!)])
        calls[call] = (calls[call] ?? 0) + 1;
      return { usage, seconds, calls, result };
    },
    fill(sessions) {
      const table = dynamoDb.tables.get(REVOCATIONS!) ?? new Map();
      dynamoDb.tables.set(REVOCATIONS!, table);
      const now = clock.now();
      const put = (id: string, item: object) => void table.set(`${id}\n`, marshall({ id, ...item }));
      for (const shard of ALL_SHARDS) {
        const revocations = Array.from({ length: sessions }, (): Revocation => ({
          kind: "session",
          uid: randomBytes(12).toString("base64url").slice(0, 14) + shard,
          sid: randomBytes(12).toString("base64url"),
          mark: 0,
          cutoff: now,
          recordedAt: now,
          until: now + SESSION_SECONDS,
          by: "sign-out",
          reason: "",
          expiresAt: now + SESSION_SECONDS + LEDGER_RETENTION,
        }));
        for (const revocation of revocations) put(`session#${revocation.sid}`, revocation);
        put(shardStateId(shard), withRevocations(undefined, revocations, now, TOKEN_SECONDS + ENTRY_MARGIN)!);
      }
    },
    advance: (seconds) => clock.advance(seconds),
    peak: () => Number(readFileSync(memoryFile, "utf8")),
    async close() {
      await Promise.all([revoker, ...others].map((lambda) => lambda.close()));
      await Promise.all([aws.close(), dynamoDb.close(), store.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}
