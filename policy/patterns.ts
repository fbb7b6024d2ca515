/** Patterns of paths as lists of segments: `/` is the empty list. A trailing slash never changes a decision. */

export type Segments = readonly string[];

export function segmentsOf(pattern: string): Segments {
  return pattern === "/" ? [] : pattern.slice(1).split("/");
}

export function patternOf(segments: Segments): string {
  return `/${segments.join("/")}`;
}

/** The paths that both match: always one pattern, or undefined if there are none. */
export function intersection(one: Segments, other: Segments): Segments | undefined {
  const [a, ...more] = one;
  const [b, ...others] = other;
  if (a === "**") return other;
  if (b === "**") return one;
  if (a === undefined || b === undefined) return a === b ? [] : undefined;
  if (a !== b && a !== "*" && b !== "*") return undefined;
  const rest = intersection(more, others);
  return rest && [a === "*" ? b : a, ...rest];
}

/** True if `one` matches every path that `other` matches. */
export function patternCovers(one: Segments, other: Segments): boolean {
  const shared = intersection(one, other);
  return shared !== undefined && patternOf(shared) === patternOf(other);
}

export function patternsMeet(one: Segments, other: Segments): boolean {
  return intersection(one, other) !== undefined;
}
