/** `edgegate revoke session`: ends one session. */
import { SHORT_ID } from "../../session/revocation";
import type { Context } from "../context";
import { usageFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { recordedFacts } from "../recorded-facts";
import { askRevoker } from "../revoker";
import { takesEffect, takesEffectText } from "../takes-effect";

/** @param sid as `edgegate sessions` lists it */
export async function revokeSession({ gateway, by, reason }: Context, sid: string): Promise<Outcome> {
  if (!SHORT_ID.test(sid)) {
    throw usageFailure(
      `${JSON.stringify(sid)} is not a session ID`,
      "write the 16 characters of the sid: from edgegate sessions, the logs or x-gate-session",
    );
  }
  const answer = await askRevoker(gateway, {
    operation: "revoke",
    command: { version: 1, target: { type: "session", sid }, by, reason },
  });
  const effect = takesEffect(gateway);
  const { revocation, isNew } = answer;
  return {
    json: { sid, ...answer, takesEffect: effect },
    text:
      `Session ${sid}${revocation.uid === undefined ? "" : ` of ${revocation.uid}`}: ${isNew ? "revoked" : "was already revoked"}\n` +
      facts(recordedFacts(answer)) +
      takesEffectText(effect),
  };
}
