/** Requirements made from a seed, about the visitors of visitors.ts. */
import type { Allow, Conditions } from "../../../policy/rule";
import type { Random } from "../../support/generated-policies";
import { CLAIMS, CLASSES, COUNTRIES, EMAILS, IDPS, ROLES, SCOPES } from "./visitors";

/** The pattern of the rules: it has the segments that owners name. */
export const PATTERN = "/p/{user}/{other}";
const NETWORKS = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3/32", "0.0.0.0/0", "2001:db8::/32", "::/0"];

/** Few of each, so that those of two requirements are often related. */
export function generatedAllow(next: Random): Allow {
  const one = <T>(values: readonly T[]): T => values[next(values.length)]!;
  const some = <T>(values: readonly T[]): T[] => {
    const chosen = values.filter(() => next(3) === 0);
    return chosen.length > 0 ? chosen : [one(values)];
  };
  const ofRequest: (() => Conditions)[] = [
    () => ({ networks: some(NETWORKS) }),
    () => ({ notNetworks: some(NETWORKS.slice(0, 4)) }),
    () => ({ countries: some(COUNTRIES) }),
    () => ({ notCountries: some(COUNTRIES) }),
    () => ({
      during: {
        ...(next(2) === 0 && { from: one(["2026-11-30T00:00:00Z", "2026-12-01T08:00:00Z"]) }),
        ...(next(2) === 0 && { until: one(["2026-12-01T08:00:00Z", "2026-12-01T18:00:00Z"]) }),
        ...(next(2) === 0 && { days: some(["mon", "tue", "sat", "sun"] as const) }),
        hours: one(["08:00-18:00", "18:00-08:00", "00:00-12:00", "22:00-24:00"]),
      },
    }),
  ];
  const ofPerson: (() => Conditions)[] = [
    () => ({ roles: some(ROLES) }),
    () => ({ allRoles: some(ROLES) }),
    () => ({ notRoles: some(ROLES) }),
    () => ({ idp: some(IDPS.slice(0, 2)) }),
    () => ({ scopes: some(SCOPES) }),
    () => ({ claims: { plan: some(CLAIMS.plan), ...(next(3) === 0 && { team: some(CLAIMS.team) }) } }),
    () => ({ claims: { email: some(EMAILS) } }),
    () => ({ emailDomains: some(["a.example", "b.example"]) }),
    () => ({ acr: some(CLASSES) }),
    () => ({ maxAge: one([60, 900]) }),
    () => ({ owner: one(["user", "other"]) }),
    () => ({ owner: { segment: one(["user", "other"]), claim: "team" } }),
  ];
  const conditions = (): Conditions => {
    const isPublic = next(6) === 0;
    const kinds = [...ofRequest, ...(isPublic ? [] : [...ofPerson, ...ofPerson])];
    return Object.assign(
      isPublic ? { public: true } : {},
      ...Array.from({ length: next(4) }, () => one(kinds)()),
    ) as Conditions;
  };
  if (next(8) === 0) return one(["public", "signed-in", "nobody"] as const);
  const alternatives = Array.from({ length: 1 + next(3) }, conditions);
  return alternatives.length === 1 ? alternatives[0]! : alternatives;
}

/** As people change a requirement: a member or an alternative more or less, or another one. */
export function changedAllow(next: Random, allow: Allow): Allow {
  const other = generatedAllow(next);
  if (typeof allow === "string" || next(4) === 0) return other;
  const own = [allow].flat() as Conditions[];
  const [first, ...rest] = own;
  const names = Object.keys(first!) as (keyof Conditions)[];
  const name = names[next(names.length + 1)];
  switch (next(3)) {
    case 0:
      return name === undefined || name === "public" ? other : [{ ...first, [name]: undefined }, ...rest];
    case 1:
      return rest.length > 0 ? rest : other;
    default:
      return typeof other === "string" ? other : [...own, ...([other].flat() as Conditions[])];
  }
}
