/**
 * The control plane's ports in memory: a ledger, a secret and a store that several processes share, as they behave.
 * Conditions hold, the store has one ETag and its quotas, a secret's labels move by AWS's rules. Every call takes its
 * time, in a time of the tests' own, and may fail, lose its answer, or be the last one of its process.
 */
import { randomBytes } from "node:crypto";
import { StoreConflict } from "../../control-plane/errors";
import {
  MAX_CHANGES,
  type Change,
  type LogEntry,
  type Ports,
  type RevokerPorts,
  type SessionKeysSecret,
  type Stages,
} from "../../control-plane/ports";
import { runGate } from "../../local/gate-sandbox";
import type { SessionKeys } from "../../session/keys";
import {
  shardStateId,
  standingIds,
  STORE_STATE_ID,
  type LedgerSession,
  type Revocation,
  type ShardState,
  type StoreState,
} from "../../session/ledger";
import { MAX_RECORD_BYTES, markText, shardOf } from "../../session/shard";
import type { Session } from "../../session/token";
import { gateSource } from "./door";
import { eventOf } from "../functions/gate/case";
import { mint } from "./session-tokens";
import { KEY_ANNOUNCEMENT, PROPAGATION } from "../../session/timing";
import { STEPS, type RotationSettings } from "../../control-plane/key-rotator/steps";
import { ALL_SHARDS } from "../../control-plane/reconcile/read";
import { withRevocations } from "../../control-plane/reconcile/shard-state";
import { virtualTime, type VirtualTime } from "./virtual-time";

/**
 * `crash`: the process ends before the call; `crash-after`: when the service has done it. `lost`: done, and repeated,
 * as the SDK does without an answer.
 */
export type TwinFault = "error" | "lost" | "conflict" | "crash" | "crash-after";

/** Asked at every call of a process, numbered from 1. What it waits for, the process waits for. */
export type Intercept = (
  call: string,
  number: number,
) => TwinFault | undefined | void | Promise<TwinFault | undefined | void>;

export interface ActorOptions {
  intercept?: Intercept;
  /** Asked when a call is done, before the process hears of it. */
  answered?: (call: string, number: number) => void | Promise<void>;
  /** Seconds by which its clock is ahead. */
  skew?: number;
}

export interface Actor {
  ports: RevokerPorts;
  /** Names of the calls so far. */
  calls: string[];
  logs: LogEntry[];
}

export interface World {
  time: VirtualTime;
  /** The revocations table, by id. */
  items: Map<string, Revocation | ShardState | StoreState>;
  sessions: Map<string, LedgerSession>;
  /** Records of the store, and its ETag. */
  store: { records: Map<string, string>; version: number };
  secret: { values: Map<string, SessionKeys>; labels: Map<string, string>; puts: number };
  /** Messages on the dead-letter queue. */
  deadLetters: { body: string; reason: string }[];
  /** A process. */
  actor(options?: ActorOptions): Actor;
  /** The keys of the version with AWSCURRENT. */
  keys(): SessionKeys;
  /** Signs in as the handler does, with what the ledger says at this moment. */
  signIn(more?: Partial<Session>): Signed;
  /** The token that a handler would sign now for the same session. */
  reissue(signed: Signed): Signed;
  /** What the gate decides: its line in the access log. */
  decide(signed: Signed): Promise<string>;
  /** Ids of the keys that have a record. */
  kidsInStore(): string[];
  /** Writes as somebody would who leaves nothing in the ledger. */
  disturb(): void;
}

export interface Signed {
  session: Session;
  token: string;
}

