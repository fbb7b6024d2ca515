/** `edgegate lockdown`: ends every session, and every token that a stolen key could sign. */
import { confirm } from "../confirm";
import type { Context } from "../context";
import { count, facts, time, type Outcome } from "../output";
import { withProgress } from "../progress";
import { askRevoker } from "../revoker";
import { takesEffect, takesEffectText } from "../takes-effect";

export async function lockdown({ gateway, options, by, reason }: Context): Promise<Outcome> {
  const { name, domain } = gateway.config;
  await confirm(
    `Everybody who is signed in to ${name} (${domain}) will be signed out, and every session key replaced.\n`,
    options,
  );
  const answer = await withProgress("Ending every session", options, () =>
    askRevoker(gateway, { operation: "lockdown", by, reason }),
  );
  const effect = takesEffect(gateway);
  return {
    json: { ...answer, takesEffect: effect },
    text:
      `Every session of ${name} has ended\n` +
      facts([
        ["revoked", `what began before ${time(answer.revocation.recordedAt)}; everyone can sign in again immediately`],
        ["key", `${answer.kid} signs from now on; no other key is left`],
        ["store", `${count(answer.deleted, "record")} of old keys removed`],
      ]) +
      takesEffectText(effect),
  };
}
