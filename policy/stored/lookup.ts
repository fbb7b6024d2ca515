/**
 * Finds the requirement of a policy in the store for a request. Runs in the gate, and in Node for commands that predict
 * the gate's decision.
 *
 * A record has lines. One that begins with a space names segments of a path, each between spaces; ` * ` is for every
 * other name. The lines after it are the rules for paths with such a segment, in their order:
 *
 *     <methods>,<rest of the path's pattern>,<what the rule requires (requirement-text.ts)>
 *
 * Methods are joined by `/`, which no method can contain (RFC 9110 section 5.6.2); none stands for every method. A segment
 * of a request never has a space or a line break: such paths are refused before.
 */

/** Replaces the methods: only CORS preflights. */
export const PREFLIGHT = "p";
export const EVERY_OTHER_NAME = "*";
/** Prefix of the records' names. */
export const POLICY_RECORD = "policy.";

/** The gate's settings for the policy in the store. */
export interface StoredIndex {
  /** Digest of all records together, so that a gate never reads records of another policy. */
  generation: string;
  /** For each of the gate's hosts, in their order: the node where its rules begin. */
  roots: number[];
  nodes: StoredNode[];
}

/**
 * The number of records among which a segment of the path chooses, and by `/` and a segment with records of its own: the
 * node for what follows it.
 */
export type StoredNode = number | [records: number, below: Record<string, number>];

/** The place of the rules for a request. */
export interface StoredPlace {
  /** The record's name. */
  record: string;
  /** The position of the segment that the record's lines name. */
  depth: number;
}

/** @param root see {@link StoredIndex.roots} @param segments as in CompiledPolicy */
export function placeOf(index: StoredIndex, root: number, segments: readonly string[]): StoredPlace {
  let at = root;
  let node = index.nodes[at]!;
  let depth = 1;
  while (typeof node !== "number") {
    // The slash distinguishes names from members that every object has.
    const next = node[1]["/" + (segments[depth] || "")];
    if (!next) break;
    at = next;
    node = index.nodes[at]!;
    depth++;
  }
  const count = typeof node === "number" ? node : node[0];
  return {
    record: POLICY_RECORD + index.generation + "." + at + "." + slotOf(segments[depth] || "", count),
    depth: depth,
  };
}

/**
 * The number of the record, of `count`, that has the rules for a name. It uses a few characters, because a digest would
 * cost more than comparing all rules of a record. It does not matter which names share a record: the compiler uses as
 * many records as it needs.
 */
export function slotOf(name: string, count: number): number {
  const end = name.length;
  return (
    ((name.charCodeAt(0) || 0) * 31 +
      (name.charCodeAt(end >> 1) || 0) * 13 +
      (name.charCodeAt(end - 2) || 0) * 7 +
      (name.charCodeAt(end - 1) || 0) +
      end * 3) %
    count
  );
}

/**
 * The requirement of the first rule that matches; undefined if none does.
 *
 * @param record the text at {@link placeOf}
 */
export function requirementIn(
  record: string,
  depth: number,
  method: string,
  segments: readonly string[],
  preflight: boolean,
): string | undefined {
  const name = segments[depth] || "";
  let at = record.indexOf(" " + name + " ");
  // The empty name has lines of its own in the record that it chooses, even if there is no rule for it.
  if (at < 0) at = record.indexOf(" " + EVERY_OTHER_NAME + " ");
  if (at < 0) return undefined;
  const rules = record.indexOf("\n", at) + 1;
  if (!rules) return undefined;
  const end = record.indexOf("\n ", rules - 1);
  const lines = (end < 0 ? record.slice(rules) : record.slice(rules, Math.max(rules, end))).split("\n");
  for (let i = 0; i < lines.length; i++) {
    const parts = lines[i]!.split(",");
    const methods = parts[0]!;
    if (
      (!methods || (methods === PREFLIGHT ? preflight : ("/" + methods + "/").indexOf("/" + method + "/") >= 0)) &&
      parts[2] &&
      matches(parts[1]!, segments, depth + 1)
    )
      return parts[2];
  }
  return undefined;
}

/** True if the segments from `at` on match the rest of a pattern, such as `x/*` or `**`; empty for their end. */
function matches(rest: string, segments: readonly string[], at: number): boolean {
  if (rest === "**") return true;
  if (rest) {
    const names = rest.split("/");
    for (let i = 0; i < names.length; i++, at++) {
      const name = names[i]!;
      if (name === "**") return true;
      if (name === "*" ? !segments[at] : segments[at] !== name) return false;
    }
  }
  // Also true for the empty segment after a trailing slash, which therefore never changes a decision.
  return !segments[at];
}
