/**
 * Replaces values that are known only after the apply with the current values, so that a rule sees only certain
 * changes.
 */
import type { Change, Values } from "./plan";

/** The rule about unknown values reports the replaced ones. */
export function assumingUnchanged(change: Change): Change {
  const { before, after, afterUnknown } = change;
  if (before === undefined || after === undefined) return change;
  return { ...change, after: filled(before, after, afterUnknown) as Values };
}

function filled(before: unknown, after: unknown, unknown: unknown): unknown {
  if (unknown === true) return before;
  if (typeof unknown !== "object" || unknown === null) return after;
  if (Array.isArray(unknown)) {
    if (!Array.isArray(after)) return after;
    return after.map((one: unknown, i) => filled((before as unknown[] | undefined)?.[i], one, unknown[i]));
  }
  if (typeof after !== "object" || after === null) return after;
  const members = Object.entries(unknown).map(([name, inner]) => [
    name,
    filled((before as Values | undefined)?.[name], (after as Values)[name], inner),
  ]);
  return { ...after, ...Object.fromEntries(members.filter(([, value]) => value !== undefined)) } as Values;
}
