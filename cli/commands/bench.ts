/** `edgegate bench`: measures sizes, times and costs, and compares them with their limits. */
import type { Figure } from "../../bench/figure";
import { table } from "../../local/greeting";
import { onStdout } from "../colors";
import type { GlobalOptions } from "../options";
import type { Outcome } from "../output";
import { printable } from "../printable";
import { withProgress } from "../progress";

/** @param part `load` for that alone; everything else if absent */
export async function bench(options: GlobalOptions, part?: "load"): Promise<Outcome> {
  return part === "load" ? load(options) : everythingElse();
}

async function everythingElse(): Promise<Outcome> {
  const { measureAll } = await import("../../bench/figures");
  const { figures, missing } = await measureAll();
  return outcome({ figures, missing }, figures, missing === undefined ? [] : [missing]);
}

/** Run separately, because it takes minutes and needs a mostly idle machine. */
async function load(options: GlobalOptions): Promise<Outcome> {
  const { measureLoad } = await import("../../bench/load/load");
  const { figures, wrong } = await withProgress("sending requests", options, () => measureLoad());
  return outcome({ figures, wrong }, figures, wrong);
}

/** @param notes printed below the figures */
function outcome(json: object, figures: readonly Figure[], notes: readonly string[]): Outcome {
  const broken = figures.filter(isBroken);
  return { json, text: report(figures, notes, broken), ...(broken.length > 0 && { exit: "failed" }) };
}

function report(figures: readonly Figure[], notes: readonly string[], broken: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.group,
    figure.name,
    number(figure.value).padStart(9),
    figure.unit,
    ...(figure.limit === undefined
      ? []
      : [(isBroken(figure) ? onStdout.red : onStdout.green)(`at most ${number(figure.limit)}`)]),
  ]);
  const lines = [...notes.map(printable), ...broken.map(overTheLimit)];
  return `${table(rows)}\n${lines.map((line) => `${line}\n`).join("")}`;
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
