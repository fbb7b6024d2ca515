/**
 * Tests if a person can be in a group. It is exact: each kind of fact is tested separately, because the kinds are
 * independent.
 */
import { needsSession, SINGLE, type FactOf, type Group, type Literal, type SingleName } from "./fact";
import { hasInstant } from "./instants";
import { EVERYWHERE, inBoth, outside, rangeOf, type Range } from "./networks";

export function isPossible(group: Group): boolean {
  return (
    canHaveSession(group) &&
    canHaveValues(group) &&
    SINGLE.every((name) => canHaveValue(name, group)) &&
    canHaveAge(group) &&
    canHaveAddress(group) &&
    hasInstant(group) &&
    !group.some(({ fact, holds }) => holds && fact.is === "owner" && group.some((other) => isOpposite(fact, other)))
  );
}

/** Placeholders for a value that no literal names, and for no value. */
const [OTHER, UNKNOWN] = [Symbol("another"), Symbol("none")];

function canHaveValue(name: SingleName, group: Group): boolean {
  const own = group.flatMap(({ fact, holds }) =>
    fact.is === name || (name === "country" && fact.is === "abroad")
      ? [{ fact: fact as FactOf<SingleName | "abroad">, holds }]
      : [],
  );
  if (own.length === 0) return true;
  const named = own.flatMap(({ fact }) => fact.values);
  return [...named, OTHER, UNKNOWN].some((value) =>
    own.every(({ fact, holds }) => {
      // A domain represents an address in it that no literal names.
      const isListed =
        typeof value === "string" &&
        fact.values.some((one) => one === value || (one[0] === "@" && value.toLowerCase().endsWith(one)));
      return (fact.is === "abroad" ? value !== UNKNOWN && !isListed : isListed) === holds;
    }),
  );
}

function canHaveSession(group: Group): boolean {
  const isWithout = group.some(({ fact, holds }) => fact.is === "session" && !holds);
  return !isWithout || !group.some(({ fact, holds }) => holds && needsSession(fact));
}

/** A person can have any number of roles and of values of a claim. */
function canHaveValues(group: Group): boolean {
  const lists = group.flatMap(({ fact, holds }) =>
    fact.is === "role" || fact.is === "claim" ? [{ of: keyOf(fact), holds, values: fact.values }] : [],
  );
  return lists.every(
    ({ of, holds, values }) =>
      !holds ||
      values.some((value) => !lists.some((other) => !other.holds && other.of === of && other.values.includes(value))),
  );
}

/** Different for each claim, and for roles. */
export function keyOf(fact: FactOf<"role" | "claim">): string {
  return fact.is === "role" ? "role" : `claim ${fact.name}`;
}

function canHaveAge(group: Group): boolean {
  const limits = (wanted: boolean) =>
    group.flatMap(({ fact, holds }) => (fact.is === "age" && holds === wanted ? [fact.seconds] : []));
  // An age that is unknown is above each limit.
  return Math.min(Infinity, ...limits(true)) > Math.max(-Infinity, ...limits(false));
}

function canHaveAddress(group: Group): boolean {
  const literals = group.filter(({ fact }) => fact.is === "network");
  const left = literals.reduce((ranges, { fact, holds }) => {
    const own = (fact as FactOf<"network">).values.map(knownRange);
    return holds ? inBoth(ranges, own) : outside(ranges, own);
  }, EVERYWHERE);
  return left.length > 0;
}

const known = new Map<string, Range>();

/** @throws Error for a text that is not a network; config and plan reader refuse these */
function knownRange(cidr: string): Range {
  const range = known.get(cidr) ?? rangeOf(cidr);
  if (!range) throw new Error(`${JSON.stringify(cidr)} is no network`);
  known.set(cidr, range);
  return range;
}

function isOpposite(fact: FactOf<"owner">, { fact: other, holds }: Literal): boolean {
  return !holds && other.is === "owner" && other.segment === fact.segment && other.claim === fact.claim;
}
