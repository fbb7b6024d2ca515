/**
 * Entry point of the key rotator's bundle: Secrets Manager calls it for each step of a rotation, of the session keys,
 * the origin secret, or the keys of assertions.
 */
import type { SecretsManagerRotationEvent } from "aws-lambda";
import { awsPorts } from "../aws";
import { entryLifetime, seconds } from "../environment";
import { describeError, OperationError } from "../errors";
import { log } from "../log";
import { ASSERTION_KEY_STEPS, ORIGIN_SECRET_STEPS } from "../origin-secret/steps";
import type { RotatorPorts } from "../ports";
import { assertionKeys, originSecret } from "../secrets/aws";
import { STEPS } from "./steps";

/** @throws Error that names the step and the cause; Secrets Manager then starts the rotation again */
export async function handler(event: SecretsManagerRotationEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = event;
  const shared = sharedSecret(SecretId);
  const entry = {
    step: Object.hasOwn(STEPS, Step) ? Step : "unknown",
    version: ClientRequestToken,
    ...(shared && { secret: shared.name }),
  };
  try {
    if (entry.step === "unknown") throw new OperationError("only Secrets Manager's rotation steps are answered");
    const ports = rotatorPorts(SecretId);
    const done = shared
      ? shared.steps[Step]!({ ...ports, secret: shared.open(SecretId) }, ClientRequestToken)
      : STEPS[Step]!(ports, ClientRequestToken);
    log({ ...entry, outcome: "done", ...(await done) });
  } catch (error) {
    const detail = describeError(error);
    log({ ...entry, outcome: "failed", detail });
    // Not the original error: Lambda logs what is thrown, and AWS's messages can echo the request.
    throw new Error(`${entry.step}: ${detail}`);
  }
}

/** The values that servers share with the gate; undefined for the session keys. */
function sharedSecret(secretId: string) {
  switch (secretId) {
    case process.env["ORIGIN_SECRET_ARN"]:
      return { name: "origin", steps: ORIGIN_SECRET_STEPS, open: originSecret };
    case process.env["ASSERTION_KEYS_ARN"]:
      return { name: "assertion", steps: ASSERTION_KEY_STEPS, open: assertionKeys };
    default:
      return undefined;
  }
}

function rotatorPorts(secretId: string): RotatorPorts {
  return {
    ...awsPorts(secretId),
    entryLifetime: entryLifetime(),
    keyRetention: seconds("KEY_RETENTION_SECONDS"),
    propagation: seconds("PROPAGATION_SECONDS"),
    keyAnnouncement: seconds("KEY_ANNOUNCEMENT_SECONDS"),
  };
}
