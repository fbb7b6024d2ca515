/** Asks before a command that affects many people. */
import { createInterface } from "node:readline/promises";
import { onStderr } from "./colors";
import { CommandFailure } from "./failures";
import type { OperatorOptions } from "./options";

/**
 * @param effect what will happen, as lines that end in a line break
 * @throws CommandFailure if the answer is not yes, or if there is no terminal
 */
export async function confirm(effect: string, { yes }: OperatorOptions): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CommandFailure(
      "refused",
      "this needs confirmation, and there is no terminal to ask for it",
      "add --yes if you mean it",
    );
  }
  process.stderr.write(effect);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${onStderr.bold("Continue?")} [y/N] `), ended]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure("refused", "not confirmed; nothing was done");
  } finally {
    lines.close();
  }
}
