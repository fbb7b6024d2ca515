/**
 * The shipped key rotator between moto's Secrets Manager and DynamoDB and a KeyValueStore: its zip on the Lambda runtime's Node, with the
 * real AWS SDK. Tests are in Secrets Manager's place: they call the steps. No log may hold a key that was ever made.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { buildHandlerZip } from "../../build/handler";
import { startKeyValueStoreStandIn, type KeyValueStoreStandIn, type StoreFault } from "../../local/key-value-store-stand-in";
import { startLambda } from "../../local/lambda";
import { createLedgerTables } from "../../local/ledger-tables";
import type { SessionKeys } from "../../session/keys";
import { startAwsProxy } from "./aws-proxy";
import { startClock, type Clock } from "./clock";
import { openLedger, type LedgerFixture } from "./ledger-fixture";
import { lambdaNode } from "./tools";

export const ALL_STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export type StepName = (typeof ALL_STEPS)[number];
export const SHARD_COUNT = 64;
export const TOKEN_SECONDS = 900;

const STORE_ARN = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";
const LOG_LINE = /^\{("\w+":("[^"\\]*"|[0-9]+),?)+\}$/;

/** A call of any of the services, numbered from 1. */
export type Intercept = (operation: string, call: number) => StoreFault | undefined | Promise<StoreFault | undefined>;

export interface KeyRotator {
  /** Name of the secret. */
  secretName: string;
  store: KeyValueStoreStandIn;
  /** Of the rotator's process. */
  clock: Clock;
  ledger: LedgerFixture;
  /** Names of the ledger's tables in moto. */
  tables: { sessionsTable: string; revocationsTable: string };
  /** Calls a step, as Secrets Manager does. @throws Error what the handler threw */
  step(step: string, version: string): Promise<void>;
  /** A whole rotation. @returns the id of the version that it made */
  rotate(version?: string): Promise<string>;
  /** Watches every call from now on, of all services. @returns how many there have been */
  watch(intercept: Intercept): () => number;
  unwatch(): void;
  /** Kills the process in the middle of what it does. */
  crash(): Promise<void>;
  /** Text of the secret's version with a staging label; undefined where none has it. */
  secretText(stage?: string): Promise<string | undefined>;
  keys(stage?: string): Promise<SessionKeys>;
  /** As a lockdown does: puts other keys in the place of those there are, and takes the rotation's label away. */
  replaceKeys(keys: SessionKeys): Promise<void>;
  /** As an operator does who rolls back: moves AWSCURRENT to AWSPREVIOUS. */
  rollBack(): Promise<void>;
  /** Staging labels by version id. */
  labels(): Promise<Record<string, string[]>>;
  logs(): string;
  /** @throws Error when the log holds a key */
  close(): Promise<void>;
}

export interface KeyRotatorOptions {
  /** Seconds. */
  keyRetention?: number;
  /** Seconds. */
  handlerCache?: number;
}

