/**
 * The shipped revoker and key rotator between moto (Secrets Manager, DynamoDB, SQS) and a KeyValueStore: their zips on
 * the Lambda runtime's Node, with the real AWS SDK. Tests are in the place of SQS, SNS, Secrets Manager and the
 * operator. No log may hold a key that was ever made.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { buildHandlerZip } from "../../../build/handler";
import type { Answers, RevokerAnswer } from "../../../control-plane/revoker/answer";
import type { RevokerRequest } from "../../../control-plane/revoker/command";
import {
  startKeyValueStoreEmulator,
  type KeyValueStoreEmulator,
  type StoreFault,
} from "../../../local/key-value-store-emulator";
import { startLambda, type Lambda } from "../../../local/lambda";
import { createLedgerTables } from "../../../local/ledger-tables";
import { runGate } from "../../../local/gate-sandbox";
import type { SessionKeys } from "../../../session/keys";
import type { LedgerSession, Revocation, ShardState } from "../../../ledger/records";
import {
  emailPointerKey,
  sessionKeyOf,
  shardStateId,
  sidPointerKey,
  statusIds,
  startedPointerKey,
} from "../../../ledger/tables";
import type { RevocationCommand } from "../../../session/revocation";
import { markText, shardOf } from "../../../session/shard";
import type { Session } from "../../../session/token";
import { startAwsProxy } from "./aws-proxy";
import { startClock, type Clock } from "../../../bench/clock";
import { gateSource } from "../door";
import { eventOf } from "../../functions/gate/case";
import { mint } from "../session-tokens";
import { expectAuditEvents } from "../audit-events";
import { lambdaNode } from "../tools";

export const STORE_ARN = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";
export const SESSION_SECONDS = 8 * 3600;
export const TOKEN_SECONDS = 900;
const LOG_LINE = /^\{("[\w-]+":("(?:[^"\\]|\\.)*"|[0-9]+|true|false),?)+\}$/;
const CREDENTIALS = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

/** The token key in a key's record. */
const TOKEN_KEY = /^[\w-]{43}/;
/** BatchWriteItem takes at most so many. */
const MAX_WRITES = 25;

/** A call of any service, numbered from 1. */
export type Intercept = (operation: string, call: number) => StoreFault | undefined | Promise<StoreFault | undefined>;

export interface ControlPlane {
  /** Name of the secret with the session keys. */
  secretName: string;
  store: KeyValueStoreEmulator;
  clock: Clock;
  /** Bodies of the requests to the ledger, and of the rotator's to the secret. */
  requests: string[];
  /** Names and endpoint of the ledger. */
  ledger: { endpoint: string; sessionsTable: string; revocationsTable: string };
  /** Invokes the revoker directly. @throws Error what the handler threw */
  ask<Name extends keyof Answers>(
    request: Extract<RevokerRequest, { operation: Name }> | { operation: Name },
  ): Promise<RevokerAnswer<Name>>;
  /** The same, of what must go well. */
  carryOut<Name extends keyof Answers>(
    request: Extract<RevokerRequest, { operation: Name }> | { operation: Name },
  ): Promise<Answers[Name]>;
  /** Invokes the revoker with any event. */
  invoke(event: unknown): Promise<unknown>;
  /**
   * Messages as SQS hands them over; a text is a body as it is. @returns the places of those that failed, or "all"
   * where the invocation did
   */
  deliver(commands: readonly (RevocationCommand | string)[], sentAt?: number): Promise<number[] | "all">;
  /** A step of a rotation, as Secrets Manager calls it. */
  step(step: string, version: string): Promise<void>;
  rotate(version?: string): Promise<string>;
  /** A second revoker of the same gateway. */
  another(): Promise<Pick<Lambda, "invoke">>;
  /** Watches every call of revoker and rotator from now on. @returns how many there have been */
  watch(intercept: Intercept): () => number;
  unwatch(): void;
  /** Kills the revoker in the middle of what it does. */
  crash(): Promise<void>;
  keys(stage?: string): Promise<SessionKeys>;
  putKeys(keys: SessionKeys): Promise<void>;
  /** Staging labels by version id. */
  labels(): Promise<Record<string, string[]>>;
  revocations(): Promise<Revocation[]>;
  shardState(shard: string): Promise<ShardState | undefined>;
  putRevocations(revocations: readonly Revocation[]): Promise<void>;
  /** A new session of a new user, or of one that is given, in the ledger; signed with the current key. */
  signIn(more?: Partial<Session>): Promise<Signed>;
  putSession(session: Partial<LedgerSession> & { uid: string; sid: string }): Promise<void>;
  /** The token that a handler would sign now for the same session. */
  reissue(signed: Signed): Promise<Signed>;
  /** What the gate decides about a session: its line in the access log. */
  decide(signed: Signed): Promise<string>;
  /** Bodies and reasons of the messages on the dead-letter queue; they are gone then. */
  deadLetters(): Promise<{ body: string; reason: string | undefined }[]>;
  logs(): string;
  /** @throws Error when a log holds a key */
  close(): Promise<void>;
}

