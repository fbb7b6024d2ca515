/**
 * The four steps in which Secrets Manager rotates a secret. Each can be repeated. After a crash at any point, a
 * rotation can start again from the first step, even hours later.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { randomUUID } from "node:crypto";
import { tokenKey, type SessionKeys } from "../../session/keys";
import { hmac } from "../../session/node-hash";
import { keyRecordName } from "../../session/shard";
import { OperationError } from "../errors";
import type { Ports, RotatorPorts } from "../ports";
import { follows, readActiveKeys } from "../session-keys/active";
import { reconcileShards } from "../reconcile/store";
import { retry } from "../retry";
import { nextKeys } from "./next-keys";

/** @param version ID of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: RotatorPorts, version: string) => Promise<Record<string, string | number>>;

/** A rotation in progress, or a finished one of which a step is repeated. */
interface Rotation {
  /** The value of its version. */
  keys: SessionKeys;
  /** True if its version is already AWSCURRENT. */
  isDone: boolean;
  /** The version with AWSCURRENT, and its keys; undefined before the first rotation. */
  from: string | undefined;
  current: SessionKeys | undefined;
}

const TEST_ATTEMPTS = 6;

/** Steps by their names in Secrets Manager. What a step returns is logged. */
export const STEPS: Readonly<Record<string, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/** Makes the new key; the first one if the secret has no version yet, as after Terraform's apply. */
async function createSecret(ports: RotatorPorts, version: string) {
  const { secret } = ports;
  if (await secret.read(version)) return { kid: (await rotationOf(ports, version)).keys.current, created: 0 };
  const keys = nextKeys((await readActiveKeys(secret)).current, ports);
  await secret.putPending(version, keys);
  return { kid: keys.current, created: 1, keys: Object.keys(keys.keys).length };
}

/** Writes the new key's record; no token is signed with it yet. */
async function setSecret(ports: RotatorPorts, version: string) {
  const { keys } = await rotationOf(ports, version);
  const { written } = await reconcileShards(ports, []);
  return { kid: keys.current, written: written.size };
}

/** Reads the record back, and waits until the edges have it. */
async function testSecret(ports: RotatorPorts, version: string) {
  const { current: kid, keys } = (await rotationOf(ports, version)).keys;
  const key = tokenKey(hmac, keys[kid]!);
  await retry(ports, TEST_ATTEMPTS, "the store has no record of the new key", async () =>
    (await ports.store.get(keyRecordName(kid)))?.startsWith(key) ? kid : undefined,
  );
  await ports.wait(ports.propagation);
  return { kid };
}

/**
 * Announces the new key to every handler, then lets them sign with it. Finally removes the records of keys that no
 * active session is signed with.
 */
async function finishSecret(ports: RotatorPorts, version: string) {
  const rotation = await rotationOf(ports, version);
  // The record may have been lost during the wait for the edges.
  await reconcileShards(ports, []);
  if (!rotation.isDone) await ports.secret.promote(version, await announce(ports, rotation));
  // If AWSPENDING stayed on a version that is not current, Secrets Manager would treat the rotation as still in
  // progress: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
  await ports.secret.unlabel("pending", version);
  const { deleted } = await reconcileShards(ports, []);
  return { kid: rotation.keys.current, deleted: deleted.size };
}

/**
 * Handlers cache the keys for a minute. For longer than that, the current version has the new key but still signs with
 * the old one.
 *
 * @returns ID of the version that is now current; undefined before the first rotation, when no handler signs yet
 * @throws OperationError if the keys were replaced meanwhile
 */
async function announce(
  { secret, wait, keyAnnouncement }: RotatorPorts,
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
 * @throws OperationError if the version is not being rotated: a step that is repeated late, or a rotation that a
 *   lockdown interrupted, must not bring an old key back
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
