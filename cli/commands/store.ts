/** `edgegate store check` and `edgegate store rebuild`: compare the store with ledger and keys, or make it match. */
import { confirm } from "../confirm";
import type { Context } from "../context";
import { count, facts, type Outcome } from "../output";
import { withProgress } from "../progress";
import { askRevoker } from "../revoker";
import { takesEffect } from "../takes-effect";

/** How many names of records people see; `--json` has all of them. */
const MAX_TOLD = 5;

export async function checkStore({ gateway, options }: Context): Promise<Outcome> {
  const answer = await withProgress("Comparing the store with ledger and keys", options, () =>
    askRevoker(gateway, { operation: "check" }),
  );
  const { isRight, expected, missing, wrong, unexpected, revocations } = answer;
  const all = `${count(expected, "record")}, ${count(revocations, "active revocation")}`;
  if (isRight) return { json: answer, text: `The store matches ledger and keys: ${all}\n` };
  return {
    json: answer,
    exit: "storeDiffers",
    text:
      `The store does not match ledger and keys: ${all}\n` +
      facts([
        ["missing", told(missing)],
        ["wrong", told(wrong)],
        ["unexpected", told(unexpected)],
      ]) +
      "edgegate store rebuild corrects it. During a key rotation or a revocation, a difference can be gone a moment later.\n",
  };
}

export async function rebuildStore({ gateway, options }: Context): Promise<Outcome> {
  const { name } = gateway.config;
  await confirm(
    `The store of ${name} will be made equal to ledger and keys. Sessions whose records are right continue.\n`,
    options,
  );
  const answer = await withProgress("Rebuilding the store", options, () =>
    askRevoker(gateway, { operation: "rebuild" }),
  );
  const { gate } = takesEffect(gateway);
  const reach =
    gate === "immediately" ? "the local edge reads the store itself" : "the edges have the records; AWS gives no bound";
  return {
    json: { ...answer, takesEffect: { gate } },
    text:
      `The store of ${name} matches ledger and keys\n` +
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
