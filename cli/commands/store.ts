/**
 * `edgegate store check` and `edgegate store rebuild`: whether the store is what ledger and keys ask for, and making it
 * so.
 */
import { confirm } from "../confirm";
import type { Context } from "../context";
import { count, facts, type Outcome } from "../output";
import { withProgress } from "../progress";
import { askRevoker } from "../revoker";
import { takesEffect } from "../takes-effect";

/** Keys of records that are told to people; `--json` has all of them. */
const MAX_TOLD = 5;

export async function checkStore({ gateway, options }: Context): Promise<Outcome> {
  const answer = await withProgress("Comparing the store with ledger and keys", options, () =>
    askRevoker(gateway, { operation: "check" }),
  );
  const { isRight, expected, missing, wrong, unexpected, revocations } = answer;
  const all = `${count(expected, "record")}, ${count(revocations, "active revocation")}`;
  if (isRight) return { json: answer, text: `The store is what ledger and keys ask for: ${all}\n` };
  return {
    json: answer,
    exit: "storeDiffers",
    text:
      `The store is not what ledger and keys ask for: ${all}\n` +
      facts([
        ["missing", told(missing)],
        ["wrong", told(wrong)],
        ["unexpected", told(unexpected)],
      ]) +
      "edgegate store rebuild makes it right. While keys rotate or people are revoked a difference may be gone a moment later.\n",
  };
}

export async function rebuildStore({ gateway, options }: Context): Promise<Outcome> {
  const { name } = gateway.config;
  await confirm(
    `The store of ${name} is made equal to ledger and keys. Sessions whose records are right go on.\n`,
    options,
  );
  const answer = await withProgress("Rebuilding the store", options, () =>
    askRevoker(gateway, { operation: "rebuild" }),
  );
  const { gate } = takesEffect(gateway);
  const reach =
    gate === "at once" ? "the local edge reads the store itself" : "the edges have the records; AWS gives no bound";
  return {
    json: { ...answer, takesEffect: { gate } },
    text:
      `The store of ${name} is what ledger and keys ask for\n` +
      facts([
        ["records", `${answer.written} written, ${answer.deleted} deleted`],
        ["revocations", `${answer.revocations} active`],
      ]) +
      "When\n" +
      facts([[gate, reach]]),
  };
}

function told(names: readonly string[]): string {
  return names.length === 0
    ? "none"
    : `${names.length}: ${names.slice(0, MAX_TOLD).join(", ")}${names.length > MAX_TOLD ? ", …" : ""}`;
}
