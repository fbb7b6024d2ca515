/** Matches a path against one pattern, outside the gate: the gate runs source.ts. */
import { withoutNames } from "./patterns";

/** @param path not decoded; a trailing slash makes no difference */
export function pathMatches(pattern: string, path: string): boolean {
  const segments = path
    .replace(/(?<=.)\/$/, "")
    .split("/")
    .slice(1);
  const expected = withoutNames(pattern).split("/").slice(1);
  if (expected.at(-1) === "**") return startsWith(segments, expected.slice(0, -1));
  return segments.length === expected.length && startsWith(segments, expected);
}

function startsWith(segments: readonly string[], expected: readonly string[]): boolean {
  return expected.every((name, i) => (name === "*" ? (segments[i] ?? "") !== "" : segments[i] === name));
}