export interface Signed {
  session: Session;
  token: string;
}

export interface ControlPlaneOptions {
  /** Another DynamoDB than moto's. */
  dynamoDb?: string;
  /** Environment variables of the revoker besides those that every operation needs. */
  revoker?: Record<string, string>;
  /** Whether the first rotation has ended. */
  hasKeys?: boolean;
  /** Seconds, of the key rotator. */
  keyAnnouncement?: number;
  propagation?: number;
  keyRetention?: number;
}

/** @param moto endpoint of moto's server; every control plane has tables, queues and a secret of its own there */
export async function startControlPlane(
  moto: string,
  {
    dynamoDb = moto,
    revoker: more = {},
    hasKeys = true,
    keyAnnouncement = 0,
    propagation = 0,
    keyRetention = 3600,
  }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-revoker-"));
  const name = randomUUID().slice(0, 8);
  const secretName = `edgegate/${name}/session-keys`;
  const secrets = new SecretsManagerClient({ endpoint: moto, ...CREDENTIALS });
  const queues = new SQSClient({ endpoint: moto, ...CREDENTIALS });
  const tables = new DynamoDBClient({ endpoint: dynamoDb, ...CREDENTIALS });
  const ledger = { endpoint: dynamoDb, sessionsTable: `${name}-sessions`, revocationsTable: `${name}-revocations` };
  const makeQueue = async (kind: string) =>
    (await queues.send(new CreateQueueCommand({ QueueName: `${name}-${kind}` }))).QueueUrl!;
  const [{ ARN: secretId }, deadLetterQueueUrl] = await Promise.all([
    secrets.send(new CreateSecretCommand({ Name: secretName })),
    makeQueue("revocations-dead"),
    createLedgerTables(dynamoDb, ledger),
  ]);
  const requests: string[] = [];
  const noted = (body: string) => (requests.push(body), body);
  const [proxy, dynamoDbProxy, rotatorProxy, store] = await Promise.all([
    startAwsProxy(moto),
    startAwsProxy(dynamoDb, noted),
    startAwsProxy(moto, noted),
    startKeyValueStoreEmulator(STORE_ARN),
  ]);
  const clock = startClock(folder);
  const seen = new Set<string>();
  /** Versions of the secret whose keys are among them. */
  const notedVersions = new Set<string>();
  const lambdas: Lambda[] = [];

  const start = async (kind: string, env: Record<string, string>): Promise<Lambda> => {
    const zip = join(folder, `${kind}.zip`);
    writeFileSync(zip, zipOf(kind));
    const shared = {
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
      KEY_VALUE_STORE_ARN: STORE_ARN,
      REVOCATIONS_TABLE: ledger.revocationsTable,
      TOKEN_SECONDS: String(TOKEN_SECONDS),
      ...clock.env,
      // How local/lambda.ts loads the code makes Node warn where the SDK imports a part of Node on demand.
      NODE_OPTIONS: `${clock.env["NODE_OPTIONS"]} --require ${join(__dirname, "../localhost-names.js")} --disable-warning=ExperimentalWarning`,
    };
    const lambda = await startLambda({
      zip,
      functionName: `example-${kind}`,
      node: lambdaNode(),
      timeLimit: 120_000,
      env: { ...shared, ...env },
    });
    lambdas.push(lambda);
    return lambda;
  };
  const startRevoker = (endpoint: string, ledgerEndpoint: string) =>
    start("revoker", {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: ledgerEndpoint,
      SESSION_KEYS_SECRET_ARN: secretId!,
      SESSIONS_TABLE: ledger.sessionsTable,
      DEAD_QUEUE_URL: deadLetterQueueUrl,
      SESSION_SECONDS: String(SESSION_SECONDS),
      PROPAGATION_SECONDS: "0",
      ...more,
    });
  const [revoker, rotator] = await Promise.all([
    startRevoker(proxy.endpoint, dynamoDbProxy.endpoint),
    start("key-rotator", {
      AWS_ENDPOINT_URL: rotatorProxy.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: rotatorProxy.endpoint,
      KEY_RETENTION_SECONDS: String(keyRetention),
      PROPAGATION_SECONDS: String(propagation),
      KEY_ANNOUNCEMENT_SECONDS: String(keyAnnouncement),
    }),
  ]);

  async function step(Step: string, version: string): Promise<void> {
    await rotator.invoke({ Step, SecretId: secretId, ClientRequestToken: version, RotationToken: randomUUID() });
    await noteSecrets();
  }
  async function rotate(version: string = randomUUID()): Promise<string> {
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await step(name, version);
    return version;
  }
  async function labels(): Promise<Record<string, string[]>> {
    return (await secrets.send(new DescribeSecretCommand({ SecretId: secretId }))).VersionIdsToStages ?? {};
  }
  async function keys(stage = "AWSCURRENT"): Promise<SessionKeys> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }));
    return JSON.parse(SecretString!) as SessionKeys;
  }
  /** Master keys, and token keys. */
  async function noteSecrets(): Promise<void> {
    for (const version of Object.keys(await labels()).filter((one) => !notedVersions.has(one))) {
      const { SecretString = "" } = await secrets
        .send(new GetSecretValueCommand({ SecretId: secretId, VersionId: version }))
        .catch(() => ({ SecretString: "" }));
      if (SecretString) notedVersions.add(version);
      if (SecretString) for (const key of Object.values((JSON.parse(SecretString) as SessionKeys).keys)) seen.add(key);
    }
    for (const [record, value] of Object.entries(store.records))
      if (record.startsWith("key.")) seen.add(TOKEN_KEY.exec(value)![0]);
  }
  /** With its pointers, which a sign-in writes first. */
  async function putSession(session: Partial<LedgerSession> & { uid: string; sid: string }): Promise<void> {
    const now = clock.now();
    const { uid, sid } = session;
    const item: LedgerSession = {
      idp: "main",
      email: "someone@example.com",
      startedAt: now,
      mark: 0,
      gatewayMark: 0,
      renewedAt: now,
      generation: 0,
      address: "192.0.2.1",
      userAgent: "test",
      endsAt: now + SESSION_SECONDS,
      expiresAt: now + 40 * 86_400,
      ...session,
    };
    const pointer = { uid, sid, expiresAt: item.expiresAt };
    const pointers = [sidPointerKey(sid), emailPointerKey(item.email, uid), startedPointerKey(item.startedAt, sid)];
    await tables.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [ledger.sessionsTable]: pointers.map((key) => ({ PutRequest: { Item: marshall({ ...key, ...pointer }) } })),
        },
      }),
    );
    await tables.send(
      new PutItemCommand({ TableName: ledger.sessionsTable, Item: marshall({ ...sessionKeyOf(uid, sid), ...item }) }),
    );
  }
  /** What a handler finds in the ledger before it signs. */
  async function standing(uid: string, sid: string): Promise<{ mark: number; gatewayMark: number; floor: string }> {
    const ids = statusIds(uid, sid);
    const { Responses } = await tables.send(
      new BatchGetItemCommand({
        RequestItems: {
          [ledger.revocationsTable]: { ConsistentRead: true, Keys: Object.values(ids).map((id) => marshall({ id })) },
        },
      }),
    );
    const items = new Map(
      (Responses?.[ledger.revocationsTable] ?? []).map((item) => [item["id"]!.S!, unmarshall(item)]),
    );
    const markOf = (id: string) => Number(items.get(id)?.["mark"] ?? 0);
    return {
      mark: markOf(ids.user),
      gatewayMark: markOf(ids.gateway),
      floor: markText(Number(items.get(shardStateId(shardOf(uid)))?.["floor"] ?? 0)),
    };
  }
  async function receiveAll(QueueUrl: string) {
    const messages: { body: string; reason: string | undefined }[] = [];
    for (;;) {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
      );
      if (Messages.length === 0) return messages;
      for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
        messages.push({ body: Body!, reason: MessageAttributes?.["reason"]?.StringValue });
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }
  async function items(): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: tables },
      { TableName: ledger.revocationsTable, ConsistentRead: true },
    ))
      found.push(...Items.map((item) => unmarshall(item)));
    return found;
  }
  async function invoke(event: unknown): Promise<unknown> {
    try {
      return await revoker.invoke(event);
    } finally {
      await noteSecrets();
    }
  }

  const plane: ControlPlane = {
    secretName,
    store,
    clock,
    requests,
    ledger,
    invoke,
    step,
    rotate,
    labels,
    keys,
    putSession,
    ask: (request) => invoke(request) as never,
    async carryOut(request) {
      const answer = (await plane.ask(request)) as object;
      if ("error" in answer) throw new Error(JSON.stringify(answer));
      return answer as never;
    },
    async deliver(commands, sentAt = clock.now()) {
      const Records = commands.map((command, place) =>
        sqsRecord(`m${place}-${randomUUID()}`, typeof command === "string" ? command : JSON.stringify(command), sentAt),
      );
      const answer = (await invoke({ Records }).catch(() => undefined)) as
        { batchItemFailures: { itemIdentifier: string }[] } | undefined;
      return (
        answer?.batchItemFailures.map(({ itemIdentifier }) =>
          Records.findIndex(({ messageId }) => messageId === itemIdentifier),
        ) ?? "all"
      );
    },
    another: () => startRevoker(moto, dynamoDb),
    watch(intercept) {
      let calls = 0;
      store.intercept = (operation) => intercept(operation, ++calls);
      const others: Intercept = async (operation) => {
        const fault = await intercept(operation, ++calls);
        return fault === "conflict" ? undefined : fault;
      };
      proxy.intercept =
        dynamoDbProxy.intercept =
        rotatorProxy.intercept =
          others as (operation: string) => Promise<"throttle" | "error" | "lost" | undefined>;
      return () => calls;
    },
    unwatch() {
      store.intercept = undefined;
      proxy.intercept = dynamoDbProxy.intercept = rotatorProxy.intercept = undefined;
    },
    crash: revoker.close,
    async putKeys(value) {
      await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(value) }));
      await noteSecrets();
    },
    async revocations() {
      return (await items())
        .filter(({ id }) => /^(user|session|gateway)#/.test(String(id)))
        .map((item) => without<Revocation>(item));
    },
    async shardState(shard) {
      const item = (await items()).find(({ id }) => id === shardStateId(shard));
      return item && without<ShardState>(item);
    },
    async putRevocations(revocations) {
      const all = revocations.map((revocation) =>
        marshall(
          { id: `${revocation.kind}#${revocation.sid ?? revocation.uid}`, ...revocation },
          { removeUndefinedValues: true },
        ),
      );
      for (let from = 0; from < all.length; from += MAX_WRITES) {
        const writes = all.slice(from, from + MAX_WRITES).map((Item) => ({ PutRequest: { Item } }));
        await tables.send(new BatchWriteItemCommand({ RequestItems: { [ledger.revocationsTable]: writes } }));
      }
    },
    async signIn(more = {}) {
      const now = clock.now();
      const [uid, sid] = [
        more.uid ?? randomBytes(12).toString("base64url"),
        more.sid ?? randomBytes(12).toString("base64url"),
      ];
      const { mark, gatewayMark, floor } = await standing(uid, sid);
      const fresh = {
        uid,
        sid,
        mark,
        floor,
        issuedAt: now,
        expiresAt: now + TOKEN_SECONDS,
        authTime: now,
        idp: "main",
        strength: "",
        roles: [],
        email: "",
        claims: {},
      };
      const session: Session = { ...fresh, ...more };
      await putSession({ uid, sid, startedAt: session.issuedAt, mark: session.mark, gatewayMark });
      return { session, token: mint(session, await keys()) };
    },
    async reissue({ session }) {
      const fresh = { ...session, floor: (await standing(session.uid, session.sid)).floor };
      return { session: fresh, token: mint(fresh, await keys()) };
    },
    async decide({ token }) {
      const source = `Date.now=function(){return ${clock.now() * 1000}};${gateSource()}`;
      return (await runGate(source, eventOf({ session: token }), { records: store.records })).log[0]!;
    },
    deadLetters: () => receiveAll(deadLetterQueueUrl),
    logs: () => lambdas.map((lambda) => lambda.logs()).join(""),
    async close() {
      await Promise.all(lambdas.map((lambda) => lambda.close()));
      await Promise.all([proxy.close(), dynamoDbProxy.close(), rotatorProxy.close(), store.close()]);
      for (const client of [secrets, queues, tables]) client.destroy();
      rmSync(folder, { recursive: true });
      const logs = plane.logs();
      const leaked = [...seen].filter((key) => logs.includes(key));
      if (leaked.length > 0) throw new Error(`the log holds ${leaked.length} keys`);
      const strange = logs.split("\n").filter((line) => line !== "" && !LOG_LINE.test(line));
      if (strange.length > 0) throw new Error(`the control plane wrote ${strange.join("\n")}`);
      // The rotator's lines have a step.
      const [ofRotator, ofRevoker] = [true, false].map((isStep) =>
        logs.split("\n").filter((line) => line.startsWith('{"step":') === isStep),
      );
      expectAuditEvents("key-rotator", ofRotator!.join("\n"));
      expectAuditEvents("revoker", ofRevoker!.join("\n"));
    },
  };
  if (hasKeys) await rotate();
  return plane;
}

const zips = new Map<string, Uint8Array>();

/** Built once a test file. */
function zipOf(kind: string): Uint8Array {
  const zip = zips.get(kind) ?? buildHandlerZip(`control-plane/${kind}/lambda.ts`);
  zips.set(kind, zip);
  return zip;
}

function without<T>(item: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== "id")) as T;
}

/** A new user of a shard. */
export function uidInShard(shard: string): string {
  return randomBytes(12).toString("base64url").slice(0, 14) + shard;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsRecord(messageId: string, body: string, sentAt: number) {
  return {
    messageId,
    receiptHandle: "AQEB",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(sentAt * 1000),
      SenderId: "AIDAIO23YVJENQZJOL4VO",
      ApproximateFirstReceiveTimestamp: String(sentAt * 1000),
    },
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:example-revocations",
    awsRegion: "us-east-1",
  };
}