/** Milliseconds that a call takes; a page of a list as long as a call. */
const LATENCY = { ledger: 8, secret: 20, store: 30 };
const LIST_PAGE = 50;
const PENDING = "AWSPENDING";
const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/** @param hasKeys whether the first rotation is over */
export function twins({ hasKeys = true } = {}): World {
  const time = virtualTime(1_800_000_000_000);
  const world: World = {
    time,
    items: new Map(),
    sessions: new Map(),
    store: { records: new Map(), version: 1 },
    secret: { values: new Map(), labels: new Map(), puts: 0 },
    deadLetters: [],
    actor: (options) => actor(world, options),
    keys: () => world.secret.values.get(world.secret.labels.get(CURRENT)!)!,
    signIn(more = {}) {
      const now = Math.floor(time.now() / 1000);
      const [uid, sid] = [more.uid ?? randomId(), more.sid ?? randomId()];
      const ids = standingIds(uid, sid);
      const markOf = (id: string) => (world.items.get(id) as Revocation | undefined)?.mark ?? 0;
      const session: Session = {
        uid,
        sid,
        issuedAt: now,
        expiresAt: now + TOKEN_SECONDS,
        mark: markOf(ids.user),
        floor: floorOf(world, uid),
        authTime: now,
        idp: "main",
        strength: "",
        roles: [],
        email: "",
        claims: {},
        ...more,
      };
      const { issuedAt: startedAt, mark } = session;
      world.sessions.set(sid, {
        uid,
        sid,
        idp: "main",
        email: "",
        startedAt,
        mark,
        gatewayMark: markOf(ids.gateway),
        renewedAt: now,
        generation: 0,
        address: "",
        userAgent: "",
        endsAt: now + SESSION_SECONDS,
        expiresAt: now + SESSION_SECONDS,
      });
      return { session, token: mint(session, world.keys()) };
    },
    reissue({ session }) {
      const fresh = { ...session, floor: floorOf(world, session.uid) };
      return { session: fresh, token: mint(fresh, world.keys()) };
    },
    async decide({ token }) {
      const source = `Date.now=function(){return ${time.now()}};${gateSource()}`;
      return (await runGate(source, eventOf({ session: token }), { records: Object.fromEntries(world.store.records) }))
        .log[0]!;
    },
    kidsInStore: () =>
      [...world.store.records.keys()]
        .filter((name) => name.startsWith("key."))
        .map((name) => name.slice(4))
        .sort(),
    disturb: () => void (world.store.version += 1),
  };
  if (hasKeys) {
    world.secret.values.set("v0", { current: "first", keys: { first: randomBytes(32).toString("base64url") } });
    world.secret.labels.set(CURRENT, "v0");
  }
  return world;
}

export const TOKEN_SECONDS = 900;
export const SESSION_SECONDS = 8 * 3600;
export const SETTINGS = { sessionLifetime: SESSION_SECONDS, tokenLifetime: TOKEN_SECONDS };

export function randomId(): string {
  return randomBytes(12).toString("base64url");
}

/** A new user of a shard. */
/** @param end the last two characters, which tell the shard */
export function uidIn(end: string): string {
  return randomId().slice(0, 14) + end;
}

function uidOf(shard: string): string {
  const end = Buffer.from([Number(shard) >> 4, (Number(shard) & 15) << 4]).toString("base64url");
  return uidIn(end.slice(0, 2));
}

function floorOf(world: World, uid: string): string {
  return markText((world.items.get(shardStateId(shardOf(uid))) as ShardState | undefined)?.floor ?? 0);
}

