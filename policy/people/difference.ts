/**
 * The people in one set but not in another. The difference of two groups has one group for each literal of the second,
 * in which that literal is false: `(a and b) without (c and d)` is `a and b and not c`, and `a and b and not d`. So the
 * difference is exact, and each part is a group again, which words can describe.
 */
import { not, type Group, type Literal, type People } from "./fact";
import { isPossible } from "./possible";
import { shortened } from "./shortened";

/**
 * Limits for the groups and the tests of one difference. Real rules need few; a hostile plan must not keep a review
 * busy.
 */
const [MAX_GROUPS, MAX_TESTS] = [50, 20_000];

/** Exact, and empty if all of `some` are among `others`. Undefined if it takes too long to compute. */
export function difference(some: People, others: People): People | undefined {
  let tests = 0;
  let groups = some.filter(isPossible);
  for (const other of others) {
    tests += groups.length * (other.length + 1);
    if (tests > MAX_TESTS) return undefined;
    groups = groups.flatMap((group) => remainder(group, other));
    if (groups.length > 4 * MAX_GROUPS) return undefined;
    groups = widest(groups);
    if (groups.length > MAX_GROUPS) return undefined;
  }
  return widest(groups.map(shortened));
}

/** True only if it is certain. */
export function areAmong(some: People, others: People): boolean {
  return difference(some, others)?.length === 0;
}

/** True if nobody of `some` is among `others`. */
export function areApart(some: People, others: People): boolean {
  return some.every((one) => others.every((other) => !isPossible([...one, ...other])));
}

/** Parts may overlap, which makes the words shorter. */
function remainder(group: Group, other: Group): Group[] {
  if (!isPossible([...group, ...other])) return [group];
  const parts: Group[] = [];
  // Providers come first and divide people, so what follows is about those of the same providers.
  let rest = group;
  for (const literal of other) {
    const part = [...rest, not(literal)];
    if (isPossible(part)) parts.push(part);
    if (literal.fact.is === "idp") rest = [...rest, literal];
  }
  return parts;
}

/** Without groups that are part of another one. */
export function widest(groups: readonly Group[]): Group[] {
  return groups.filter(
    (one, i) => !groups.some((other, j) => j !== i && isPart(one, other) && (j < i || !isPart(other, one))),
  );
}

function isPart(one: Group, other: Group): boolean {
  return other.every((literal) => follows(literal, one));
}

/** True if the literal is true for everybody in the group. */
export function follows(literal: Literal, group: Group): boolean {
  return !isPossible([...group, not(literal)]);
}
