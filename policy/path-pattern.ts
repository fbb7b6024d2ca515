/** The paths of rules: patterns whose segments may have names. */
import { withoutNames } from "./patterns";
import { pathPatternProblem } from "./rule";

/** @returns what is wrong with the path of a rule, and what to write instead */
export function rulePathProblem(path: string): string | undefined {
  const odd = path.split("/").find((segment) => /[{}]/.test(segment) && !/^\{[a-z][A-Za-z0-9]{0,31}\}$/.test(segment));
  if (odd !== undefined)
    return `"${odd}" is not the name of a segment; write a segment such as "{user}", with a lower-case letter and then letters and digits`;
  const names = namesIn(path);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) return `"{${twice}}" is there twice; give each segment a name of its own, or write "*"`;
  return pathPatternProblem(withoutNames(path));
}

/** The names of a path's segments, in order. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/\{([^/{}]*)\}/g)].map(([, name]) => name!);
}

/**
 * The number of the segment in `path.split("/")` that a name means: the segment `{name}`. In rules that were read from
 * compiled source, the name is already the number.
 *
 * @throws Error if the path has no such segment
 */
export function segmentNumber(path: string, name: string): number {
  const index = /^[1-9][0-9]{0,3}$/.test(name) ? Number(name) : path.split("/").indexOf(`{${name}}`);
  if (index < 1) throw new Error(`the path ${path} has no segment {${name}}`);
  return index;
}
