/** `edgegate rotate-keys`: makes a new session key through Secrets Manager's rotation. Nobody is signed out. */
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

/** `pending` if the command did not wait. */
type Rotation = "done" | "pending";

export async function rotateKeys({ gateway, options }: Context<{ wait: boolean }>): Promise<Outcome> {
  const { config, isLocal } = gateway;
  await confirm(`${config.name} gets a new session key. Nobody is signed out. This takes a few minutes.\n`, options);
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

/** Waits until the version signs. @throws CommandFailure if it never will, or does not within half an hour */
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
      throw new CommandFailure("failed", "the rotation was stopped, as a lockdown does", "run the command again");
  }
  throw new CommandFailure(
    "failed",
    "the rotation has not ended after half an hour; the old key still signs",
    `look at the log group ${logGroup}`,
  );
}

function told(state: Rotation, name: string, version: string, absolute: number): string {
  const title = {
    done: `The session keys of ${name} were rotated`,
    pending: `The session keys of ${name} are being rotated`,
  }[state];
  const signs = {
    done: "signs all tokens from now on",
    pending: "signs in a few minutes, when every edge and every handler knows it",
  }[state];
  return (
    `${title}\n` +
    facts([
      ["version", version],
      ["sessions", "continue; nobody has to sign in again"],
    ]) +
    "When\n" +
    facts([
      ["new key", signs],
      [
        "old key",
        `its record stays until the last session that it signed has ended (${duration(absolute)}), and 25 hours more`,
      ],
    ])
  );
}
