/**
 * The four steps in which Secrets Manager rotates a secret. Each may be repeated, and all of them may be started again
 * from the first after a crash at any point, hours later too.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { randomUUID } from "node:crypto";
import { tokenKey, type SessionKeys } from "../../session/keys";
import { hmac } from "../../session/node-hash";
import { keyRecordName } from "../../session/shard";
import { OperationError } from "../errors";
import type { Ports } from "../ports";
import { follows, readActiveKeys } from "../session-keys/active";
import { backoff } from "../store/backoff";
import { reconcileShards } from "../reconcile/store";
import { nextKeys } from "./next-keys";

export interface RotationSettings {
  /** Seconds for which a retired key is kept, because sessions that it signed may be active. */
  keyRetention: number;
  /** Seconds from the last write to the store until every edge has it; AWS gives no bound. */
  propagation: number;
  /** Seconds from the announcement of a key until every handler knows it. */
  keyAnnouncement: number;
  /** Seconds a token is good for. */
  tokenLifetime: number;
}

/** @param version id of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: Ports, settings: RotationSettings, version: string) => Promise<Record<string, string | number>>;

/** A rotation that is under way, or is over and has a step repeated. */
interface Rotation {
  /** The value of its version. */
  keys: SessionKeys;
  /** Its version is AWSCURRENT already. */
  isDone: boolean;
  /** The version with AWSCURRENT, and its keys; undefined before the first rotation. */
  from: string | undefined;
  current: SessionKeys | undefined;
}

const TEST_ATTEMPTS = 6;

/** By the names that Secrets Manager gives them. What a step returns is for the log. */
export const STEPS: Readonly<Record<string, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/** Makes the new key; the first one if the secret has no version yet, as after Terraform's apply. */
async function createSecret(ports: Ports, { keyRetention }: RotationSettings, version: string) {
  const { secret } = ports;
  if (await secret.read(version)) return { kid: (await rotationOf(ports, version)).keys.current, created: 0 };
  const keys = nextKeys((await readActiveKeys(secret)).current, keyRetention, ports);
  await secret.putPending(version, keys);
  return { kid: keys.current, created: 1, keys: Object.keys(keys.keys).length };
}

/** Writes the new key's record; no token is signed with it yet. */
async function setSecret(ports: Ports, settings: RotationSettings, version: string) {
  const { keys } = await rotationOf(ports, version);
  const { written } = await reconcileShards(ports, settings, []);
  return { kid: keys.current, written: written.size };
}

/** Reads the record back, and waits until the edges have it. */
async function testSecret(ports: Ports, { propagation }: RotationSettings, version: string) {
  const { current: kid, keys } = (await rotationOf(ports, version)).keys;
  const key = tokenKey(hmac, keys[kid]!);
  for (let attempt = 1; !(await ports.store.get(keyRecordName(kid)))?.startsWith(key); attempt++) {
    if (attempt === TEST_ATTEMPTS) throw new OperationError("the store has no record of the new key");
    await ports.wait(backoff(attempt));
  }
  await ports.wait(propagation);
  return { kid };
}

/**
 * Lets every handler know the new key, then lets them sign with it, then removes the records of keys that no active
 * session is signed with.
 */
async function finishSecret(ports: Ports, settings: RotationSettings, version: string) {
  const rotation = await rotationOf(ports, version);
  // The record may have been lost during the wait for the edges.
  await reconcileShards(ports, settings, []);
  if (!rotation.isDone) await ports.secret.promote(version, await announce(ports, settings, rotation));
  // If AWSPENDING stayed on a version that is not current, Secrets Manager would think that the rotation goes on:
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
  await ports.secret.unlabel("pending", version);
  const { deleted } = await reconcileShards(ports, settings, []);
  return { kid: rotation.keys.current, deleted: deleted.size };
}

/**
 * Handlers keep the keys for a minute. So a version with the new key that still signs with the old one is current for
 * longer than that.
 *
 * @returns id of the version that then is current; undefined before the first rotation, when nobody signs yet
 * @throws OperationError where the keys were replaced meanwhile
 */
async function announce(
  { secret, wait }: Ports,
  { keyAnnouncement }: RotationSettings,
  { keys: { current: kid, keys }, from, current }: Rotation,
): Promise<string | undefined> {
  if (from === undefined || !current) return undefined;
  const isAnnounced = Object.hasOwn(current.keys, kid);
  const announcing = isAnnounced ? from : randomUUID();
  const announced = { ...current, keys: { ...current.keys, [kid]: keys[kid]! } };
  if (!isAnnounced && !(await secret.replaceCurrent(announcing, announced, from))) throw replacedMeanwhile();
  await wait(keyAnnouncement);
  return announcing;
}

/**
 * @throws OperationError for a version that is not being rotated: neither a step that is repeated late nor a rotation
 *   that a lockdown interrupted may bring an old key back
 */
async function rotationOf({ secret }: Ports, version: string): Promise<Rotation> {
  const { stages, current } = await readActiveKeys(secret);
  const isDone = stages.current === version;
  const keys = isDone || stages.pending === version ? await secret.read(version) : undefined;
  if (!keys) throw new OperationError(`the version ${version} is not pending; start a new rotation`);
  if (!current || isDone || follows(keys, current)) return { keys, isDone, from: stages.current, current };
  await secret.unlabel("pending", version);
  throw replacedMeanwhile();
}

function replacedMeanwhile(): OperationError {
  return new OperationError("the session keys were replaced while they were rotated; start a new rotation");
}
