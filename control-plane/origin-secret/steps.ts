/**
 * The four steps in which Secrets Manager rotates the origin secret. Each can be repeated.
 *
 * Servers accept two values: the one that the gate sends, and the next one. A rotation sends the next one, which every
 * server has known since the last rotation. Only when every edge sends it, the secret drops the old value and announces
 * another one. So no request is refused, whenever a server reads the secret.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { ORIGIN_SECRET_RECORD, type OriginSecret } from "../../session/origin-secret";
import { OperationError } from "../errors";
import type { OriginSecretPorts } from "../ports";
import { retry } from "../retry";
import { writeRecord } from "./record";

/** @param version ID of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: OriginSecretPorts, version: string) => Promise<Record<string, string | number>>;

const TEST_ATTEMPTS = 6;

/** Steps by their names in Secrets Manager. What a step returns is logged. */
export const ORIGIN_SECRET_STEPS: Readonly<Record<string, Step>> = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
};

async function createSecret({ secret, random }: OriginSecretPorts, version: string) {
  if (await secret.read(version)) return { created: 0 };
  const current = await currentValue(secret);
  const fresh = () => random(32).toString("base64url");
  await secret.putPending(version, { accepted: [current ? current.accepted[1] : fresh(), fresh()] });
  return { created: 1 };
}

/** From here on, the edges change to the value that every server has known as the next one. */
async function setSecret(ports: OriginSecretPorts, version: string) {
  const [sent] = (await rotating(ports, version)).accepted;
  return { written: (await writeRecord(ports, ORIGIN_SECRET_RECORD, sent)) ? 1 : 0 };
}

/** Reads the record back, and waits until the edges have it. */
async function testSecret(ports: OriginSecretPorts, version: string) {
  const [sent] = (await rotating(ports, version)).accepted;
  await retry(ports, TEST_ATTEMPTS, "the store does not have the new origin secret", async () =>
    (await ports.store.get(ORIGIN_SECRET_RECORD)) === sent ? sent : undefined,
  );
  await ports.wait(ports.propagation);
  return {};
}

/** The old value is not accepted any more. */
async function finishSecret(ports: OriginSecretPorts, version: string) {
  const [sent] = (await rotating(ports, version)).accepted;
  // The record may have been lost, or overwritten by a late step, during the wait for the edges.
  if ((await ports.store.get(ORIGIN_SECRET_RECORD)) !== sent)
    throw new OperationError("the store does not have the new origin secret; start a new rotation");
  const { current } = await ports.secret.stages();
  if (current !== version) await ports.secret.promote(version, current);
  await ports.secret.unlabel("pending", version);
  return {};
}

/**
 * The value of a version that is being rotated, or was: a step may be repeated.
 *
 * @throws OperationError for any other version, whose values servers do not accept
 */
async function rotating({ secret }: OriginSecretPorts, version: string): Promise<OriginSecret> {
  const stages = await secret.stages();
  const isActive = stages.current === version || stages.pending === version;
  const value = isActive ? await secret.read(version) : undefined;
  if (!value) throw new OperationError(`the version ${version} is not pending; start a new rotation`);
  const current = await currentValue(secret);
  if (current && !current.accepted.includes(value.accepted[0])) {
    await secret.unlabel("pending", version);
    throw new OperationError("the origin secret was replaced while it was rotated; start a new rotation");
  }
  return value;
}

/** Undefined before the first rotation. */
async function currentValue(secret: OriginSecretPorts["secret"]): Promise<OriginSecret | undefined> {
  const { current } = await secret.stages();
  return current === undefined ? undefined : secret.read(current);
}
