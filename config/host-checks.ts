/** Checks that a rule for one host is not weakened by another host. */
import { pathsDecidedByHost, type HostDifference } from "../sites/hosts-alike";
import type { ConfigProblem } from "./error";
import { forwardsHost, targetsOf, type Origin } from "./origins/origin";
import type { Config } from "./schema";
import { placesOf } from "./site-checks";

/**
 * Hosts share the behaviors, and with them origins and cache. If the origin gets the same request for each host, all
 * hosts must decide a path alike. A bucket sees no host, and answers of a server that does not get the viewer's `Host`
 * are cached by path alone. Other servers get the host on which the gate decided as `x-forwarded-host`.
 */
export function hostsAreDistinguished(config: Config): ConfigProblem[] {
  const places = placesOf(config);
  const question = { policy: config.policy, hosts: [config.domain, ...config.alternateDomains], places };
  const problems = targetsWithoutHost(config).flatMap(({ path, origin, index }) => {
    const why =
      origin.type === "s3"
        ? `the bucket of ${path} gets the same request for both`
        : `${path} is cached by path alone; write host: "viewer" there to cache by host`;
    return pathsDecidedByHost(question, places.at(index)!).map((found) => ({ found, why }));
  });
  // Two different rules may conflict in many behaviors; the first error is enough to fix them.
  const rulesOf = ({ sides }: HostDifference) => sides.map(({ rule }) => rule).join(" ");
  return problems
    .filter(({ found }, i) => problems.findIndex((other) => rulesOf(other.found) === rulesOf(found)) === i)
    .map(({ found, why }) => problemOf(found, why));
}

/** Origins that get the same request for every host, with the index of their behavior; -1 for the default one. */
export function targetsWithoutHost(config: Config): { path: string; origin: Origin; index: number }[] {
  return targetsOf(config).flatMap(({ path, origin }) => {
    const index = config.behaviors.findIndex((behavior) => behavior.origin === origin);
    const caching = index < 0 ? config.caching : config.behaviors[index]!.caching;
    const isByHost = origin.type !== "s3" && (caching !== "optimized" || forwardsHost(origin));
    return isByHost ? [] : [{ path, origin, index }];
  });
}

function problemOf({ path, sides: [one, other] }: HostDifference, why: string): ConfigProblem {
  return {
    path: `policy[${Math.max(one.rule, other.rule)}]`,
    message: `"${path}" is for ${one.may} on ${one.host} and for ${other.may} on ${other.host}, but ${why}; allow it to the same people on all hosts, or give each host paths of its own`,
  };
}
