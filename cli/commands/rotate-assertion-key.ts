/** `edgegate rotate-assertion-key`: the gate signs with the next key, which servers know already, and another one follows. */
import { assertionKeysName } from "../../stacks/names";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { usageFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { rotate } from "../rotation";

export async function rotateAssertionKey(context: Context<{ wait: boolean }>): Promise<Outcome> {
  const { config } = context.gateway;
  if (!config.assertion)
    throw usageFailure(
      `no origin of ${config.name} gets assertions`,
      'write assertion: { audience: "https://…" }, and assertion: true at an origin, and deploy (docs/origin-assertion/README.md)',
    );
  await confirm(
    `The gate of ${config.name} signs with the next key. A server that has not got it refuses every request then.\n`,
    context.options,
  );
  const secret = assertionKeysName(config);
  const { version, state } = await rotate(
    context,
    secret,
    "Putting the next key into the store, and waiting until every edge signs with it",
    "servers accept what the gate signs all the same",
  );
  return {
    json: { secret, version, state },
    text:
      `The key of assertions of ${config.name} ${state === "done" ? "was" : "is being"} rotated\n` +
      facts([
        ["version", version],
        [
          "the gate",
          state === "done" ? "signs with the key that was the next one" : "signs with the next key in a minute",
        ],
        ["servers", `read the key after that from the secret ${secret}, before the next rotation`],
      ]),
  };
}
