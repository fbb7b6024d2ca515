/** Compares what two rules require. */
import { alternativesOf, type Allow, type Conditions } from "./rule";

/**
 * True if everybody who meets the first also meets the second, on whatever path. False where that is not certain: ranges
 * are compared as they are written, and an owner is the owner of one path only.
 */
export function implies(first: Allow, second: Allow): boolean {
  const others = alternativesOf(second);
  return alternativesOf(first).every((one) => others.some((other) => isStricter(one, other)));
}

function isStricter(one: Conditions, other: Conditions): boolean {
  if (one.public && !other.public) return false;
  const { claims = {}, roles, allRoles = [], maxAge } = other;
  return (
    (!roles || isWithin(one.roles, roles) || (one.allRoles ?? []).some((role) => roles.includes(role))) &&
    isWithin(allRoles, [...(one.allRoles ?? []), ...(one.roles?.length === 1 ? one.roles : [])]) &&
    isWithin(other.notRoles ?? [], one.notRoles ?? []) &&
    isWithin(one.idp, other.idp) &&
    isWithin(other.scopes ?? [], one.scopes ?? []) &&
    Object.entries(claims).every(([name, values]) => isWithin(one.claims?.[name], values)) &&
    isWithin(one.emailDomains, other.emailDomains) &&
    isWithin(one.acr, other.acr) &&
    (maxAge === undefined || (one.maxAge !== undefined && one.maxAge <= maxAge)) &&
    isWithin(one.networks, other.networks) &&
    isWithin(other.notNetworks ?? [], one.notNetworks ?? []) &&
    isWithin(one.countries, other.countries) &&
    isWithin(other.notCountries ?? [], one.notCountries ?? []) &&
    (!other.during || JSON.stringify(one.during) === JSON.stringify(other.during)) &&
    !other.owner
  );
}

/** A list that is absent allows all. */
function isWithin(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return !other || (!!one && one.every((name) => other.includes(name)));
}
