/**
 * The four steps in which Secrets Manager rotates a secret. Each may be repeated, and all of them may be started again from
 * the first after a crash at any point, hours later too.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import type { ShardCount } from "../../session/shard";
import { addedBy } from "../session-keys/lineage";
import { backoff, converge } from "../store/converge";
import { project, recordsOf } from "../store/projection";
import { OperationError } from "../errors";
import type { Ports } from "./ports";
import { promote } from "./promote";
import { readStaged, rotationOf, type Rotation } from "./rotation";
import { nextKeys } from "./session-keys";
import { countMissing, recordsToSweep, recordsToWrite, shards } from "./shard-records";

export interface RotationSettings {
  shardCount: ShardCount;
  /** Seconds for which sessions may live that a key signed before it retired. */
  keyRetention: number;
  /** Seconds from the last write to the store until every edge has it; AWS gives no bound. */
  propagation: number;
  /** Seconds a token is good for. */
  tokenLifetime: number;
  /** Seconds until every handler has fetched the keys anew. */
  handlerCache: number;
}

/** @param version id of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: Ports, settings: RotationSettings, version: string) => Promise<Record<string, string | number>>;

const TEST_ATTEMPTS = 6;
/** Seconds that the steps themselves take: the records of 4,096 shards are written in two minutes, unless others write too. */
const WORK = 600;

/** By the names that Secrets Manager gives them. What a step returns is for the log. */
export const STEPS: Readonly<Record<string, Step>> = { createSecret, setSecret, testSecret, finishSecret };

/** Makes the new key. On a secret that has no version yet, which Terraform leaves, it is the first one. */
async function createSecret(ports: Ports, { keyRetention, propagation, handlerCache }: RotationSettings, version: string) {
  const { secret } = ports;
  if (await secret.read(version)) return { kid: (await rotationOf(ports, version)).keys.current, created: 0 };
  const { current, previous, lastRotated } = await secret.stages();
  const keys = nextKeys(
    {
      current: await readStaged(secret, current),
      previous: await readStaged(secret, previous),
      lastRotated,
      retention: keyRetention,
      lead: WORK + propagation + handlerCache,
    },
    ports,
  );
  await secret.putPending(version, keys);
  return { kid: keys.current, created: 1, keys: Object.keys(keys.keys).length };
}

/** Writes the records of the new key; no token is signed with it yet. */
async function setSecret(ports: Ports, settings: RotationSettings, version: string) {
  const rotation = await rotationOf(ports, version);
  return { kid: rotation.keys.current, written: await writeRecords(ports, settings, rotation) };
}

/** Reads every record back, and waits until the edges have them. */
async function testSecret(ports: Ports, { shardCount, propagation }: RotationSettings, version: string) {
  const { current: kid, keys } = (await rotationOf(ports, version)).keys;
  for (let attempt = 1; ; attempt++) {
    const missing = countMissing((await ports.store.read()).records, { kid, masterKey: keys[kid]!, shardCount });
    if (missing === 0) break;
    if (attempt === TEST_ATTEMPTS) throw new OperationError(`${missing} of ${shardCount} shards have no record of the new key`);
    await ports.wait(backoff(attempt));
  }
  await ports.wait(propagation);
  return { kid, shards: shardCount };
}

/** Hands the new key to the handlers, then removes the records of keys that no living session is signed with. */
async function finishSecret(ports: Ports, settings: RotationSettings, version: string) {
  const rotation = await rotationOf(ports, version);
  // A record may have been lost while the edges were waited for.
  const written = await writeRecords(ports, settings, rotation);
  await promote(ports, settings, rotation);
  // Secrets Manager takes a label that stays, once another version is current, for a rotation that goes on:
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
  await ports.secret.unlabel("pending", version);
  return { kid: rotation.keys.current, written, swept: await converge(ports, async (records) => recordsToSweep(records, await livingRecords(ports, settings))) };
}

/**
 * The ledger, not the records of the key before, says who is revoked. It is read after the store's ETag: a revocation that it does not
 * have yet will be written to the store later than that, by a revoker that knows of this key.
 */
async function writeRecords(ports: Ports, { shardCount, tokenLifetime }: RotationSettings, { keys, outgoing }: Rotation): Promise<number> {
  const { current: kid } = keys;
  const all = outgoing ? [outgoing.keys, ...addedBy(keys, outgoing.keys)] : [keys];
  return converge(ports, async (records) => {
    const now = ports.now();
    const wanted = project(all, await ports.ledger.livingRevocations(now), { shardCount, tokenLifetime, now });
    return recordsToWrite(records, wanted.records, { kid, shardCount });
  });
}

/** Names of the records of keys that handlers may sign with, now or once a pending rotation ends, or that living sessions are signed with. */
async function livingRecords({ secret }: Ports, { shardCount }: RotationSettings): Promise<ReadonlySet<string>> {
  const stages = await secret.stages();
  const current = await readStaged(secret, stages.current);
  const pending = stages.pending === undefined ? undefined : await secret.read(stages.pending);
  const all = [...(current ? [current] : []), ...(pending ? addedBy(pending, current) : [])];
  return new Set(shards(shardCount).flatMap((shard) => all.flatMap((keys) => recordsOf(keys, shard))));
}
