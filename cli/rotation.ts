/** Rotates a secret through Secrets Manager, and waits for the end. */
import { setTimeout } from "node:timers/promises";
import { DescribeSecretCommand, RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { keyRotatorFunctionName } from "../stacks/names";
import { explain } from "./aws-failures";
import type { Context } from "./context";
import { CommandFailure } from "./failures";
import { withProgress } from "./progress";

/** Milliseconds. */
const PAUSE = { local: 200, aws: 3_000 };
/** Milliseconds: the rotator's longest run for each of the two steps that wait. */
const LIMIT = 30 * 60_000;

/** `pending` if the command did not wait. */
export type Rotation = "done" | "pending";

/**
 * @param secret its name
 * @param progress message during the wait
 * @param failed message about the state if the rotation does not end
 */
export async function rotate(
  { gateway, options }: Context<{ wait: boolean }>,
  secret: string,
  progress: string,
  failed: string,
): Promise<{ version: string; state: Rotation }> {
  const { config, isLocal } = gateway;
  const logGroup = `/aws/lambda/${keyRotatorFunctionName(config)}`;
  const client = new SecretsManagerClient(gateway.client);
  const explained = (action: string) => (error: unknown) => {
    throw explain(error, { action, resource: `secret ${secret}`, gateway: config.name, isLocal, mayQuote: true });
  };
  try {
    const version = await start(client, secret, logGroup).catch(explained("secretsmanager:RotateSecret"));
    if (!options.wait) return { version, state: "pending" };
    const pause = isLocal ? PAUSE.local : PAUSE.aws;
    const state = await withProgress(progress, options, () =>
      promotion(client, secret, version, { pause, logGroup, failed }),
    ).catch(explained("secretsmanager:DescribeSecret"));
    return { version, state };
  } finally {
    client.destroy();
  }
}

/** @returns the ID of the version that the rotation makes */
async function start(client: SecretsManagerClient, secret: string, logGroup: string): Promise<string> {
  try {
    const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: secret }));
    return VersionId!;
  } catch (error) {
    if ((error as Error).name !== "InvalidRequestException") throw error;
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    throw new CommandFailure(
      "failed",
      "an earlier rotation has not ended; it is being tried again now",
      `wait a few minutes; the log group ${logGroup} says why it did not end`,
    );
  }
}

/** Waits until the version is current. @throws CommandFailure if it never will, or does not within half an hour */
async function promotion(
  client: SecretsManagerClient,
  secret: string,
  version: string,
  { pause, logGroup, failed }: { pause: number; logGroup: string; failed: string },
): Promise<"done"> {
  for (const end = Date.now() + LIMIT; Date.now() < end; await setTimeout(pause)) {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secret }));
    const labels = VersionIdsToStages[version] ?? [];
    if (labels.includes("AWSCURRENT")) return "done";
    if (!labels.includes("AWSPENDING"))
      throw new CommandFailure("failed", "the rotation was stopped, as a lockdown does", "run the command again");
  }
  throw new CommandFailure(
    "failed",
    `the rotation has not ended after half an hour; ${failed}`,
    `look at the log group ${logGroup}`,
  );
}
