import type { People } from "./fact";

/** The same text only for the same people. The same people may have several, if rules say them in different ways. */
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
