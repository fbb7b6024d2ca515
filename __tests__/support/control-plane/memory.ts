/**
 * The control plane's ports in memory: a ledger, a secret and a store that several Lambda instances share, as they
 * behave. Conditions hold, the store has one ETag and its quotas, a secret's labels move by AWS's rules. Every call takes
 * its time, in a time of the tests' own, and may fail, lose its answer, or be the last one of its instance.
 */
import { randomBytes } from "node:crypto";
import { StoreConflict } from "../../../control-plane/errors";
import {
  MAX_CHANGES,
  type Change,
  type LogEntry,
  type RevokerPorts,
  type RotatorPorts,
  type SessionKeysSecret,
  type Stages,
} from "../../../control-plane/ports";
import type { SessionKeys } from "../../../session/keys";
import type { LedgerSession, Revocation, ServiceToken, ShardState, StoreState } from "../../../ledger/records";
import { shardStateId, STORE_STATE_ID } from "../../../ledger/tables";
import { MAX_RECORD_BYTES } from "../../../session/shard";
import { ENTRY_MARGIN, KEY_ANNOUNCEMENT, PROPAGATION } from "../../../session/timing";
import { SESSION_SECONDS, TOKEN_SECONDS } from "./lifetimes";
import type { VirtualTime } from "./virtual-time";

/** What all instances share. */
export interface Memory {
  time: VirtualTime;
  /** The revocations table, by id. */
  items: Map<string, Revocation | ShardState | StoreState>;
  sessions: Map<string, LedgerSession>;
  serviceTokens: Map<string, ServiceToken>;
  /** Records of the store, and its ETag. */
  store: { records: Map<string, string>; version: number };
  secret: { values: Map<string, SessionKeys>; labels: Map<string, string>; puts: number };
  /** Retention of replicas' log groups in days, by region and name; undefined for one that keeps its lines forever. */
  replicaLogs: Map<string, number | undefined>;
  /** Messages on the dead-letter queue. */
  deadLetters: { body: string; reason: string }[];
}

/**
 * `crash`: the instance ends before the call; `crash-after`: when the service has done it. `lost`: done, and repeated,
 * as the SDK does without an answer.
 */
export type Fault = "error" | "lost" | "conflict" | "crash" | "crash-after";

/** Asked at every call of an instance, numbered from 1. What it waits for, the instance waits for. */
export type Intercept = (call: string, number: number) => Fault | undefined | void | Promise<Fault | undefined | void>;

export interface InstanceOptions {
  intercept?: Intercept;
  /** Asked when a call is done, before the instance hears of it. */
  answered?: (call: string, number: number) => void | Promise<void>;
  /** Seconds by which its clock is ahead. */
  skew?: number;
}

/** What either function needs. */
export type TestPorts = RevokerPorts & RotatorPorts;

export interface Instance {
  ports: TestPorts;
  /** Names of the calls so far. */
  calls: string[];
  logs: LogEntry[];
}

export const ENTRY_LIFETIME = TOKEN_SECONDS + ENTRY_MARGIN;
export const LOG_GROUPS = ["auth", "site"].map((name) => `/aws/lambda/us-east-1.example-${name}`);
export const LOG_RETENTION_DAYS = 90;
/** As the environments of revoker and key rotator have it. */
const SETTINGS = {
  sessionLifetime: SESSION_SECONDS,
  entryLifetime: ENTRY_LIFETIME,
  keyRetention: SESSION_SECONDS + 25 * 3600,
  propagation: PROPAGATION,
  keyAnnouncement: KEY_ANNOUNCEMENT,
};
/** Milliseconds that a call takes; a page of a list as long as a call. */
const LATENCY = { ledger: 8, secret: 20, store: 30, logs: 200 };
const LIST_PAGE = 50;
const PENDING = "AWSPENDING";
export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/** A Lambda instance. */
export function instance(memory: Memory, { intercept, answered, skew = 0 }: InstanceOptions = {}): Instance {
  const { time, items, sessions, serviceTokens, secret, store } = memory;
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
    rotation: () => secretCall("rotation", () => ({ isOn: true, last: undefined })),
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

  const ports: TestPorts = {
    ...SETTINGS,
    now: () => Math.floor(time.now() / 1000) + skew,
    wait: async (seconds) => {
      if (isDead) return never();
      await time.sleep(seconds * 1000);
    },
    random: (bytes) => randomBytes(bytes),
    log: (entry) => void logs.push(entry),
    sendToDeadLetterQueue: (body, reason) =>
      call("queue.send", LATENCY.ledger, () => void memory.deadLetters.push({ body, reason })),
    replicaLogs: {
      wanted: () => ({ groups: LOG_GROUPS, days: LOG_RETENTION_DAYS }),
      setRetention: (region, group, days) =>
        call(`logs.setRetention ${region}`, LATENCY.logs, () => {
          const place = `${region} ${group}`;
          if (!memory.replicaLogs.has(place)) return "absent";
          memory.replicaLogs.set(place, days);
          return "set";
        }),
    },
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
      serviceToken: (id) => ledgerCall("serviceToken", () => structuredClone(serviceTokens.get(id))),
      putServiceToken: (token, held) =>
        ledgerCall("putServiceToken", () => {
          if (serviceTokens.get(token.id)?.hash !== held?.hash) return false;
          serviceTokens.set(token.id, structuredClone(token));
          return true;
        }),
      serviceTokens: () => ledgerCall("serviceTokens", () => structuredClone([...serviceTokens.values()])),
      serviceTokenUses: () => ledgerCall("serviceTokenUses", () => new Map()),
    },
  };
  return { ports, calls, logs };
}
