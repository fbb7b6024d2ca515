/** Groups of people in words. They say exactly who is in a group. */
import { difference, widest } from "./difference";
import { needsSession, yes, type Fact, type Group, type People } from "./fact";
import { isPossible } from "./possible";
import { described, listed, named } from "./qualifiers";
import { shortened } from "./shortened";

/** The prefix of a group if its members cannot be computed. */
export const UNDECIDED = "perhaps ";

/**
 * The people of `some` who are not among `others`: one text for each group, which together are exact. If that takes too
 * long to compute, all of `some` are listed after `perhaps`. Empty if there are none.
 */
export function differenceInWords(some: People, others: People): string[] {
  const groups = groupsOf(some);
  const rest = difference(groups, others);
  if (rest) return [...new Set(rest.map(describeGroup))];
  return groups.map((group) => UNDECIDED + describeGroup(group));
}

export function describePeople(people: People): string {
  const groups = groupsOf(people);
  return groups.length === 0 ? "nobody" : listed(groups.map(describeGroup), "and");
}

/** One for each role of the first list; providers stay together. */
function groupsOf(people: People): People {
  return widest(
    people
      .filter(isPossible)
      .map(shortened)
      .flatMap((group) => {
        const list = group.find(({ fact, holds }) => holds && fact.is === "role");
        if (list?.fact.is !== "role") return [group];
        return list.fact.values.map((role) =>
          group.map((literal) => (literal === list ? yes({ is: "role", values: [role] }) : literal)),
        );
      }),
  );
}

function describeGroup(group: Group): string {
  const { subject, used } = subjectOf(group);
  const rest = group.filter(({ fact, holds }) => !(holds && used.includes(fact)) && fact.is !== "session");
  const order = [...rest.filter(isSaidFirst), ...rest.filter((literal) => !isSaidFirst(literal))];
  const texts = order.map(described);
  const joined = texts.map((text, i) => (/^who/.test(text) && /^who/.test(texts[i - 1] ?? "") ? `and ${text}` : text));
  return [subject, ...joined].join(" ");
}

/** Positive ones, and those about the request: "without role" and "but not" end the text. */
function isSaidFirst({ fact, holds }: Group[number]): boolean {
  return holds || !["role", "owner", "uid", "idp"].includes(fact.is);
}

/** The words for the people, and the facts that these words cover. */
function subjectOf(group: Group): { subject: string; used: readonly Fact[] } {
  const facts = group.flatMap(({ fact, holds }) => (holds ? [fact] : []));
  if (group.some(({ fact, holds }) => fact.is === "session" && !holds))
    return { subject: "visitors who are not signed in", used: [] };
  const lists = facts.filter((fact) => fact.is === "role");
  const roles = lists.map(({ values }) => `role ${listed(values.map(named), "or")}`);
  const provider = facts.find((fact) => fact.is === "idp");
  if (provider) {
    const of = `people of provider ${listed(provider.values.map(named), "or")}`;
    return { subject: roles.length === 0 ? of : `${of} with ${roles.join(" and ")}`, used: [provider, ...lists] };
  }
  if (roles.length > 0) return { subject: roles.join(" with "), used: lists };
  const owner = facts.find((fact) => fact.is === "owner");
  if (owner) return { subject: described(yes(owner)).replace(/^as /, ""), used: [owner] };
  if (facts.some((fact) => fact.is !== "session" && needsSession(fact))) return { subject: "people", used: [] };
  return { subject: facts.some(({ is }) => is === "session") ? "every signed-in user" : "everybody", used: [] };
}
