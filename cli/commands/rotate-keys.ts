/** `edgegate rotate-keys`: makes a new session key through Secrets Manager's rotation. Nobody is signed out. */
import { sessionKeysSecretName } from "../../stacks/names";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { duration, facts, type Outcome } from "../output";
import { rotate, type Rotation } from "../rotation";

export async function rotateKeys(context: Context<{ wait: boolean }>): Promise<Outcome> {
  const { config } = context.gateway;
  await confirm(
    `${config.name} gets a new session key. Nobody is signed out. This takes a few minutes.\n`,
    context.options,
  );
  const secret = sessionKeysSecretName(config);
  const { version, state } = await rotate(
    context,
    secret,
    "Putting the new key into the store, and waiting until every edge and every handler knows it",
    "the old key still signs",
  );
  return { json: { secret, version, state }, text: told(state, config.name, version, config.session.absolute) };
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
