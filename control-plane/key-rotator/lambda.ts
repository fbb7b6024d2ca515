/**
 * Entry point of the key rotator's bundle: Secrets Manager calls it for each step of a rotation, of the session keys or
 * of the origin secret.
 */
import type { SecretsManagerRotationEvent } from "aws-lambda";
import { awsPorts, log } from "../aws";
import { entryLifetime, seconds } from "../environment";
import { describeError, OperationError } from "../errors";
import { ORIGIN_SECRET_STEPS } from "../origin-secret/steps";
import type { RotatorPorts } from "../ports";
import { originSecret } from "../secrets/aws";
import { STEPS } from "./steps";

/** @throws Error that names the step and the cause; Secrets Manager then starts the rotation again */
export async function handler(event: SecretsManagerRotationEvent): Promise<void> {
  const { Step, SecretId, ClientRequestToken } = event;
  const isOriginSecret = SecretId === process.env["ORIGIN_SECRET_ARN"];
  const entry = {
    step: Object.hasOwn(STEPS, Step) ? Step : "unknown",
    version: ClientRequestToken,
    ...(isOriginSecret && { secret: "origin" }),
  };
  try {
    if (entry.step === "unknown") throw new OperationError("only Secrets Manager's rotation steps are answered");
    const ports = rotatorPorts(SecretId);
    const done = isOriginSecret
      ? ORIGIN_SECRET_STEPS[Step]!({ ...ports, secret: originSecret(SecretId) }, ClientRequestToken)
      : STEPS[Step]!(ports, ClientRequestToken);
    log({ ...entry, outcome: "done", ...(await done) });
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
