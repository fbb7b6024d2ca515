/** The same group with fewer literals, as people would describe it. */
import { not, yes, type Fact, type FactOf, type Group, type Literal, type SingleName } from "./fact";
import { isPossible, keyOf } from "./possible";

/** @param group a group that is not empty */
export function shortened(group: Group): Group {
  return withoutImplied(joinedNegations(withoutVainValues(group)));
}

/** Without values that the rest of the group excludes. */
function withoutVainValues(group: Group): Group {
  return group.reduce<Group>((literals, literal) => {
    const { fact, holds } = literal;
    if (!holds || !isList(fact) || fact.values.length < 2) return literals;
    const withValues = (values: readonly string[]) =>
      literals.map((other) => (other === literal ? yes({ ...fact, values }) : other));
    return withValues(fact.values.filter((value) => isPossible(withValues([value]))));
  }, group);
}

/** "Not `a`" and "not `b`" become "none of `a` and `b`". */
function joinedNegations(group: Group): Group {
  const lists = new Map<string, string[]>();
  for (const { fact, holds } of group)
    if (!holds && isList(fact)) lists.set(listKey(fact), [...(lists.get(listKey(fact)) ?? []), ...fact.values]);
  return group.flatMap(({ fact, holds }): Literal[] => {
    if (holds || !isList(fact)) return [{ fact, holds }];
    const values = lists.get(listKey(fact));
    lists.delete(listKey(fact));
    return values ? [not(yes({ ...fact, values: [...new Set(values)] }))] : [];
  });
}

type List = FactOf<"role" | "claim" | "network" | SingleName>;

function isList(fact: Fact): fact is List {
  return "values" in fact && fact.is !== "abroad";
}

function listKey(fact: List): string {
  return fact.is === "claim" ? keyOf(fact) : fact.is;
}

/** Drops literals that follow from the rest. */
function withoutImplied(group: Group): Group {
  // A session follows from most other literals, so it is dropped first; then the literals that were added last.
  const isSession = ({ fact }: Literal) => fact.is === "session";
  const order = [...group.filter(isSession), ...group.filter((literal) => !isSession(literal)).reverse()];
  return order.reduce<Group>((left, literal) => {
    const rest = left.filter((other) => other !== literal);
    return isPossible([...rest, not(literal)]) ? left : rest;
  }, group);
}
