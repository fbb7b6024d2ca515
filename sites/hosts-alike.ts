/**
 * Finds paths that two hosts decide differently, for origins that cannot distinguish the hosts. A person who may not
 * open a file on one host could open it on the other.
 */
import { describeAllow } from "../policy/decision-table";
import { decidingRule } from "../policy/deciding-rule";
import type { PolicyRule } from "../policy/rule";
import { familiesOf, memberOf, writtenFamily } from "./families";
import { mayServe } from "./meet";
import type { Place } from "./place";

export interface HostDifference {
  /** For people: `*` is a segment of any name. */
  path: string;
  /** For each host: the index of the rule that decides, and who may pass, in words. */
  sides: readonly [HostDecision, HostDecision];
}

interface HostDecision {
  host: string;
  rule: number;
  may: string;
}

/**
 * A path that no rule of a host decides is no difference: it is denied there only because no rule mentions it.
 *
 * @param place whose origin gets the same request for every host
 * @returns one difference for each pair of deciding rules
 */
export function pathsDecidedByHost(
  question: { policy: readonly PolicyRule[]; hosts: readonly string[]; places: readonly Place[] },
  place: Place,
): HostDifference[] {
  const { policy, hosts, places } = question;
  if (!policy.some(({ host }) => host !== undefined)) return [];
  const patterns = policy.map((rule) => rule.path);
  const families = familiesOf(patterns);
  const known = new Set(families);
  const ruleOf = decidingRule(policy);
  const found = new Map<string, HostDifference>();
  for (const family of families) {
    // A trailing slash never changes a decision, and may change the behavior.
    if (![family, `${family}/`].some((path) => path !== "" && mayServe(places, place, path, known))) continue;
    const path = memberOf(family || "/", patterns);
    for (const method of ["GET", "HEAD"]) {
      const sides = hosts.flatMap((host): HostDecision[] => {
        const rule = ruleOf({ host, method, path });
        return rule === undefined ? [] : [{ host, rule, may: describeAllow(policy[rule]!.allow) }];
      });
      const first = sides[0];
      const other = sides.find(({ may }) => may !== first!.may);
      if (!first || !other) continue;
      const key = `${first.rule} ${other.rule}`;
      if (!found.has(key)) found.set(key, { path: writtenFamily(family) || "/", sides: [first, other] });
    }
  }
  return [...found.values()];
}
