/** `edgegate check PLAN.json`: proves that a plan leaves no way around the gate, or lists the ways. */
import { readFileSync } from "node:fs";
import { artifacts } from "../../build/artifacts";
import { checkPlan, type Check } from "../../review/holes/holes";
import { plain } from "../../review/sentence";
import { onStdout } from "../colors";
import type { GlobalOptions } from "../options";
import { count, type Outcome } from "../output";
import { planIn } from "../plan-file";
import { printable } from "../printable";

export interface CheckPlanOptions extends GlobalOptions {
  gate: string[];
  handler: string[];
}

export function checkPlanFile(options: CheckPlanOptions, file: string): Promise<Outcome> {
  const check = checkPlan(planIn(file), {
    known: { gates: options.gate, handlers: options.handler },
    program: readFileSync(artifacts().gate, "utf8"),
  });
  const { distributions, others } = check;
  const holes = check.holes.map(({ message, ...hole }) => ({ ...hole, message: plain(message) }));
  const notes = check.notes.map(({ message, ...note }) => ({ ...note, message: plain(message) }));
  const isProven = distributions.length > 0 && holes.length === 0;
  return Promise.resolve({
    json: { version: 1, decided: isProven, distributions, others, holes, notes },
    text: `${textOf(check)}\n`,
    ...(!isProven && { exit: "failed" }),
  });
}

function textOf({ distributions, others, holes, notes }: Check): string {
  const behaviors = distributions.flatMap((distribution) => distribution.behaviors);
  const list = (
    all: readonly { address: string; message: Check["notes"][number]["message"]; remedy?: string; rule?: string }[],
  ) =>
    all.flatMap(({ address, message, remedy, rule }) => [
      `  ${printable(`${address}: ${plain(message)}`)}`,
      ...(remedy === undefined ? [] : [`    ${onStdout.dim(`→ ${remedy} (${rule})`)}`]),
    ]);
  const verdict =
    holes.length > 0
      ? [onStdout.red(`${count(holes.length, "way")} around the gate`), ...list(holes)]
      : distributions.length === 0
        ? [
            onStdout.red("No distribution of this plan has the gate, so nothing is decided."),
            "Associate the gate and the auth handler. If another configuration deploys them, name them with --gate and --handler.",
          ]
        : [
            onStdout.green(
              `Every request is decided: ${count(behaviors.length, "behavior")} of ${count(distributions.length, "distribution")} with the gate.`,
            ),
            ...distributions.map(({ address, behaviors }) => `  ${printable(`${address}: ${behaviors.join(", ")}`)}`),
          ];
  return [
    ...verdict,
    ...(others.length > 0
      ? ["Without the gate, and not checked:", ...others.map((address) => `  ${printable(address)}`)]
      : []),
    ...(notes.length > 0 ? ["Not known before the apply; check the next plan again:", ...list(notes)] : []),
  ].join("\n");
}
