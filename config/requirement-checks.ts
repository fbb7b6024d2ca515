/** Checks of requirements that involve more than the rule's `allow`. */
import { namesIn } from "../policy/path-pattern";
import { alternativesOf, rolesOf, type Conditions, type PolicyRule } from "../policy/rule";
import type { Required } from "./conditions";
import { isAttached } from "./distribution";
import type { ConfigProblem } from "./error";
import { grantsOf } from "./identity-provider";
import { forwardsHost, targetsOf, type Origin } from "./origins/origin";
import { sendsAssertion, sendsSecret, usesOriginSecret } from "./origins/protection";
import type { Config } from "./schema";

/** The conditions of a rule, and where they are in the config. */
export interface PlacedConditions {
  rule: PolicyRule;
  /** Such as `policy[3].allow[1]` or `requirements.staff`. */
  path: string;
  conditions: Conditions;
}

export function placedConditions({ policy }: Pick<Config, "policy">): PlacedConditions[] {
  return policy.flatMap((rule, i) => {
    const { allow, requirement } = rule;
    const place = requirement === undefined ? `policy[${i}].allow` : `requirements.${requirement}`;
    return alternativesOf(allow).map((conditions, j) => ({
      rule,
      path: Array.isArray(allow) ? `${place}[${j}]` : place,
      conditions,
    }));
  });
}

/** Replaces names of requirements with the requirements. */
export function resolved(
  rules: readonly PolicyRule[],
  requirements: Config["requirements"],
): { rules: PolicyRule[]; problems: ConfigProblem[] } {
  const known = Object.keys(requirements);
  const problems: ConfigProblem[] = [];
  const used = new Set<string>();
  const all = rules.map((rule, i): PolicyRule => {
    const name = (rule.allow as Partial<Required>).require;
    if (name === undefined) return rule;
    used.add(name);
    if (Object.hasOwn(requirements, name)) return { ...rule, allow: requirements[name]!, requirement: name };
    const write = known.length === 0 ? "add it there" : `write ${known.join(" or ")}, or add it there`;
    problems.push({ path: `policy[${i}].allow.require`, message: `"${name}" is not among requirements; ${write}` });
    return { ...rule, allow: "nobody" };
  });
  for (const name of problems.length > 0 ? [] : known.filter((one) => !used.has(one)))
    problems.push({
      path: `requirements.${name}`,
      message: `no rule requires it; remove it, or write allow: { require: "${name}" } in a rule`,
    });
  return { rules: all, problems };
}

/** Without this, the rules cannot be compiled. */
export function ownersAreInThePath(config: Config): ConfigProblem[] {
  return placedConditions(config).flatMap(({ rule, path, conditions: { owner } }) => {
    if (owner === undefined) return [];
    const name = typeof owner === "string" ? owner : owner.segment;
    const names = namesIn(rule.path);
    if (names.includes(name)) return [];
    const write = names.length === 0 ? `write a path such as "/profile/{${name}}"` : `write ${names.join(" or ")}`;
    return [{ path: `${path}.owner`, message: `the path "${rule.path}" has no segment "{${name}}"; ${write}` }];
  });
}

/** No session of a provider's people has a role that the provider may not grant, so they would all pass. */
export function excludedRolesAreGranted(config: Config): ConfigProblem[] {
  const { identityProviders, policy } = config;
  const ids = Object.keys(identityProviders);
  return placedConditions(config).flatMap(({ path, conditions: { notRoles = [], idp = ids } }) =>
    notRoles.flatMap((name, i) => {
      const without = idp.filter(
        (id) =>
          Object.hasOwn(identityProviders, id) &&
          !grantsOf(identityProviders[id]!, rolesOf(policy), ids.length === 1).includes(name),
      );
      return without.length === 0
        ? []
        : [
            {
              path: `${path}.notRoles[${i}]`,
              message: `people of ${without.join(" and ")} would pass although they have "${name}": add it to roles.grant there, or name other providers in idp`,
            },
          ];
    }),
  );
}

/** Preflights come without a session, and from browsers anywhere. */
export function preflightsMayPass({ policy }: Config): ConfigProblem[] {
  return policy.flatMap(({ allow, preflight, path }, i) => {
    if (!preflight) return [];
    const limits = alternativesOf(allow).flatMap(({ networks, notNetworks, countries, notCountries, during }) =>
      (networks ?? notNetworks ?? countries ?? notCountries ?? during) ? [true] : [],
    );
    if (allow !== "nobody" && limits.length === 0) return [];
    const write =
      allow === "nobody"
        ? "leave it out: the rule denies what it matches"
        : `leave it out: preflights would pass from everywhere. Put a rule for them above: { path: "${path}", methods: ["OPTIONS"], allow: { public: true, … } }`;
    return [{ path: `policy[${i}].preflight`, message: write }];
  });
}

/**
 * A function gets the country only if the behavior's cache policy or origin request policy has the header
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html). Otherwise, a
 * viewer could send it.
 */
export function countriesAreKnown(config: Config): ConfigProblem[] {
  const first = placedConditions(config).find(({ conditions }) => conditions.countries ?? conditions.notCountries);
  if (!first) return [];
  const path = `${first.path}.${first.conditions.countries ? "countries" : "notCountries"}`;
  if (isAttached(config))
    return [{ path, message: "only the gateway's own distribution tells the viewer's country; use networks" }];
  const unknown = targetsOf(config).filter(({ origin, path: place }) => {
    const caching = place === "origin" ? config.caching : config.behaviors[Number(/\d+/.exec(place)![0])]!.caching;
    return !tellsCountry(config, origin, caching);
  });
  return unknown.map(({ path: place }) => ({
    path: place,
    message: `requests for this origin cannot have the viewer's country, which ${path} compares; write host: "viewer" (and secretHeader: true or assertion: true if another origin has it), or caching: "optimized"`,
  }));
}

/**
 * An origin request policy that leaves out a header (`Host`, or the secret or assertions of other origins) cannot add the country
 * (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyHeadersConfig.html).
 */
function tellsCountry(config: Config, origin: Origin, caching: Config["caching"]): boolean {
  return (
    origin.type === "s3" ||
    caching === "optimized" ||
    (forwardsHost(origin) &&
      (sendsSecret(origin) || !usesOriginSecret(config)) &&
      (sendsAssertion(origin) || !config.assertion))
  );
}
