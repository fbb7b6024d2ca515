/**
 * A gateway in memory, for tests of the control plane: sign in, revoke, and see what the gate says.
 *
 *     const gateway = gatewayInMemory();
 *     const signed = gateway.signIn();
 *     await gateway.revoke(ofUser(signed.session.uid));
 *     expect(await gateway.decide(signed)).toBe("login revoked");
 *
 * Each of these runs in a Lambda instance of its own, in virtual time. For one whose calls are watched or fail, or for
 * several at a time, see `instance()`; memory.ts says how its calls behave.
 */
import { randomBytes } from "node:crypto";
import { STEPS } from "../../../control-plane/key-rotator/steps";
import type { RotatorPorts } from "../../../control-plane/ports";
import { ALL_SHARDS } from "../../../control-plane/reconcile/read";
import {
  check,
  reconcile,
  tidy,
  type CheckAnswer,
  type ReconcileAnswer,
} from "../../../control-plane/reconcile/reconcile";
import { withRevocations } from "../../../control-plane/reconcile/shard-state";
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { lockdown, type LockdownAnswer } from "../../../control-plane/revoker/lockdown";
import { revoke, type RevokeAnswer } from "../../../control-plane/revoker/revoke";
import { runGate } from "../../../local/gate-sandbox";
import type { SessionKeys } from "../../../session/keys";
import type { Revocation, ShardState } from "../../../ledger/records";
import { shardStateId, statusIds } from "../../../ledger/tables";
import type { RevocationCommand } from "../../../session/revocation";
import { markText, shardOf } from "../../../session/shard";
import type { Session } from "../../../session/token";
import { eventOf } from "../../functions/gate/case";
import { gateSource } from "../door";
import { mint } from "../session-tokens";
import { SESSION_SECONDS, TOKEN_SECONDS } from "./lifetimes";
import { CURRENT, ENTRY_LIFETIME, instance, type Instance, type InstanceOptions, type Memory } from "./memory";
import { virtualTime } from "./virtual-time";

export type { Fault, Instance, InstanceOptions, Intercept, TestPorts } from "./memory";

