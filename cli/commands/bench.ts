/** `edgegate bench`: measures sizes, times and costs, and compares them with their limits. */
import type { Figure } from "../../bench/figure";
import { measureAll, type Measured } from "../../bench/figures";
import { table } from "../../local/greeting";
import { onStdout } from "../colors";
import type { Outcome } from "../output";

export async function bench(): Promise<Outcome> {
  const measured = await measureAll();
  const broken = measured.figures.filter(isBroken);
  return { json: measured, text: report(measured, broken), ...(broken.length > 0 && { exit: "failed" }) };
}

function report({ figures, missing }: Measured, broken: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.group,
    figure.name,
    number(figure.value).padStart(9),
    figure.unit,
    ...(figure.limit === undefined
      ? []
      : [(isBroken(figure) ? onStdout.red : onStdout.green)(`at most ${number(figure.limit)}`)]),
  ]);
  const notes = [...(missing === undefined ? [] : [missing]), ...broken.map(overTheLimit)];
  return `${table(rows)}\n${notes.map((note) => `${note}\n`).join("")}`;
}

function overTheLimit({ group, name }: Figure): string {
  return onStdout.red(`${group}, ${name}: over the limit`);
}

function isBroken({ value, limit }: Figure): boolean {
  return limit !== undefined && value > limit;
}

/** With thousands separators; figures below 100 have up to two decimals. */
function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
}
