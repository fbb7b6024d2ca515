/**
 * The four steps in which Secrets Manager rotates a secret. Each may be repeated, and all of them may be started again from
 * the first after a crash at any point.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import type { SessionKeys } from "../../session/keys";
import type { ShardCount } from "../../session/shard";
import { backoff, converge } from "../store/converge";
import { OperationError } from "../errors";
import type { Ports } from "./ports";
import { nextKeys } from "./session-keys";
import { countMissing, recordsToSweep, recordsToWrite, type NewKey } from "./shard-records";

export interface RotationSettings {
  shardCount: ShardCount;
  /** Seconds for which sessions may live that a key signed before it retired. */
  keyRetention: number;
  /** Seconds from the last write to the store until every edge has it; AWS gives no bound. */
  propagation: number;
}

/** @param version id of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: Ports, settings: RotationSettings, version: string) => Promise<Record<string, string | number>>;

const TEST_ATTEMPTS = 6;

/** By the names that Secrets Manager gives them. What a step returns is for the log. */
export const STEPS: Readonly<Record<string, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/** Makes the new key. On a secret that has no version yet, which Terraform leaves, it is the first one. */
async function createSecret(ports: Ports, { keyRetention }: RotationSettings, version: string) {
  const { secret } = ports;
  const made = await secret.read(version);
  if (made) return { kid: made.current, created: 0 };
  const { current, previous, lastRotated } = await secret.stages();
  const keys = nextKeys(
    { current: await readStaged(ports, current), previous: await readStaged(ports, previous), lastRotated, retention: keyRetention },
    ports,
  );
  await secret.putPending(version, keys);
  return { kid: keys.current, created: 1, keys: Object.keys(keys.keys).length };
}

/** Writes the records of the new key; no token is signed with it yet. */
async function setSecret(ports: Ports, settings: RotationSettings, version: string) {
  const { key, heirOf } = await rotationOf(ports, settings, version);
  return { kid: key.kid, written: await converge(ports, (records) => recordsToWrite(records, key, heirOf)) };
}

/** Reads every record back, and waits until the edges have them. */
async function testSecret(ports: Ports, settings: RotationSettings, version: string) {
  const { key } = await rotationOf(ports, settings, version);
  for (let attempt = 1; ; attempt++) {
    const missing = countMissing((await ports.store.read()).records, key);
    if (missing === 0) break;
    if (attempt === TEST_ATTEMPTS) throw new OperationError(`${missing} of ${key.shardCount} shards have no record of the new key`);
    await ports.wait(backoff(attempt));
  }
  await ports.wait(settings.propagation);
  return { kid: key.kid, shards: key.shardCount };
}

/** Lets the handlers sign with the new key, then removes the records of keys that no living session is signed with. */
async function finishSecret(ports: Ports, settings: RotationSettings, version: string) {
  const { key, heirOf, current } = await rotationOf(ports, settings, version);
  // Whom the revoker revoked while the edges were waited for must be revoked under the new key too.
  const written = await converge(ports, (records) => recordsToWrite(records, key, heirOf));
  if (current !== version) await ports.secret.promote(version, current);
  const living = await livingKeyIds(ports);
  return { kid: key.kid, written, swept: await converge(ports, (records) => recordsToSweep(records, living)) };
}

/**
 * @throws OperationError for a version that is not being rotated: a step that is repeated late must not bring an old key back
 */
async function rotationOf(
  ports: Ports,
  { shardCount }: RotationSettings,
  version: string,
): Promise<{ key: NewKey; heirOf: string | undefined; current: string | undefined }> {
  const { current, pending } = await ports.secret.stages();
  const keys = version === pending || version === current ? await ports.secret.read(version) : undefined;
  if (!keys) throw new OperationError(`the version ${version} is not pending; start a new rotation`);
  const before = current === version ? undefined : await readStaged(ports, current);
  return { key: { kid: keys.current, masterKey: keys.keys[keys.current]!, shardCount }, heirOf: before?.current, current };
}

/** Those that handlers may sign with, now or once a pending rotation ends, or that living sessions are signed with. */
async function livingKeyIds(ports: Ports): Promise<ReadonlySet<string>> {
  const { current, pending } = await ports.secret.stages();
  const versions = await Promise.all([current, pending].map((version) => readStaged(ports, version)));
  return new Set(versions.flatMap((keys) => Object.keys(keys?.keys ?? {})));
}

/** @throws OperationError when a version has a label and no keys */
async function readStaged({ secret }: Ports, version: string | undefined): Promise<SessionKeys | undefined> {
  if (version === undefined) return undefined;
  const keys = await secret.read(version);
  // Going on without them would end every session.
  if (!keys) throw new OperationError(`the version ${version} has a staging label and no value; remove the label and rotate again`);
  return keys;
}
