/** The policy as an argument of a module. HCL has no union types, so `allow` becomes several attributes. */
import type { Config } from "../config/schema";
import { alternativesOf, type Allow, type Conditions, type PolicyRule } from "../policy/rule";
import { durationOf } from "./duration";

export interface PolicyArguments {
  policy: object[];
  /** Sets of conditions by name. */
  requirements?: Record<string, object[]>;
  maintenance?: object;
}

interface Resolved {
  policy: readonly PolicyRule[];
  maintenance?: Config["maintenance"] | undefined;
}

/** @param policy rules as they were read, with resolved requirements */
export function policyArguments({ policy, maintenance }: Resolved): PolicyArguments {
  const named = policy.flatMap(({ requirement, allow }) =>
    requirement === undefined ? [] : [[requirement, setsOf(allow)] as const],
  );
  return {
    policy: policy.map(ruleArgument),
    ...(named.length > 0 && { requirements: Object.fromEntries(named) }),
    ...(maintenance && { maintenance: maintenanceArgument(maintenance) }),
  };
}

/** An element of the variable `policy`. */
export function ruleArgument({ allow, requirement, ...rule }: PolicyRule): object {
  if (requirement !== undefined) return { ...rule, require: requirement };
  if (typeof allow === "string") return { ...rule, allow };
  const [{ roles, idp, ...others } = {}, ...more] = alternativesOf(allow);
  const hasOthers = more.length > 0 || Object.values(others).some((value) => value !== undefined);
  const isPlain = !hasOthers && (roles !== undefined || idp !== undefined);
  return isPlain ? { ...rule, ...(roles && { roles }), ...(idp && { idp }) } : { ...rule, conditions: setsOf(allow) };
}

function setsOf(allow: Allow): object[] {
  return alternativesOf(allow).map(setOf);
}

function setOf({ public: isPublic, claims, acr, during, ...conditions }: Conditions): object {
  const { roles, allRoles, notRoles, idp, scopes, emailDomains, maxAge, owner } = conditions;
  const { networks, notNetworks, countries, notCountries } = conditions;
  const set = given({
    public: isPublic,
    roles,
    all_roles: allRoles,
    not_roles: notRoles,
    idp,
    scopes,
    claims,
    email_domains: emailDomains,
    acr,
    max_age: maxAge === undefined ? undefined : durationOf(maxAge),
    networks,
    not_networks: notNetworks,
    countries,
    not_countries: notCountries,
    during: during && given(during),
    owner: typeof owner === "string" ? { segment: owner } : owner,
  });
  return Object.keys(set).length > 0 ? set : { signed_in: true };
}

function maintenanceArgument({ until, message, allow }: NonNullable<Config["maintenance"]>): object {
  return given({ until, message, roles: allow?.roles });
}

function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