function actor(world: World, { intercept, answered, skew = 0 }: ActorOptions = {}): Actor {
  const { time, items, sessions, secret, store } = world;
  const calls: string[] = [];
  const logs: LogEntry[] = [];
  let isDead = false;
  const never = () => new Promise<never>(() => undefined);

  /** One call of a service. */
  async function call<T>(name: string, latency: number, work: () => T): Promise<T> {
    if (isDead) return never();
    const number = calls.push(name);
    const fault = await intercept?.(name, number);
    if (fault === "crash") isDead = true;
    if (isDead) return never();
    await time.sleep(latency / 2);
    if (fault === "error") throw Object.assign(new Error("of AWS"), { name: "InternalServerException" });
    if (fault === "conflict") throw new StoreConflict();
    if (fault === "lost" || fault === "crash-after") {
      try {
        work();
      } catch {
        // Its answer is not heard either.
      }
      if (fault === "crash-after") {
        isDead = true;
        return never();
      }
      await time.sleep(latency * 2);
    }
    const result = work();
    await answered?.(name, number);
    await time.sleep(latency / 2);
    return result;
  }
  const ledgerCall = <T>(name: string, work: () => T) => call(`ledger.${name}`, LATENCY.ledger, work);
  const secretCall = <T>(name: string, work: () => T) => call(`secret.${name}`, LATENCY.secret, work);
  const storeCall = <T>(name: string, work: () => T) => call(`store.${name}`, LATENCY.store, work);

  function putIf<T extends Revocation | ShardState | StoreState>(
    id: string,
    item: T,
    holds: (there: T | undefined) => boolean,
  ): boolean {
    if (!holds(items.get(id) as T | undefined)) return false;
    items.set(id, structuredClone(item));
    return true;
  }
  const found = <T>(ids: readonly string[], place = 0) =>
    new Map(ids.flatMap((id) => (items.has(id) ? [[id.slice(place), structuredClone(items.get(id)) as T]] : [])));
  const sessionsWhere = (is: (session: LedgerSession) => boolean) =>
    [...sessions.values()].filter(is).sort((a, b) => b.startedAt - a.startedAt);

  /** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
  function moveCurrent(version: string, from: string | undefined): void {
    if (secret.labels.get(CURRENT) !== from)
      throw Object.assign(new Error("of AWS"), { name: "InvalidParameterException" });
    if (from !== undefined) secret.labels.set(PREVIOUS, from);
    secret.labels.set(CURRENT, version);
  }
  function putValue(version: string, keys: SessionKeys, label: string): void {
    if (!secret.values.has(version)) secret.puts += 1;
    secret.values.set(version, structuredClone(keys));
    secret.labels.set(label, version);
    if (!secret.labels.has(CURRENT)) secret.labels.set(CURRENT, version);
  }
  const stages = (): Stages => ({
    current: secret.labels.get(CURRENT),
    previous: secret.labels.get(PREVIOUS),
    pending: secret.labels.get(PENDING),
  });
  const known = new Map<string, SessionKeys>();
  const secretPort: SessionKeysSecret = {
    stages: () => secretCall("stages", stages),
    async read(version) {
      const value = known.get(version) ?? (await secretCall("read", () => structuredClone(secret.values.get(version))));
      if (value) known.set(version, value);
      return value;
    },
    putPending: (version, keys) => secretCall("put", () => putValue(version, keys, PENDING)),
    promote: (version, from) => secretCall("promote", () => moveCurrent(version, from)),
    async replaceCurrent(version, keys, from) {
      await secretCall("put", () => putValue(version, keys, "EDGEGATE_NEXT"));
      try {
        await secretPort.promote(version, from);
        return true;
      } catch (error) {
        if ((error as Error).name !== "InvalidParameterException") throw error;
        return (await secretPort.stages()).current === version;
      }
    },
    unlabel: (stage, version) =>
      secretCall("unlabel", () => {
        const label = stage === "pending" ? PENDING : PREVIOUS;
        if (secret.labels.get(label) === version) secret.labels.delete(label);
      }),
  };

  function update(changes: readonly Change[], etag: string): string {
    if (etag !== `ETAG${store.version}`) throw new StoreConflict();
    if (changes.length === 0 || changes.length > MAX_CHANGES) throw new Error(`an update of ${changes.length} changes`);
    if (changes.some((change) => "put" in change && Buffer.byteLength(change.value) > MAX_RECORD_BYTES))
      throw new Error("a value of more than 1 KB");
    for (const change of changes) {
      if ("put" in change) store.records.set(change.put, change.value);
      else store.records.delete(change.delete);
    }
    return `ETAG${++store.version}`;
  }

  const ports: RevokerPorts = {
    now: () => Math.floor(time.now() / 1000) + skew,
    wait: async (seconds) => {
      if (isDead) return never();
      await time.sleep(seconds * 1000);
    },
    random: (bytes) => randomBytes(bytes),
    log: (entry) => void logs.push(entry),
    sendToDeadLetterQueue: (body, reason) =>
      call("queue.send", LATENCY.ledger, () => void world.deadLetters.push({ body, reason })),
    secret: secretPort,
    store: {
      get: (name) => storeCall("get", () => store.records.get(name)),
      async read() {
        const etag = await storeCall("describe", () => `ETAG${store.version}`);
        const names = [...store.records.keys()].sort();
        const records = new Map<string, string>();
        for (let from = 0; from === 0 || from < names.length; from += LIST_PAGE) {
          await storeCall("list", () =>
            names
              .slice(from, from + LIST_PAGE)
              .forEach((name) => store.records.has(name) && records.set(name, store.records.get(name)!)),
          );
        }
        return { etag, records };
      },
      update: (changes, etag) => storeCall("update", () => update(changes, etag)),
    },
    ledger: {
      revocations: (ids) => ledgerCall("revocations", () => found<Revocation>(ids)),
      replaceRevocation: (id, read, next) =>
        ledgerCall("replaceRevocation", () =>
          putIf(id, next, (there) =>
            read === undefined
              ? there === undefined
              : there?.mark === read.mark && there.recordedAt === read.recordedAt,
          ),
        ),
      async *revocationsSince(since) {
        const all = [...items.values()].filter(
          (item): item is Revocation => "kind" in item && item.recordedAt >= since,
        );
        for (let from = 0; from === 0 || from < all.length; from += 1000)
          yield await ledgerCall("scan", () => structuredClone(all.slice(from, from + 1000)));
      },
      async shardStates(shards) {
        const states = new Map<string, ShardState>();
        for (let from = 0; from < shards.length; from += 100) {
          const some = await ledgerCall("shardStates", () =>
            found<ShardState>(shards.slice(from, from + 100).map(shardStateId), shardStateId("").length),
          );
          for (const [shard, state] of some) states.set(shard, state);
        }
        return states;
      },
      putShardState: (shard, state) =>
        ledgerCall("putShardState", () =>
          putIf(shardStateId(shard), state, (there) => (there?.version ?? 0) === state.version - 1),
        ),
      storeState: () =>
        ledgerCall("storeState", () => structuredClone(items.get(STORE_STATE_ID) as StoreState | undefined)),
      putStoreState: (state, etag) =>
        ledgerCall("putStoreState", () => putIf<StoreState>(STORE_STATE_ID, state, (there) => there?.etag === etag)),
      session: (uid, sid) => ledgerCall("session", () => sessionsWhere((one) => one.uid === uid && one.sid === sid)[0]),
      userOfSession: (sid) => ledgerCall("userOfSession", () => sessions.get(sid)?.uid),
      sessionsOf: (uid) => ledgerCall("sessionsOf", () => sessionsWhere((one) => one.uid === uid)),
      usersOfEmail: (email) =>
        ledgerCall("usersOfEmail", () => [
          ...new Set(sessionsWhere((one) => one.email.toLowerCase() === email.toLowerCase()).map(({ uid }) => uid)),
        ]),
      startedInHourOf: (hour) =>
        ledgerCall("startedInHourOf", () =>
          sessionsWhere(({ startedAt }) => Math.floor(startedAt / 3600) === Math.floor(hour / 3600)),
        ),
      sessions: (pointers) => ledgerCall("sessions", () => pointers.flatMap(({ sid }) => sessions.get(sid) ?? [])),
    },
  };
  return { ports, calls, logs };
}

/** As the key rotator's environment has it. */
export const ROTATION: RotationSettings = {
  keyRetention: SESSION_SECONDS + 25 * 3600,
  propagation: PROPAGATION,
  keyAnnouncement: KEY_ANNOUNCEMENT,
  tokenLifetime: TOKEN_SECONDS,
};
export const ROTATION_STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** A whole rotation. */
export async function rotate(ports: Ports, version: string, settings: RotationSettings = ROTATION): Promise<void> {
  for (const step of ROTATION_STEPS) await STEPS[step]!(ports, settings, version);
}

/**
 * Lets a process do something, and something else happen where the process stands still at one of its calls: before the
 * service has it, or before the process hears of it. For every one of its calls, in a world of its own each time.
 *
 * @param begin makes the world and the process, with the options that it is given
 * @param isPlace which calls
 */
export async function atEveryCall<Scene extends { world: World }>(
  begin: (options: ActorOptions) => Promise<{ scene: Scene; work: () => Promise<unknown> }>,
  meanwhile: (scene: Scene, where: string) => Promise<void>,
  after: (scene: Scene, where: string, result: PromiseSettledResult<unknown>) => Promise<void>,
  isPlace: (call: string) => boolean = () => true,
): Promise<number> {
  let places = 0;
  for (const side of ["intercept", "answered"] as const) {
    for (let place = 1; ; place++) {
      let reach: (where: string) => void = () => undefined;
      let resume: () => void = () => undefined;
      const reached = new Promise<string>((resolve) => void (reach = resolve));
      const resumed = new Promise<void>((resolve) => void (resume = resolve));
      let seen = 0;
      const { scene, work } = await begin({
        [side]: (call: string) => {
          if (!isPlace(call) || ++seen !== place) return undefined;
          reach(`${side} ${place} ${call}`);
          return resumed;
        },
      });
      const late = Promise.allSettled([work()]).then(([result]) => result!);
      const where = await scene.world.time.run(Promise.race([reached, late]));
      if (typeof where !== "string") {
        if (where.status === "rejected") throw where.reason;
        break;
      }
      places += 1;
      await meanwhile(scene, where);
      resume();
      await after(scene, where, await scene.world.time.run(late));
    }
  }
  return places;
}

/**
 * Gives every shard so many revoked sessions, in the ledger and in the state of the shard; the store does not have them
 * yet.
 */
export function fill(world: World, sessions = 1): void {
  const now = Math.floor(world.time.now() / 1000);
  for (const shard of ALL_SHARDS) {
    const revocations = Array.from({ length: sessions }, (): Revocation => ({
      kind: "session",
      uid: uidOf(shard),
      sid: randomId(),
      mark: 0,
      cutoff: now,
      recordedAt: now,
      until: now + SESSION_SECONDS,
      by: "sign-out",
      reason: "",
      expiresAt: now + SESSION_SECONDS,
    }));
    for (const revocation of revocations) world.items.set(`session#${revocation.sid}`, revocation);
    world.items.set(shardStateId(shard), withRevocations(undefined, revocations, now, SETTINGS)!);
  }
}
