/** A whole gateway in one process: edges, handlers, control plane and the services of AWS, all of them virtual. */
import { createHmac } from "node:crypto";
import { tokenKey, type HmacText, type SessionKeys } from "../../session/keys";
import type { StoreState } from "../../ledger/records";
import { LEDGER_TABLES, STORE_STATE_ID } from "../../ledger/tables";
import { encodeKeyRecord, keyRecordName } from "../../session/shard";
import { settingsParameterName } from "../../session/settings";
import type { Bundles } from "./bundles";
import type { Counts } from "./counts";
import { createGate, type Decision, type Gate } from "./gate";
import type { Outcome } from "./kernel/instance";
import { createNetwork, type Mishap, type Network } from "./kernel/network";
import type { World } from "./kernel/world";
import { createRotation, versionId } from "./rotation";
import type { Profile } from "./profile";
import { createDynamoDb, type DynamoDb } from "./services/dynamodb";
import { createIdentityProvider, type IdentityProvider } from "./services/identity-provider";
import { createKeyValueStore, type KeyValueStore } from "./services/key-value-store";
import { createQueues, type Message, type Queue, type Queues } from "./services/queues";
import { createSecretsManager, type SecretsManager } from "./services/secrets-manager";
import { eventBus, parameterStore } from "./services/small-services";
import { createPool } from "./function-pool";
import { readAnswer, viewerRequestEvent, type EdgeAnswer, type EdgeRequest } from "./viewer-request";
import { NAME, ACCOUNT, TABLES, STORE_ARN, AUTH, authSettings } from "./deployed";

/** stacks/revocation-queues.ts and stacks/revoker.ts */
const BATCH_TIMEOUT = 60;
const OPERATION_TIMEOUT = 900;
const MAPPINGS = {
  [`${NAME}-revocations`]: { window: 1, batchSize: 500 },
  [`${NAME}-sign-outs`]: { window: 90, batchSize: 1000 },
};
const MAX_RECEIVES = 5;
/** stacks/key-rotator.ts */
const RETENTION_MARGIN = 25 * 3600;
/**
 * Milliseconds of a viewer request:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
 */
const HANDLER_LIMIT = 5_000;
export interface Gateway {
  world: World;
  network: Network;
  profile: Profile;
  counts: Counts;
  dynamoDb: DynamoDb;
  store: KeyValueStore;
  secrets: SecretsManager;
  queues: Queues;
  provider: IdentityProvider;
  gates: Gate[];
  /** Milliseconds by which the clock of each edge is ahead. */
  edgeSkews: number[];
  /** The handler's answer to a request at an edge; undefined where there was none, for its function ended. */
  handle(edge: number, request: EdgeRequest): Promise<EdgeAnswer | undefined>;
  decide(edge: number, request: { path: string; headers: [string, string][]; address: string }): Promise<Decision>;
  /** Invokes the revoker as an operator does. */
  operate(request: object): Promise<Outcome>;
  /** What the first rotation leaves. */
  prepare(): void;
  /** A rotation, as Secrets Manager carries it out. @returns whether it came to its end */
  rotate(): Promise<boolean>;
  /** A step of a rotation that was, or is, again. */
  repeatStep(): Promise<void>;
  publish(command: object): void;
  /** Lambda puts idle environments away. */
  recycle(): void;
  /** Called when the history has ended. */
  release(): void;
  /** Whether calls fail, functions crash and answers are lost. */
  hasFaults: boolean;
  deadLetters: Queue;
  /** Moves what lies there back. */
  redrive(): void;
  /** Nothing is on a queue, and nothing is being carried out. */
  isIdle(): boolean;
  events: unknown[];
  logLines: string[];
}

interface Watcher {
  onAccepted(queue: Queue, message: Message): void;
  onDone(message: Message): void;
  /** A request of a browser met a fault: what the provider gave for it may be lost. */
  onTrouble(headers: [name: string, value: string][]): void;
}

