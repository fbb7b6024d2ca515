/** `edgegate rotate-keys`: a new session key, by Secrets Manager's rotation. Nobody is signed out. */
import { setTimeout } from "node:timers/promises";
import { DescribeSecretCommand, RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { keyRotatorFunctionName, sessionKeysSecretName } from "../../stacks/names";
import { explain } from "../aws-failures";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import { duration, facts, type Outcome } from "../output";
import { withProgress } from "../progress";

/** Milliseconds. */
const PAUSE = { local: 200, aws: 3_000 };
/** Milliseconds: the rotator's longest run for each of the two steps that wait. */
const LIMIT = 30 * 60_000;

/** `pending` where it was not waited for. */
type Rotation = "done" | "pending";

export async function rotateKeys({ gateway, options }: Context<{ wait: boolean }>): Promise<Outcome> {
  const { config, isLocal } = gateway;
  await confirm(`A new session key for ${config.name}. Nobody is signed out; it takes some minutes.\n`, options);
  const secret = sessionKeysSecretName(config);
  const client = new SecretsManagerClient(gateway.client);
  const call = (action: string) => ({
    action,
    resource: `secret ${secret}`,
    gateway: config.name,
    isLocal,
    mayQuote: true,
  });
  try {
    const version = await start(client, secret, `/aws/lambda/${keyRotatorFunctionName(config)}`).catch(
      (error: unknown) => {
        throw explain(error, call("secretsmanager:RotateSecret"));
      },
    );
    const state: Rotation = options.wait
      ? await withProgress(
          "Putting the new key into the store, and waiting until every edge and every handler knows it",
          options,
          () =>
            promotion(
              client,
              secret,
              version,
              isLocal ? PAUSE.local : PAUSE.aws,
              `/aws/lambda/${keyRotatorFunctionName(config)}`,
            ),
        ).catch((error: unknown) => {
          throw explain(error, call("secretsmanager:DescribeSecret"));
        })
      : "pending";
    return { json: { secret, version, state }, text: told(state, config.name, version, config.session.absolute) };
  } finally {
    client.destroy();
  }
}

/** @returns the id of the version that the rotation makes */
async function start(client: SecretsManagerClient, secret: string, logGroup: string): Promise<string> {
  try {
    const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: secret }));
    return VersionId!;
  } catch (error) {
    if ((error as Error).name !== "InvalidRequestException") throw error;
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    throw new CommandFailure(
      "failed",
      "an earlier rotation has not ended, and is tried again now",
      `wait some minutes; why it did not end is in the log group ${logGroup}`,
    );
  }
}

/** Waits until the version signs. @throws CommandFailure when it never will, or does not within half an hour */
async function promotion(
  client: SecretsManagerClient,
  secret: string,
  version: string,
  pause: number,
  logGroup: string,
): Promise<"done"> {
  for (const end = Date.now() + LIMIT; Date.now() < end; await setTimeout(pause)) {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secret }));
    const labels = VersionIdsToStages[version] ?? [];
    if (labels.includes("AWSCURRENT")) return "done";
    if (!labels.includes("AWSPENDING"))
      throw new CommandFailure("failed", "the rotation was stopped; a lockdown does that", "rotate again");
  }
  throw new CommandFailure(
    "failed",
    "the rotation has not ended after half an hour; the old key goes on signing",
    `look at the log group ${logGroup}`,
  );
}

function told(state: Rotation, name: string, version: string, absolute: number): string {
  const title = {
    done: `The session keys of ${name} were rotated`,
    pending: `The session keys of ${name} are being rotated`,
  }[state];
  const signs = {
    done: "signs what is signed from now on",
    pending: "signs within some minutes: once every edge and every handler knows it",
  }[state];
  return (
    `${title}\n` +
    facts([
      ["version", version],
      ["sessions", "go on; nobody signs in again"],
    ]) +
    "When\n" +
    facts([
      ["new key", signs],
      [
        "old key",
        `its record stays until the last session that it signed is over (${duration(absolute)}), and 25 hours more`,
      ],
    ])
  );
}
