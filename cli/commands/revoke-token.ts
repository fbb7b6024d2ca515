/** `edgegate token revoke`: ends a service token, and every edge token that was made from it. */
import { serviceTokenId } from "../../session/service-token";
import { SHORT_ID } from "../../session/revocation";
import type { Context } from "../context";
import { CommandFailure, usageFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { recordedFacts } from "../recorded-facts";
import { printable } from "../printable";
import { askRevoker } from "../revoker";
import { takesEffect, takesEffectText } from "../takes-effect";

/** @param id as `edgegate token list` shows it */
export async function revokeToken({ gateway, by, reason }: Context, id: string): Promise<Outcome> {
  if (!SHORT_ID.test(id)) {
    const found = serviceTokenId(id);
    throw usageFailure(
      found === undefined ? "this is not the ID of a service token" : "this is a whole service token",
      found === undefined
        ? "write the 16 characters that edgegate token list shows"
        : `write its ID, ${found}, and clear the token from your shell's history`,
    );
  }
  const { tokens } = await askRevoker(gateway, { operation: "tokens" });
  const token = tokens.find((each) => each.id === id);
  // The ID of a session has the same form.
  if (!token)
    throw new CommandFailure("notFound", "the ledger has no such service token", "edgegate token list shows all");
  const answer = await askRevoker(gateway, {
    operation: "revoke",
    command: { version: 1, target: { type: "session", sid: id }, by, reason },
  });
  const effect = takesEffect(gateway);
  return {
    json: { id, ...answer, takesEffect: effect },
    text:
      `Service token ${id}: ${answer.isNew ? "revoked" : "was already revoked"}\n` +
      facts([["it was for", printable(token.description)], ...recordedFacts(answer)]) +
      takesEffectText(effect),
  };
}
