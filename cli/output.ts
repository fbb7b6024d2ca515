/** What a command prints: for people, or one JSON document for programs. */
import { onStdout } from "./colors";
import { printable } from "./printable";

/** The result of a command. */
export interface Outcome {
  /** For `--json`. */
  json: object;
  /** For people. Texts that others chose are {@link printable} in it. */
  text: string;
  exit?: "failed" | "storeDiffers" | "problemsFound" | "accessDiffers";
}

/** One line for each name and its text, with the texts aligned. */
export function facts(lines: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${onStdout.dim(name.padEnd(width))}  ${text}\n`).join("");
}

/** A table with a header row. */
export function columns(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = names.map((name, column) => Math.max(name.length, ...shown.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd() + "\n";
  return onStdout.dim(line(names)) + shown.map(line).join("");
}

/** @param plural `singular` with an `s` if absent */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** @param seconds Unix seconds @returns such as `2026-03-01 17:05:09Z` */
export function time(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** @returns such as `15 minutes`, in the largest unit that divides it */
export function duration(seconds: number): string {
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return count(seconds / size, unit);
  }
  return count(seconds, "second");
}