export function createGateway(
  world: World,
  profile: Profile,
  bundles: Bundles,
  counts: Counts,
  watcher: Watcher,
): Gateway {
  const { random } = world;
  const faultRandom = random.fork();
  const logLines: string[] = [];
  const onTrouble = watcher.onTrouble.bind(watcher);

  const MISHAP_COUNTS: Record<Mishap, Parameters<Counts["add"]>[0]> = {
    throttle: "throttles and errors",
    error: "throttles and errors",
    lost: "lost answers",
    dropped: "lost answers",
    late: "late calls",
    "crash-before": "crashes",
    "crash-after": "crashes",
  };
  const network = createNetwork(world, {
    next(_name, chance) {
      if (!gateway.hasFaults || profile.mishaps.length === 0 || !chance.chance(profile.faultRate)) return undefined;
      const mishap = chance.pick(profile.mishaps);
      counts.add(MISHAP_COUNTS[mishap]);
      return mishap;
    },
    latency: (chance) => (chance.chance(gateway.hasFaults ? 0.02 : 0) ? chance.whole(100, 1_500) : chance.whole(1, 25)),
  });

  const skewOf = () => (profile.skew === 0 ? 0 : random.whole(-profile.skew, profile.skew));
  const edgeSkews = Array.from({ length: profile.edges }, skewOf);

  const secrets = createSecretsManager(world, `${NAME}/session-keys`, () => undefined);
  const dynamoDb = createDynamoDb(world, {
    timeToLiveDelay: () => (profile.timeToLive === "early" ? random.whole(-120, 0) : random.whole(0, 48 * 3600)),
    spread: () => (random.chance(0.3) ? random.whole(0, profile.spread) : 0),
    get partialBatches() {
      return gateway.hasFaults ? profile.partialBatches : 0;
    },
    pageSize: profile.pageSize,
  });
  const store = createKeyValueStore(world, profile.edges, () => random.whole(0, profile.propagation));
  const queues = createQueues(world, {
    onAccepted: (queue, message) => watcher.onAccepted(queue, message),
    onDone: (message) => watcher.onDone(message),
    repeats() {
      const repeats = gateway.hasFaults && random.chance(profile.repeatedDeliveries);
      if (repeats) counts.add("repeated deliveries");
      return repeats;
    },
  });
  const provider = createIdentityProvider(world, { rotatesRefreshTokens: profile.rotatesRefreshTokens, skew: 0 });
  const events: unknown[] = [];
  dynamoDb.createTable(TABLES.sessionsTable, LEDGER_TABLES.sessions);
  dynamoDb.createTable(TABLES.revocationsTable, LEDGER_TABLES.revocations);
  const region = (service: string) => `${service}.us-east-1.amazonaws.com`;
  for (const [host, service] of [
    [region("dynamodb"), dynamoDb],
    [region("secretsmanager"), secrets],
    [region("sqs"), queues],
    [
      region("ssm"),
      parameterStore(new Map([[settingsParameterName(AUTH), JSON.stringify(authSettings(provider, profile))]])),
    ],
    [region("events"), eventBus((event) => events.push(event))],
    [`${ACCOUNT}.cloudfront-kvs.global.api.aws`, store],
    [provider.host, provider],
  ] as const) {
    network.services.set(host, service);
  }

  const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${name}`;
  const environment = {
    KEY_VALUE_STORE_ARN: STORE_ARN,
    SESSION_KEYS_SECRET_ARN: secrets.arn,
    SESSIONS_TABLE: TABLES.sessionsTable,
    REVOCATIONS_TABLE: TABLES.revocationsTable,
    DEAD_QUEUE_URL: queueUrl(`${NAME}-revocations-dead`),
    SESSION_SECONDS: String(profile.session.absolute),
    TOKEN_SECONDS: String(profile.session.token),
    KEY_RETENTION_SECONDS: String(profile.session.absolute + RETENTION_MARGIN),
    PROPAGATION_SECONDS: "60",
    KEY_ANNOUNCEMENT_SECONDS: "90",
  };

  const pools = { world, network, handlersAtEdge: profile.handlersAtEdge, skewOf };
  const handlers = edgeSkews.map((_, edge) =>
    createPool(pools, { functionName: AUTH, code: bundles.auth, env: {}, timeLimit: HANDLER_LIMIT }, `handler${edge}.`),
  );
  const regional = (name: string, kind: string, code: string, seconds: number) =>
    createPool(
      pools,
      { functionName: `${NAME}-${kind}`, code, env: environment, timeLimit: seconds * 1000, isStateless: true },
      name,
    );
  const consumer = regional("consumer", "revocation-consumer", bundles.revoker, BATCH_TIMEOUT);
  const operator = regional("operator", "revoker", bundles.revoker, OPERATION_TIMEOUT);
  const rotator = regional("rotator", "key-rotator", bundles.keyRotator, OPERATION_TIMEOUT);
  const noteLine = (who: string) => (line: string) => {
    logLines.push(line);
    world.note(`${who} says ${line}`);
    if (line.includes('"operation":"floor"')) counts.add("floors");
  };

  const gates = edgeSkews.map((skew, edge) =>
    createGate(bundles.gate, {
      records: () => store.edges[edge]!,
      now: () => Math.floor(world.now()) + skew,
      failsToRead: () => gateway.hasFaults && faultRandom.chance(profile.failingReads),
    }),
  );
  const deadLetters = queues.queue(`${NAME}-revocations-dead`);
  let requests = 0;

  const rotation = createRotation(world, secrets, async (event, step) => {
    const { outcome } = await rotator.invoke(event, `rotate-${++requests}`, noteLine(step));
    return "result" in outcome;
  });

  const gateway: Gateway = {
    world,
    network,
    profile,
    counts,
    dynamoDb,
    store,
    secrets,
    queues,
    provider,
    gates,
    edgeSkews,
    deadLetters,
    events,
    logLines,
    hasFaults: false,
    decide: (edge, request) => gates[edge]!.decide(request),
    async handle(edge, request) {
      const id = `r${++requests}`;
      let said: Record<string, string> = {};
      const event = viewerRequestEvent(id, request);
      const { outcome, at, hadMishap } = await handlers[edge]!.invoke(event, id, (line) => {
        const entry = JSON.parse(line) as Record<string, string>;
        // Others' values may be used for a while; the request's own line has its request id.
        if (entry["requestId"] === id) said = entry;
        world.note(`${id} ${request.address} at edge ${edge} says ${line}`);
      });
      if (hadMishap || !("result" in outcome) || Number((outcome.result as { status: string }).status) >= 500)
        onTrouble(request.headers);
      if (!("result" in outcome)) {
        const path = request.url.split("?")[0]!;
        world.note(
          `${id} ${request.method} ${path}: ${"error" in outcome ? String(outcome.error.stack) : outcome.crashed}`,
        );
        return undefined;
      }
      return readAnswer(outcome.result, said, at);
    },
    async operate(request) {
      const { outcome } = await operator.invoke(request, `op-${++requests}`, noteLine("operator"));
      return outcome;
    },
    prepare() {
      const [kid, master] = ["first", random.bytes(32).toString("base64url")];
      const keys: SessionKeys = { current: kid, keys: { [kid]: master } };
      secrets.prepare(versionId(random), JSON.stringify(keys));
      secrets.endRotation();
      store.prepare(new Map([[keyRecordName(kid), encodeKeyRecord(tokenKey(hmac, master), [])]]));
      const state: StoreState = { etag: store.etag(), kids: kid, shards: "" };
      dynamoDb.put(
        TABLES.revocationsTable,
        Object.fromEntries(Object.entries({ id: STORE_STATE_ID, ...state }).map(([name, text]) => [name, { S: text }])),
      );
    },
    async rotate() {
      const isDone = await rotation.rotate();
      if (isDone) counts.add("rotations");
      return isDone;
    },
    async repeatStep() {
      if (!rotation.hasBegun()) return;
      counts.add("repeated steps");
      await rotation.repeatStep();
    },
    publish(command) {
      const envelope = {
        Type: "Notification",
        MessageId: `sns-${++requests}`,
        TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:${NAME}-revocations`,
        Message: JSON.stringify(command),
        Timestamp: new Date(world.now()).toISOString(),
        SignatureVersion: "1",
      };
      const deliver = () => void queues.send(queues.queue(`${NAME}-revocations`), JSON.stringify(envelope));
      deliver();
      // SNS delivers at least once, too.
      if (gateway.hasFaults && random.chance(profile.repeatedDeliveries))
        world.after(random.whole(1_000, 15 * 60_000), deliver);
    },
    recycle() {
      for (const { recycle } of [...handlers, consumer, operator, rotator]) recycle();
    },
    release() {
      for (const { release } of [consumer, operator, rotator]) release();
    },
    redrive() {
      for (const [id, message] of deadLetters.messages) {
        if (message.attributes["reason"] !== undefined) continue;
        deadLetters.messages.delete(id);
        counts.add("dead letters");
        Object.assign(message, { receives: 0, visibleAt: world.now() });
        const active = queues.queue(`${NAME}-revocations`);
        active.messages.set(id, message);
        active.onMessage?.();
      }
    },
    isIdle: () =>
      ![...handlers, consumer, operator, rotator].some((pool) => pool.isWorking()) &&
      Object.keys(MAPPINGS).every((name) => queues.queue(name).messages.size === 0),
  };
  for (const [name, { window, batchSize }] of Object.entries(MAPPINGS)) {
    let batches = 0;
    queues.map(
      {
        queue: queues.queue(name),
        dead: deadLetters,
        window,
        batchSize,
        visibility: 6 * BATCH_TIMEOUT + window,
        maxReceives: MAX_RECEIVES,
      },
      async (event) => {
        const { outcome } = await consumer.invoke(event, `batch-${++batches}`, noteLine("consumer"));
        return outcome;
      },
    );
  }
  return gateway;
}

const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");
