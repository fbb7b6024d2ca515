/** Reads the values of a change, and distinguishes absent, unknown and sensitive ones. */
import type { Change, Values } from "./plan";

export type Path = readonly (string | number)[];

/** The value at a path; undefined if there is none. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  );
}

/** True if a marker (`after_unknown`, `before_sensitive`) holds for a path or one of its parents. */
export function isMarked(marker: unknown, path: Path): boolean {
  return marker === true || path.some((_, i) => at(marker, path.slice(0, i + 1)) === true);
}

/** True if a marker holds for the value at a path, or for something in it. */
export function hasMark(marker: unknown, path: Path): boolean {
  return isMarked(marker, path) || JSON.stringify(at(marker, path) ?? null).includes("true");
}

/** The members of a block, which Terraform writes as a list of at most one. */
export function block(value: unknown): Values {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "object" && one !== null ? (one as Values) : {};
}

/** Blocks of the same name. */
export function blocks(value: unknown): Values[] {
  return (Array.isArray(value) ? value : []).filter((one): one is Values => typeof one === "object" && one !== null);
}

export function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return (Array.isArray(value) ? value : []).filter((one): one is string => typeof one === "string");
}

/** The JSON in an attribute; undefined if there is none or if it cannot be read. */
export function jsonIn(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * True if two values mean the same to the provider. The order of an object's members does not count, nor whether
 * something empty is written as null, "", [] or {}.
 */
export function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** The same text for values that are the {@link isSame}. */
export function canonical(value: unknown): string {
  return JSON.stringify(pruned(value)) ?? "";
}

/** Every member that one of the two has, sorted. */
export function membersOf(one: Values, other: Values): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

/** Members that differ, sorted. */
export function changedMembers(one: Values, other: Values): string[] {
  return membersOf(one, other).filter((name) => !isSame(one[name], other[name]));
}

function pruned(value: unknown): unknown {
  if (value === null || value === "") return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => pruned(one) ?? null);
  if (typeof value !== "object") return value;
  const members = Object.entries(value as Values)
    .map(([name, member]) => [name, pruned(member)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Sorted names of the attributes that change, or that may change because they are known only after the apply. */
export function changedAttributes({ before, after, afterUnknown }: Change): string[] {
  if (before === undefined || after === undefined) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(block(afterUnknown))]);
  return [...names].filter((name) => hasMark(afterUnknown, [name]) || !isSame(before[name], after[name])).sort();
}
