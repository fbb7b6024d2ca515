/** The conditions that people who gain access no longer have to meet. */
import { areAmong } from "../people/difference";
import type { People } from "../people/people";
import { alternativesOf, type Allow } from "../rule";
import type { ConditionName } from "./access-change";

interface Admitted {
  allow: Allow | undefined;
  /** One group for each alternative of `allow`. */
  people: People;
}

const NAMES: readonly ConditionName[] = [
  ...(["acr", "maxAge", "networks", "notNetworks", "countries", "notCountries", "during"] as const),
  ...(["emailDomains", "claims", "scopes", "notRoles", "owner"] as const),
];

/** The conditions of the old alternatives, if a new alternative lets more people pass without them. */
export function droppedConditions(before: Admitted, after: Admitted): ConditionName[] {
  const were = alternativesOf(before.allow ?? "nobody");
  if (were.length === 0) return [];
  const wider = alternativesOf(after.allow ?? "nobody").filter((_, i) => !areAmong([after.people[i]!], before.people));
  return NAMES.filter(
    (name) => were.every((way) => way[name] !== undefined) && wider.some((way) => way[name] === undefined),
  );
}
