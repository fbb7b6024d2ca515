/** `edgegate rotate-origin-secret`: the gate sends the next value, which servers accept already, and another one follows. */
import { usesOriginSecret } from "../../config/origins/protection";
import { originSecretName } from "../../stacks/names";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { usageFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { rotate } from "../rotation";

export async function rotateOriginSecret(context: Context<{ wait: boolean }>): Promise<Outcome> {
  const { config } = context.gateway;
  if (!usesOriginSecret(config))
    throw usageFailure(
      `no origin of ${config.name} gets a secret`,
      "write secretHeader: true at an origin and deploy (docs/origins.md)",
    );
  await confirm(
    `The gate of ${config.name} sends servers the next origin secret. A server that has not got it refuses every request then.\n`,
    context.options,
  );
  const secret = originSecretName(config);
  const { version, state } = await rotate(
    context,
    secret,
    "Putting the next value into the store, and waiting until every edge sends it",
    "servers accept what the gate sends all the same",
  );
  return {
    json: { secret, version, state },
    text:
      `The origin secret of ${config.name} ${state === "done" ? "was" : "is being"} rotated\n` +
      facts([
        ["version", version],
        ["the gate", state === "done" ? "sends the value that was the next one" : "sends the next value in a minute"],
        ["servers", `read the value after that from the secret ${secret}, before the next rotation`],
      ]),
  };
}
