/** `edgegate policy diff`: who gains or loses access to what, between two configs. */
import { accessDiff, type AccessChange } from "../../policy/diff/access-diff";
import { hostInWords, methodsInWords, pathInWords } from "../../policy/diff/words";
import type { GlobalOptions } from "../options";
import { columns, count, type Outcome } from "../output";
import { readPolicy } from "../policies";
import { printable } from "../printable";

const COLUMNS = ["", "who", "path", "methods", "host"];

export async function policyDiff(
  options: GlobalOptions & { exitCode?: boolean },
  before: string,
  after: string,
): Promise<Outcome> {
  const [first, second] = [await readPolicy(before), await readPolicy(after)];
  const changes = accessDiff(first, second);
  const lines = changes.map(({ gains, loses }) => gains.length + loses.length).reduce((a, b) => a + b, 0);
  const opened = changes.filter(({ newlyPublic }) => newlyPublic).length;
  return {
    json: { before, after, closed: { before: first.closedTo, after: second.closedTo }, changes },
    text:
      changes.length === 0
        ? "Nobody gains or loses access\n"
        : `${printable(before)} → ${printable(after)}: ${count(lines, "change")} of access${opened > 0 ? `, ${opened} to the public` : ""}\n` +
          columns(COLUMNS, changes.flatMap(rowsOf)) +
          closing(first.closedTo, second.closedTo),
    ...(options.exitCode && changes.length > 0 && { exit: "accessDiffers" as const }),
  };
}

function rowsOf(change: AccessChange): string[][] {
  const where = [pathInWords(change), methodsInWords(change), hostInWords(change)];
  return [
    ...change.gains.map((who) => ["+", change.newlyPublic ? `${who} (now public)` : who, ...where]),
    ...change.loses.map((who) => ["-", who, ...where]),
  ];
}

function closing(before: readonly string[] | undefined, after: readonly string[] | undefined): string {
  if (!before === !after) return "";
  return after ? 'The site closes: "maintenance" is new\n' : 'The site opens: "maintenance" is gone\n';
}
