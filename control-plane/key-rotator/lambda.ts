/** Entry point of the key rotator's bundle: Secrets Manager calls it for each step of a rotation. */
import type { SecretsManagerRotationEvent } from "aws-lambda";
import { awsPorts, log } from "../aws";
import { entryLifetime, seconds } from "../environment";
import { describeError, OperationError } from "../errors";
import type { RotatorPorts } from "../ports";
import { STEPS } from "./steps";

/** @throws Error that names the step and the cause; Secrets Manager then starts the rotation again */
export async function handler(event: SecretsManagerRotationEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = event;
  const entry = { step: Object.hasOwn(STEPS, Step) ? Step : "unknown", version: ClientRequestToken };
  try {
    const step = STEPS[entry.step];
    if (!step) throw new OperationError("only Secrets Manager's rotation steps are answered");
    log({ ...entry, outcome: "done", ...(await step(rotatorPorts(SecretId), ClientRequestToken)) });
  } catch (error) {
    const detail = describeError(error);
    log({ ...entry, outcome: "failed", detail });
    // Not the original error: Lambda logs what is thrown, and AWS's messages can echo the request.
    throw new Error(`${entry.step}: ${detail}`);
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
