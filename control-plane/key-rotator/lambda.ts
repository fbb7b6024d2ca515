/** Entry point of the key rotator's bundle: Secrets Manager calls it for each step of a rotation. */
import type { SecretsManagerRotationEvent } from "aws-lambda";
import { awsPorts } from "../aws";
import { seconds } from "../environment";
import { describeError, OperationError } from "../errors";
import { log } from "../log";
import { STEPS, type RotationSettings } from "./steps";

/** @throws Error that names the step and the cause; Secrets Manager then starts the rotation again */
export async function handler(event: SecretsManagerRotationEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = event;
  const entry = { step: Object.hasOwn(STEPS, Step) ? Step : "unknown", version: ClientRequestToken };
  try {
    const step = STEPS[entry.step];
    if (!step) throw new OperationError("only Secrets Manager's rotation steps are answered");
    log({ ...entry, outcome: "done", ...(await step(awsPorts(SecretId), settings(), ClientRequestToken)) });
  } catch (error) {
    const detail = describeError(error);
    log({ ...entry, outcome: "failed", detail });
    // Not the original error: Lambda logs what is thrown, and AWS's messages can echo the request.
    throw new Error(`${entry.step}: ${detail}`);
  }
}

/** Set by Terraform (stacks/key-rotator.ts). */
function settings(): RotationSettings {
  return {
    keyRetention: seconds("KEY_RETENTION_SECONDS"),
    propagation: seconds("PROPAGATION_SECONDS"),
    keyAnnouncement: seconds("KEY_ANNOUNCEMENT_SECONDS"),
    tokenLifetime: seconds("TOKEN_SECONDS"),
  };
}
