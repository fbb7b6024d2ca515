import type { People } from "./fact";

/**
 * A key for a set of people: equal keys mean equal sets. Equal sets may have different keys, if rules express them
 * differently.
 */
export function peopleKey(people: People): string {
  const values = (value: unknown) => (Array.isArray(value) ? [...new Set(value)].sort() : value);
  const groups = people.map((group) =>
    group.map(({ fact, holds }) =>
      JSON.stringify([
        holds,
        ...Object.entries(fact)
          .sort()
          .map(([, value]) => values(value)),
      ]),
    ),
  );
  return JSON.stringify([...new Set(groups.map((group) => [...new Set(group)].sort().join()))].sort());
}