export interface Gateway extends Memory {
  /** Unix seconds. */
  now(): number;
  /** A new Lambda instance. */
  instance(options?: InstanceOptions): Instance;
  /** Lets a new instance do something, and time pass until it is done. */
  run<T>(work: (ports: Instance["ports"]) => Promise<T>, options?: InstanceOptions): Promise<T>;
  revoke(command: RevocationCommand, options?: InstanceOptions): Promise<RevokeAnswer>;
  /** @returns ids of the messages that come again */
  deliver(messages: readonly SqsRecord[], options?: InstanceOptions): Promise<string[]>;
  lockdown(): Promise<LockdownAnswer>;
  rotate(version: string): Promise<void>;
  tidy(): Promise<ReconcileAnswer>;
  /** What `sweep` and `rebuild` do. */
  reconcile(): Promise<ReconcileAnswer>;
  check(): Promise<CheckAnswer>;
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

export const ROTATION_STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export const LOCKDOWN = { operation: "lockdown", by: "operator:test", reason: "a key leaked" } as const;

export function ofUser(uid: string, more: Partial<RevocationCommand> = {}): RevocationCommand {
  return { version: 1, target: { type: "user", uid }, by: "operator:test", reason: "", ...more };
}

/** @param uid of its user, if the command says so */
export function ofSession(sid: string, uid?: string): RevocationCommand {
  return {
    version: 1,
    target: { type: "session", sid, ...(uid !== undefined && { uid }) },
    by: "sign-out",
    reason: "",
  };
}

/**
 * A message of a queue.
 *
 * @param command or the body as it is
 * @param sentAt Unix seconds
 */
export function message(command: RevocationCommand | string, sentAt: number): SqsRecord {
  return {
    messageId: randomId(),
    body: typeof command === "string" ? command : JSON.stringify(command),
    eventSource: "aws:sqs",
    attributes: { SentTimestamp: String(sentAt * 1000) },
  };
}

/** A whole rotation. */
export async function rotate(ports: RotatorPorts, version: string): Promise<void> {
  for (const step of ROTATION_STEPS) await STEPS[step]!(ports, version);
}

export function randomId(): string {
  return randomBytes(12).toString("base64url");
}

/** A new user of a shard. @param end the last two characters of the uid, which tell the shard */
export function uidIn(end: string): string {
  return randomId().slice(0, 14) + end;
}

/** @param hasKeys whether the first rotation has ended */
export function gatewayInMemory({ hasKeys = true } = {}): Gateway {
  const time = virtualTime(1_800_000_000_000);
  const gateway: Gateway = {
    time,
    items: new Map(),
    sessions: new Map(),
    serviceTokens: new Map(),
    store: { records: new Map(), version: 1 },
    secret: { values: new Map(), labels: new Map(), puts: 0 },
    replicaLogs: new Map(),
    deadLetters: [],
    now: () => Math.floor(time.now() / 1000),
    instance: (options) => instance(gateway, options),
    run: (work, options) => time.run(work(instance(gateway, options).ports)),
    revoke: (command, options) => gateway.run((ports) => revoke(ports, command), options),
    deliver: (messages, options) =>
      gateway.run(async (ports) => {
        const { batchItemFailures } = await carryOutBatch(ports, messages);
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      }, options),
    lockdown: () => gateway.run((ports) => lockdown(ports, LOCKDOWN)),
    rotate: (version) => gateway.run((ports) => rotate(ports, version)),
    tidy: () => gateway.run((ports) => tidy(ports)),
    reconcile: () => gateway.run((ports) => reconcile(ports)),
    check: () => gateway.run((ports) => check(ports)),
    keys: () => gateway.secret.values.get(gateway.secret.labels.get(CURRENT)!)!,
    signIn(more = {}) {
      const now = gateway.now();
      const [uid, sid] = [more.uid ?? randomId(), more.sid ?? randomId()];
      const ids = statusIds(uid, sid);
      const markOf = (id: string) => (gateway.items.get(id) as Revocation | undefined)?.mark ?? 0;
      const session: Session = {
        uid,
        sid,
        issuedAt: now,
        expiresAt: now + TOKEN_SECONDS,
        mark: markOf(ids.user),
        floor: floorOf(gateway, uid),
        authTime: now,
        idp: "main",
        strength: "",
        roles: [],
        email: "",
        claims: {},
        ...more,
      };
      const { issuedAt: startedAt, mark } = session;
      gateway.sessions.set(sid, {
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
      return { session, token: mint(session, gateway.keys()) };
    },
    reissue({ session }) {
      const fresh = { ...session, floor: floorOf(gateway, session.uid) };
      return { session: fresh, token: mint(fresh, gateway.keys()) };
    },
    async decide({ token }) {
      const source = `Date.now=function(){return ${time.now()}};${gateSource()}`;
      return (
        await time.hold(
          runGate(source, eventOf({ session: token }), { records: Object.fromEntries(gateway.store.records) }),
        )
      ).log[0]!;
    },
    kidsInStore: () =>
      [...gateway.store.records.keys()]
        .filter((name) => name.startsWith("key."))
        .map((name) => name.slice(4))
        .sort(),
    disturb: () => void (gateway.store.version += 1),
  };
  if (hasKeys) {
    gateway.secret.values.set("v0", { current: "first", keys: { first: randomBytes(32).toString("base64url") } });
    gateway.secret.labels.set(CURRENT, "v0");
  }
  return gateway;
}

/**
 * Gives every shard so many revoked sessions, in the ledger and in the state of the shard; the store does not have them
 * yet.
 */
export function fill(gateway: Gateway, sessions = 1): void {
  const now = gateway.now();
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
    for (const revocation of revocations) gateway.items.set(`session#${revocation.sid}`, revocation);
    gateway.items.set(shardStateId(shard), withRevocations(undefined, revocations, now, ENTRY_LIFETIME)!);
  }
}

function uidOf(shard: string): string {
  const end = Buffer.from([Number(shard) >> 4, (Number(shard) & 15) << 4]).toString("base64url");
  return uidIn(end.slice(0, 2));
}

function floorOf(gateway: Gateway, uid: string): string {
  return markText((gateway.items.get(shardStateId(shardOf(uid))) as ShardState | undefined)?.floor ?? 0);
}
