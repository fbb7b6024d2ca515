/** Checks conditions that were read from compiled source. The config's own errors say more. */
import { rangeOf } from "./people/networks";
import type { Conditions } from "./rule";

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const HOURS = /^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/;
const COUNTRY = /^[A-Z]{2}$/;
/** Conditions that need a session. */
const OF_PEOPLE = [
  ...(["roles", "allRoles", "notRoles", "idp", "scopes", "claims", "emailDomains", "acr", "maxAge", "owner"] as const),
];

/**
 * @param path of the rule
 * @returns what is wrong: the gate would compare such a value with something undefined
 */
export function conditionsProblem(conditions: Conditions, path: string): string | undefined {
  const { networks = [], notNetworks = [], countries = [], notCountries = [], maxAge, during, owner } = conditions;
  if (valuesOf(conditions).some((list) => list?.length === 0)) return "an empty list";
  if ([...networks, ...notNetworks].some((cidr) => rangeOf(cidr) === undefined)) return "no network";
  if ([...countries, ...notCountries].some((country) => !COUNTRY.test(country))) return "no country";
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge > 0)) return "no number of seconds";
  if (conditions.public && OF_PEOPLE.some((name) => conditions[name] !== undefined))
    return "a condition about people beside public";
  if (owner !== undefined && path.split("/")[Number(typeof owner === "string" ? owner : owner.segment)] !== "*")
    return "an owner without a segment";
  return during && timeProblem(during);
}

function valuesOf({ roles, allRoles, notRoles, idp, scopes, claims = {}, ...others }: Conditions) {
  const { emailDomains, acr, networks, notNetworks, countries, notCountries } = others;
  return [
    ...[roles, allRoles, notRoles, idp, scopes, emailDomains, acr, networks, notNetworks, countries, notCountries],
    ...Object.values(claims),
  ];
}

function timeProblem({ from, until, days = [], hours }: NonNullable<Conditions["during"]>): string | undefined {
  const isTime = (time: string | undefined) =>
    time === undefined || (TIME.test(time) && !Number.isNaN(Date.parse(time)));
  if (days.some((day) => day === undefined)) return "no day";
  if (!isTime(from) || !isTime(until) || (from ?? until ?? hours ?? days[0]) === undefined) return "no time";
  return hours === undefined || HOURS.test(hours) ? undefined : "no hours";
}
