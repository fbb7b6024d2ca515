/**
 * The four steps in which Secrets Manager rotates a value that servers share with the gate: the origin secret, or the
 * keys of assertions. Each can be repeated.
 *
 * Servers accept two values: the one that the gate uses, and the next one. A rotation makes the gate use the next one,
 * which every server has known since the last rotation. The secret drops the old value and announces another one only
 * when every edge uses the new value. So no request is refused, no matter when a server reads the secret.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { ASSERTION_RECORD } from "../../session/assertion";
import { assertionRecord } from "../../session/assertion-keys";
import { ORIGIN_SECRET_RECORD, type OriginSecret } from "../../session/origin-secret";
import { OperationError } from "../errors";
import type { OriginSecretPorts } from "../ports";
import { retry } from "../retry";
import { writeRecord } from "./record";

/** @param version ID of the version that the rotation makes: the event's ClientRequestToken */
type Step = (ports: OriginSecretPorts, version: string) => Promise<Record<string, string | number>>;

/** The gate's record of the value that it uses. */
interface Shared {
  /** A name for people, in logs and errors. */
  name: string;
  /** The name of the store's record. */
  record: string;
  /** The text of the record. */
  textOf: (value: string) => string;
}

const TEST_ATTEMPTS = 6;

/** Steps by their names in Secrets Manager. What a step returns is logged. */
export const ORIGIN_SECRET_STEPS = stepsFor({
  name: "origin secret",
  record: ORIGIN_SECRET_RECORD,
  textOf: (value) => value,
});
export const ASSERTION_KEY_STEPS = stepsFor({
  name: "assertion key",
  record: ASSERTION_RECORD,
  textOf: assertionRecord,
});

function stepsFor({ name, record, textOf }: Shared): Readonly<Record<string, Step>> {
  return {
    async createSecret({ secret, random }, version) {
      if (await secret.read(version)) return { created: 0 };
      const current = await currentValue(secret);
      const fresh = () => random(32).toString("base64url");
      await secret.putPending(version, { accepted: [current ? current.accepted[1] : fresh(), fresh()] });
      return { created: 1 };
    },

    /** From here on, the edges switch to the value that servers know as the next one. */
    async setSecret(ports, version) {
      const [sent] = (await rotating(ports, version)).accepted;
      return { written: (await writeRecord(ports, record, textOf(sent))) ? 1 : 0 };
    },

    /** Reads the record back, and waits until the edges have it. */
    async testSecret(ports, version) {
      const [sent] = (await rotating(ports, version)).accepted;
      await retry(ports, TEST_ATTEMPTS, `the store does not have the new ${name}`, async () =>
        (await ports.store.get(record)) === textOf(sent) ? sent : undefined,
      );
      await ports.wait(ports.propagation);
      return {};
    },

    /** From here on, servers no longer accept the old value. */
    async finishSecret(ports, version) {
      const [sent] = (await rotating(ports, version)).accepted;
      // The record may have been lost, or overwritten by a late step, during the wait for the edges.
      if ((await ports.store.get(record)) !== textOf(sent))
        throw new OperationError(`the store does not have the new ${name}; start a new rotation`);
      const { current } = await ports.secret.stages();
      if (current !== version) await ports.secret.promote(version, current);
      await ports.secret.unlabel("pending", version);
      return {};
    },
  };

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
      throw new OperationError(`the ${name} was replaced while it was rotated; start a new rotation`);
    }
    return value;
  }
}

/** Undefined before the first rotation. */
async function currentValue(secret: OriginSecretPorts["secret"]): Promise<OriginSecret | undefined> {
  const { current } = await secret.stages();
  return current === undefined ? undefined : secret.read(current);
}
