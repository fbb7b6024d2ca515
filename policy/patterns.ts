/** Patterns of paths as lists of segments: `/` is the empty list. A trailing slash never changes a decision. */

export type Segments = readonly string[];

/** A segment with a name matches what `*` matches, and becomes one. */
export function segmentsOf(pattern: string): Segments {
  return pattern === "/" ? [] : withoutNames(pattern).slice(1).split("/");
}

/** Each `{name}` of a pattern as `*`. */
export function withoutNames(pattern: string): string {
  return pattern.replace(/\{[^/{}]*\}/g, "*");
}

export function patternOf(segments: Segments): string {
  return `/${segments.join("/")}`;
}

/** The paths that both match: always one pattern, or undefined if there are none. */
export function intersection(one: Segments, other: Segments): Segments | undefined {
  if (!patternsMeet(one, other)) return undefined;
  const shared: string[] = [];
  for (let i = 0; ; i++) {
    if (one[i] === "**") return [...shared, ...other.slice(i)];
    if (other[i] === "**" || one[i] === undefined) return [...shared, ...one.slice(i)];
    shared.push(one[i] === "*" ? other[i]! : one[i]!);
  }
}

/** True if `one` matches every path that `other` matches. */
export function patternCovers(one: Segments, other: Segments): boolean {
  for (let i = 0; ; i++) {
    const [a, b] = [one[i], other[i]];
    if (a === "**") return true;
    if (a === undefined || b === undefined) return a === b;
    if (b === "**" || (a !== b && a !== "*")) return false;
  }
}

/** True if some path matches both. */
export function patternsMeet(one: Segments, other: Segments): boolean {
  for (let i = 0; ; i++) {
    const [a, b] = [one[i], other[i]];
    if (a === "**" || b === "**") return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== b && a !== "*" && b !== "*") return false;
  }
}