/** @param moto endpoint of moto's server; every rotator has a secret of its own there, without a version, as Terraform leaves it */
export async function startKeyRotator(moto: string, { keyRetention = 3600, handlerCache = 90 }: KeyRotatorOptions = {}): Promise<KeyRotator> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-rotator-"));
  const zip = join(folder, "key-rotator.zip");
  writeFileSync(zip, buildHandlerZip("control-plane/key-rotator/lambda.ts"));
  const client = new SecretsManagerClient({ endpoint: moto, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  const name = `rotator-${randomUUID().slice(0, 8)}`;
  const secretName = `edgegate/${name}/session-keys`;
  const { ARN: secretId } = await client.send(new CreateSecretCommand({ Name: secretName }));
  const tables = { sessionsTable: `${name}-sessions`, revocationsTable: `${name}-revocations` };
  await createLedgerTables(moto, tables);
  const clock = startClock(folder);
  const ledger = openLedger(moto, tables, clock.now, () => {
    throw new Error("sign in instead");
  });
  const proxy = await startAwsProxy(moto);
  const store = await startKeyValueStoreStandIn(STORE_ARN);
  const seen = new Set<string>();
  const lambda = await startLambda({
    zip,
    functionName: "example-key-rotator",
    node: lambdaNode(),
    timeLimit: 60_000,
    env: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: proxy.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
      KEY_VALUE_STORE_ARN: STORE_ARN,
      REVOCATIONS_TABLE: tables.revocationsTable,
      SHARD_COUNT: String(SHARD_COUNT),
      KEY_RETENTION_SECONDS: String(keyRetention),
      PROPAGATION_SECONDS: "0",
      TOKEN_SECONDS: String(TOKEN_SECONDS),
      HANDLER_CACHE_SECONDS: String(handlerCache),
      ...clock.env,
      // How local/lambda.ts loads the code makes Node warn where the SDK imports a part of Node on demand.
      NODE_OPTIONS: `${clock.env["NODE_OPTIONS"]} --require ${join(__dirname, "localhost-names.js")} --disable-warning=ExperimentalWarning`,
    },
  });

  async function step(name: string, version: string): Promise<void> {
    await lambda.invoke({ Step: name, SecretId: secretId, ClientRequestToken: version, RotationToken: randomUUID() });
    await noteSecrets();
  }

  async function secretText(stage = "AWSCURRENT"): Promise<string | undefined> {
    const version = await versionWith(stage);
    if (version === undefined) return undefined;
    return (await client.send(new GetSecretValueCommand({ SecretId: secretId, VersionId: version }))).SecretString;
  }

  async function labels(): Promise<Record<string, string[]>> {
    return (await client.send(new DescribeSecretCommand({ SecretId: secretId }))).VersionIdsToStages ?? {};
  }

  /** Master keys, and shard keys with the revocations that follow them. */
  async function noteSecrets(): Promise<void> {
    for (const stage of ["AWSCURRENT", "AWSPENDING"]) {
      const text = await secretText(stage);
      if (text !== undefined) for (const key of Object.values((JSON.parse(text) as SessionKeys).keys)) seen.add(key);
    }
    for (const value of Object.values(store.records)) seen.add(value.slice(0, 43));
  }

  async function moveLabel(VersionStage: string, move: { MoveToVersionId?: string | undefined; RemoveFromVersionId?: string | undefined }): Promise<void> {
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage, ...move }));
  }

  async function versionWith(stage: string): Promise<string | undefined> {
    return Object.entries(await labels()).find(([, stages]) => stages.includes(stage))?.[0];
  }

  return {
    secretName,
    store,
    clock,
    ledger,
    tables,
    step,
    secretText,
    labels,
    async rotate(version = randomUUID()) {
      for (const name of ALL_STEPS) await step(name, version);
      return version;
    },
    watch(intercept) {
      let calls = 0;
      store.intercept = (operation) => intercept(operation, ++calls);
      // Secrets Manager has no conflicts; there is one writer.
      proxy.intercept = async (operation) => {
        const fault = await intercept(operation, ++calls);
        return fault === "conflict" ? undefined : fault;
      };
      return () => calls;
    },
    unwatch() {
      store.intercept = undefined;
      proxy.intercept = undefined;
    },
    crash: lambda.close,
    async keys(stage) {
      return JSON.parse((await secretText(stage))!) as SessionKeys;
    },
    async replaceKeys(keys) {
      const pending = await versionWith("AWSPENDING");
      if (pending !== undefined) await moveLabel("AWSPENDING", { RemoveFromVersionId: pending });
      await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(keys) }));
    },
    async rollBack() {
      await moveLabel("AWSCURRENT", { MoveToVersionId: await versionWith("AWSPREVIOUS"), RemoveFromVersionId: await versionWith("AWSCURRENT") });
    },
    logs: lambda.logs,
    async close() {
      await lambda.close();
      ledger.close();
      await Promise.all([proxy.close(), store.close()]);
      client.destroy();
      rmSync(folder, { recursive: true });
      const lines = lambda.logs().split("\n").filter((line) => line !== "");
      const leaked = [...seen].filter((key) => lambda.logs().includes(key));
      if (leaked.length > 0) throw new Error(`the log holds ${leaked.length} keys`);
      const strange = lines.filter((line) => !LOG_LINE.test(line));
      if (strange.length > 0) throw new Error(`the key rotator wrote ${strange.join("\n")}`);
    },
  };
}
