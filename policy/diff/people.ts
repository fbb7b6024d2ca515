/** Sets of people, as a policy can tell them apart: by session, identity provider and roles. */
import { alternativesOf, type Allow, type Conditions } from "../rule";

/**
 * Who passes: everybody, or users who signed in with one of the providers and who have a role of each list. Undefined
 * is nobody.
 */
export type People = "everybody" | { idp?: readonly string[] | undefined; roles: readonly (readonly string[])[] };

/** @param closedTo while the site is closed: the roles that get in */
export function peopleOf(allow: Allow | undefined, closedTo: readonly string[] | undefined): People | undefined {
  if (allow === undefined || allow === "nobody" || closedTo?.length === 0) return undefined;
  if (allow === "public" && !closedTo) return "everybody";
  const { roles, idp } = plainOnly(allow);
  const lists = [...(roles ? [roles] : []), ...(closedTo ? [closedTo] : [])];
  // A list is met by whoever meets one within it.
  const isNeeded = (list: readonly string[], i: number) =>
    !lists.some((other, j) => j !== i && isWithin(other, list) && (!isWithin(list, other) || j < i));
  return { idp, roles: lists.filter(isNeeded) };
}

/** @throws Error for what sets of people cannot express, rather than to compare it as something else */
function plainOnly(allow: Allow): Pick<Conditions, "roles" | "idp"> {
  const [conditions, ...more] = alternativesOf(allow);
  const { public: isPublic, roles, idp, ...others } = conditions ?? {};
  if (!conditions || more.length > 0 || Object.keys(others).length > 0)
    throw new Error("the policy has requirements that cannot be compared");
  return isPublic ? {} : { roles, idp };
}

/** True if everybody of `some` is among `others`. */
export function areAmong(some: People | undefined, others: People | undefined): boolean {
  if (some === undefined || others === "everybody") return true;
  if (others === undefined || some === "everybody") return false;
  // People who have just one role of each list get into all lists that contain one of those.
  return (
    (!others.idp || (!!some.idp && isWithin(some.idp, others.idp))) &&
    others.roles.every((list) => some.roles.some((held) => isWithin(held, list)))
  );
}

/**
 * What a rule says that lets these people pass; undefined for nobody. A rule has one list of roles: the second list of a
 * closed site is left out.
 */
export function allowOf(people: People | undefined): Allow | undefined {
  if (people === undefined) return undefined;
  if (people === "everybody") return "public";
  const { idp, roles } = people;
  if (!idp && roles.length === 0) return "signed-in";
  return { ...(roles[0] && { roles: [...roles[0]] }), ...(idp && { idp: [...idp] }) };
}

/** The same text for the same people. */
export function peopleKey(people: People | undefined): string {
  if (people === undefined || people === "everybody") return people ?? "nobody";
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  return JSON.stringify([
    people.idp && sorted(people.idp),
    people.roles.map((list) => JSON.stringify(sorted(list))).sort(),
  ]);
}

/** Those of `some` who are not among `others`, in words: one text for each group. Empty if there are none. */
export function difference(some: People | undefined, others: People | undefined): string[] {
  if (some === undefined) return [];
  return groupsOf(some).flatMap((group) => remainder(group, others));
}

/** In words. */
export function describePeople(people: People | undefined): string {
  return people === undefined ? "nobody" : listed(groupsOf(people).map(describeGroup), "and");
}

/** One for each role of the first list; providers stay together. */
function groupsOf(people: People): People[] {
  if (people === "everybody" || people.roles.length === 0) return [people];
  const [first, ...more] = people.roles;
  return first!.map((role) => ({ idp: people.idp, roles: [[role], ...more] }));
}

function remainder(group: People, others: People | undefined): string[] {
  if (areAmong(group, others)) return [];
  if (others === undefined || others === "everybody") return [describeGroup(group)];
  const isEverySession = !others.idp && others.roles.length === 0;
  if (group === "everybody") return [isEverySession ? "visitors who are not signed in" : without(group, others)];
  const { idp } = group;
  if (!idp || !others.idp || isWithin(idp, others.idp)) return [without(group, others)];
  const [inside, outside] = [true, false].map((is) => idp.filter((id) => others.idp!.includes(id) === is));
  const part = (ids: readonly string[]) => ({ ...group, idp: ids });
  return [
    describeGroup(part(outside!)),
    ...(inside!.length === 0 || areAmong(part(inside!), others) ? [] : [without(part(inside!), others)]),
  ];
}

/** @param others who have some of the group among them */
function without(group: People, others: Exclude<People, "everybody">): string {
  const held = group === "everybody" ? [] : group.roles;
  const lists = others.roles.filter((list) => !held.some((own) => isWithin(own, list)));
  const isOfProvider = !others.idp || (group !== "everybody" && !!group.idp && isWithin(group.idp, others.idp));
  if (isOfProvider && lists.length === 1)
    return `${describeGroup(group)} without role ${listed(lists[0]!.map(named), "or")}`;
  return `${describeGroup(group)} but not ${describePeople(others)}`;
}

function describeGroup(people: People): string {
  if (people === "everybody") return people;
  const { idp, roles } = people;
  const [first, ...more] = roles.map((list) => `role ${listed(list.map(named), "or")}`);
  const of = idp && `people of provider ${listed(idp.map(named), "or")}`;
  if (first === undefined) return of ?? "every signed-in user";
  return [of ? `${of} with ${first}` : first, ...more].join(of ? " and " : " with ");
}

/** Names with spaces or signs in quotes. */
function named(name: string): string {
  return /^[\w.@:/-]+$/.test(name) ? name : JSON.stringify(name);
}

function listed(names: readonly string[], word: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

function isWithin(some: readonly string[], others: readonly string[]): boolean {
  return some.every((name) => others.includes(name));
}
