/** Compares CloudFront patterns with families of paths, without a request. */
import { ANY, DEEPER } from "./families";
import type { Place } from "./place";

/**
 * True if the behavior may serve some path of the family.
 *
 * @param families all of them: a name with its own family is not in the family of all other names
 */
export function mayServe(
  places: readonly Place[],
  place: Place,
  family: string,
  families: ReadonlySet<string>,
): boolean {
  const earlier = places.slice(0, places.indexOf(place));
  return (
    canMatch(place.pattern, family) &&
    !isOfAnotherFamily(place.pattern, family, families) &&
    !earlier.some(({ pattern }) => matchesAll(pattern, family))
  );
}

/** True if the pattern begins with a name and the family has all other names at that place. */
function isOfAnotherFamily(pattern: string, family: string, families: ReadonlySet<string>): boolean {
  const names = pattern.split("*")[0]!.split("/").slice(0, -1);
  const segments = family.split("/");
  return names.some((name, i) => segments[i] === ANY && families.has([...segments.slice(0, i), name].join("/")));
}

/** True if the pattern matches some path of the family. */
export function canMatch(pattern: string, family: string): boolean {
  const known = new Map<number, boolean>();
  const match = (i: number, j: number): boolean => {
    const at = i * (family.length + 1) + j;
    const found = known.get(at) ?? compare(i, j);
    known.set(at, found);
    return found;
  };
  const compare = (i: number, j: number): boolean => {
    if (i === pattern.length) return j === family.length;
    if (pattern[i] === "*") return match(i + 1, j) || (j < family.length && match(i, j + 1));
    if (j === family.length) return false;
    const isName = family[j] === DEEPER || (family[j] === ANY && pattern[i] !== "/");
    // A name has at least one character.
    if (isName && (match(i + 1, j) || match(i + 1, j + 1))) return true;
    return pattern[i] === family[j] && match(i + 1, j + 1);
  };
  return match(0, 0);
}

/** True if the pattern matches every path of the family: only its `*` matches a name that can be anything. */
function matchesAll(pattern: string, family: string): boolean {
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^]*");
  return new RegExp(`^${text}$`).test(family);
}
