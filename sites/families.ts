/** Families of paths: a family has the paths that a policy cannot distinguish. */
import { segmentsOf } from "../policy/patterns";

/** In a family: a name that occurs in no rule. */
export const ANY = "\0";
/** In a family: any number of such names, with slashes between them. */
export const DEEPER = "\u0001";

/**
 * A rule only compares each segment with a name. So paths that differ only in names of no rule are decided alike, and
 * below the longest rule all paths are.
 *
 * @param patterns the paths of all rules
 * @returns every path without a trailing slash is in one of them; the root is `""`
 */
export function familiesOf(patterns: readonly string[]): string[] {
  const families: string[] = [];
  const walk = (family: string, rests: readonly (readonly string[])[]): void => {
    families.push(family);
    if (rests.every(([name]) => name === undefined || name === "**")) return void families.push(`${family}/${DEEPER}`);
    const names = new Set(rests.flatMap(([name]) => (name === undefined || name.startsWith("*") ? [] : [name])));
    for (const name of [...names, ANY]) {
      const below = rests.flatMap((rest) => restBelow(rest, name));
      walk(`${family}/${name}`, below);
    }
  };
  walk(
    "",
    patterns.map((pattern) => [...segmentsOf(pattern)]),
  );
  return families;
}

/** A path of the family. */
export function memberOf(family: string, patterns: readonly string[]): string {
  const names = new Set(patterns.flatMap((pattern) => pattern.split("/")));
  let name = "any";
  while (names.has(name)) name += "-";
  return family.replaceAll(ANY, name).replaceAll(DEEPER, name);
}

/** The family for people: `*` is a name that no rule has. */
export function writtenFamily(family: string): string {
  return family.replaceAll(ANY, "*").replaceAll(DEEPER, "*");
}

/** The rest of a pattern below a segment of this name; empty if the pattern does not match the name. */
function restBelow([first, ...rest]: readonly string[], name: string): string[][] {
  if (first === "**") return [["**"]];
  return first === name || first === "*" ? [rest] : [];
}
