/** Conditions of every kind, with values of every form that a config takes. */
import { DAYS, type Conditions, type During } from "../../policy/rule";
import type { Random } from "../simulation/kernel/random";

const SCOPES = ["read", "write:all", "https://api.example.com/.default", "a!b", "%2F", "#[]^_`{|}~"];
const CLAIMS = ["plan", "department", "email", "https://example.com/claims/tier", "custom:level", "groups", "A", "a"];
const VALUES = ["premium", "R&D", "a b", "!", "*", "${x}", "%{y}", "ä", "東京", "😀", '"', "\\", "0", "~'()"];
const DOMAINS = ["example.com", "sub.example.org", "xn--bcher-kva.example"];
const ACRS = ["mfa", "urn:mace:incommon:iap:silver", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"];
const NETWORKS = ["192.0.2.0/24", "10.0.0.0/8", "198.51.100.7/32", "2001:db8::/32", "::1/128", "2001:db8:0:1::/64"];
const COUNTRIES = ["DE", "FR", "US", "AT"];
const FROM = ["2026-12-01T08:00:00Z", "2020-02-29T23:59:59Z"];
const UNTIL = ["2027-01-01T00:00:00Z", "2030-06-15T12:30:00Z"];
const HOURS = ["08:00-18:00", "22:00-06:00", "00:00-12:30"];

interface Generated {
  random: Random;
  roles: () => string[];
  idp: () => string[];
  /** Names of the path's segments. */
  segments: readonly string[];
}

/** One or several ways to pass. */
export function generateConditions(generated: Generated): Conditions | Conditions[] {
  const { random } = generated;
  if (random.chance(0.6)) return conditions(generated);
  // Sometimes anyone signed in is one of them.
  return Array.from({ length: random.whole(1, 3) }, () => (random.chance(0.05) ? {} : conditions(generated)));
}

function conditions(generated: Generated): Conditions {
  const { random, segments } = generated;
  const parts = random.chance(0.2) ? [{ public: true as const }] : personParts(generated);
  const all = [
    ...parts,
    ...requestParts(random),
    ...(parts[0] && "public" in parts[0] ? [] : owners(segments, random)),
  ];
  const some = all.filter((part) => "public" in part || random.chance("owner" in part ? 0.4 : 0.25));
  return Object.assign({}, ...(some.length > 0 ? some : [random.pick(all)])) as Conditions;
}

function personParts({ random, roles, idp }: Generated): Conditions[] {
  const some = <T>(items: readonly T[]) => pickSome(random, items);
  return [
    { roles: roles() },
    { allRoles: roles() },
    { notRoles: roles() },
    { idp: idp() },
    { scopes: some(SCOPES) },
    { claims: Object.fromEntries(some(CLAIMS).map((name) => [name, some(VALUES)])) },
    { emailDomains: some(DOMAINS) },
    { acr: some(ACRS) },
    { maxAge: random.pick([60, 90, 900, 3600, 86_400]) },
  ];
}

function requestParts(random: Random): Conditions[] {
  const some = <T>(items: readonly T[]) => pickSome(random, items);
  return [
    { networks: some(NETWORKS) },
    { notNetworks: some(NETWORKS) },
    random.chance(0.5) ? { countries: some(COUNTRIES) } : { notCountries: some(COUNTRIES) },
    { during: during(random) },
  ];
}

function during(random: Random): During {
  const parts: During[] = [
    { from: random.pick(FROM) },
    { until: random.pick(UNTIL) },
    { days: pickSome(random, DAYS) },
    { hours: random.pick(HOURS) },
  ];
  const some = parts.filter(() => random.chance(0.5));
  return Object.assign({}, ...(some.length > 0 ? some : [random.pick(parts)])) as During;
}

function owners(segments: readonly string[], random: Random): Conditions[] {
  return segments.flatMap((segment) => [{ owner: segment }, { owner: { segment, claim: random.pick(CLAIMS) } }]);
}

/** From one to three, each once, in any order. */
function pickSome<T>(random: Random, items: readonly T[]): T[] {
  return [...new Set(Array.from({ length: random.whole(1, 3) }, () => random.pick(items)))];
}
