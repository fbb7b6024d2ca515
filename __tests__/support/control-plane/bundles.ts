/**
 * The shipped revoker and key rotator between moto (Secrets Manager, DynamoDB, SQS) and a KeyValueStore: their zips on
 * the Lambda runtime's Node, with the real AWS SDK. Tests are in the place of SQS, SNS, Secrets Manager and the
 * operator. No log may hold a key that was ever made.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../../../bench/clock";
import type { Answers, RevokerAnswer } from "../../../control-plane/revoker/answer";
import type { RevokerRequest } from "../../../control-plane/revoker/command";
import type { LedgerSession, Revocation, ShardState } from "../../../ledger/records";
import { runGate } from "../../../local/gate-sandbox";
import {
  startKeyValueStoreEmulator,
  type KeyValueStoreEmulator,
  type StoreFault,
} from "../../../local/key-value-store-emulator";
import type { Lambda } from "../../../local/lambda";
import type { SessionKeys } from "../../../session/keys";
import type { RevocationCommand } from "../../../session/revocation";
import type { Session } from "../../../session/token";
import { eventOf } from "../../functions/gate/case";
import { gateSource } from "../door";
import { mint } from "../session-tokens";
import { startAwsProxy } from "./aws-proxy";
import { createFunctions } from "./functions";
import { createLedger } from "./ledger";
import { SESSION_SECONDS, TOKEN_SECONDS } from "./lifetimes";
import { createDeadLetterQueue, sqsRecord } from "./queues";
import { createSessionKeysSecret } from "./session-keys-secret";

const STORE_ARN = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";

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
  const name = randomUUID().slice(0, 8);
  const secretName = `edgegate/${name}/session-keys`;
  const ledger = { endpoint: dynamoDb, sessionsTable: `${name}-sessions`, revocationsTable: `${name}-revocations` };
  const requests: string[] = [];
  const noted = (body: string) => (requests.push(body), body);
  const [proxy, dynamoDbProxy, rotatorProxy, store] = await Promise.all([
    startAwsProxy(moto),
    startAwsProxy(dynamoDb, noted),
    startAwsProxy(moto, noted),
    startKeyValueStoreEmulator(STORE_ARN),
  ]);
  const functions = createFunctions({
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
    KEY_VALUE_STORE_ARN: STORE_ARN,
    REVOCATIONS_TABLE: ledger.revocationsTable,
    TOKEN_SECONDS: String(TOKEN_SECONDS),
  });
  const { clock } = functions;
  const [secret, deadLetters, tables] = await Promise.all([
    createSessionKeysSecret(moto, secretName, store),
    createDeadLetterQueue(moto, `${name}-revocations-dead`),
    createLedger(dynamoDb, ledger, clock.now),
  ]);
  const startRevoker = (endpoint: string, ledgerEndpoint: string) =>
    functions.start("revoker", {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: ledgerEndpoint,
      SESSION_KEYS_SECRET_ARN: secret.id,
      SESSIONS_TABLE: ledger.sessionsTable,
      DEAD_QUEUE_URL: deadLetters.url,
      SESSION_SECONDS: String(SESSION_SECONDS),
      PROPAGATION_SECONDS: "0",
      ...more,
    });
  const [revoker, rotator] = await Promise.all([
    startRevoker(proxy.endpoint, dynamoDbProxy.endpoint),
    functions.start("key-rotator", {
      AWS_ENDPOINT_URL: rotatorProxy.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: rotatorProxy.endpoint,
      KEY_RETENTION_SECONDS: String(keyRetention),
      PROPAGATION_SECONDS: String(propagation),
      KEY_ANNOUNCEMENT_SECONDS: String(keyAnnouncement),
    }),
  ]);

  async function step(Step: string, version: string): Promise<void> {
    await rotator.invoke({ Step, SecretId: secret.id, ClientRequestToken: version, RotationToken: randomUUID() });
    await secret.note();
  }
  async function rotate(version: string = randomUUID()): Promise<string> {
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await step(name, version);
    return version;
  }
  async function invoke(event: unknown): Promise<unknown> {
    try {
      return await revoker.invoke(event);
    } finally {
      await secret.note();
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
    labels: secret.labels,
    keys: secret.keys,
    putKeys: secret.putKeys,
    putSession: tables.putSession,
    revocations: tables.revocations,
    putRevocations: tables.putRevocations,
    shardState: tables.shardState,
    deadLetters: deadLetters.receiveAll,
    logs: functions.logs,
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
    async signIn(more = {}) {
      const now = clock.now();
      const [uid, sid] = [
        more.uid ?? randomBytes(12).toString("base64url"),
        more.sid ?? randomBytes(12).toString("base64url"),
      ];
      const { mark, gatewayMark, floor } = await tables.standing(uid, sid);
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
      await tables.putSession({ uid, sid, startedAt: session.issuedAt, mark: session.mark, gatewayMark });
      return { session, token: mint(session, await secret.keys()) };
    },
    async reissue({ session }) {
      const fresh = { ...session, floor: (await tables.standing(session.uid, session.sid)).floor };
      return { session: fresh, token: mint(fresh, await secret.keys()) };
    },
    async decide({ token }) {
      const source = `Date.now=function(){return ${clock.now() * 1000}};${gateSource()}`;
      return (await runGate(source, eventOf({ session: token }), { records: store.records })).log[0]!;
    },
    async close() {
      await functions.close();
      await Promise.all([proxy.close(), dynamoDbProxy.close(), rotatorProxy.close(), store.close()]);
      for (const client of [secret, deadLetters, tables]) client.close();
      const leaked = secret.leaksIn(plane.logs());
      if (leaked > 0) throw new Error(`the log holds ${leaked} keys`);
      functions.checkLogs();
    },
  };
  if (hasKeys) await rotate();
  return plane;
}

/** A new user of a shard. */
export function uidInShard(shard: string): string {
  return randomBytes(12).toString("base64url").slice(0, 14) + shard;
}
