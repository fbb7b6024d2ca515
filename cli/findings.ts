/** Shows what a doctor found. */
import type { Finding, Status } from "../doctor/finding";
import { onStdout } from "./colors";
import { count, type Outcome } from "./output";
import { printable } from "./printable";

const LABELS: Record<Status, [text: string, color: (text: string) => string]> = {
  ok: ["ok", onStdout.green],
  warning: ["note", onStdout.yellow],
  problem: ["WRONG", onStdout.red],
  skipped: ["skipped", onStdout.dim],
};
const LABEL_WIDTH = Math.max(...Object.values(LABELS).map(([text]) => text.length));

/** One line for each finding, and one below it that says what to do. */
export function findings(all: readonly Finding[]): string {
  const width = Math.max(...all.map(({ check }) => check.length));
  return all
    .map(({ check, status, seen, fix }) => {
      const [label, color] = LABELS[status];
      const indent = " ".repeat(LABEL_WIDTH + width + 6);
      return (
        `  ${color(label.padEnd(LABEL_WIDTH))}  ${check.padEnd(width)}  ${printable(seen)}\n` +
        (fix === undefined ? "" : `${indent}${onStdout.dim(`→ ${printable(fix)}`)}\n`)
      );
    })
    .join("");
}

/** With a verdict as the last line. @param text what was found, for people */
export function outcomeOf(all: readonly Finding[], json: object, text: string): Outcome {
  const of = (status: Status) => all.filter((finding) => finding.status === status).length;
  const problems = of("problem");
  const notes = of("warning");
  const verdict =
    problems > 0
      ? onStdout.red(`${count(problems, "problem")} of ${count(all.length, "check")}`)
      : onStdout.green(`${count(all.length - of("skipped"), "check")} passed`);
  return {
    json: { ...json, problems, warnings: notes },
    text: `${text}\n${verdict}${notes > 0 ? `, ${count(notes, "note")}` : ""}\n`,
    ...(problems > 0 && { exit: "problemsFound" }),
  };
}
