/** Compares rules with each other, without a request. */
import { implies } from "./implies";
import { patternCovers, patternsMeet, segmentsOf, withoutNames } from "./patterns";
import type { Allow, PolicyRule } from "./rule";

/** True if `earlier` matches every request that `later` matches. */
export function covers(earlier: PolicyRule, later: PolicyRule): boolean {
  const hosts = earlier.host === undefined || earlier.host === later.host;
  return (
    hosts &&
    methodsCover(earlier.methods, later.methods) &&
    patternCovers(segmentsOf(earlier.path), segmentsOf(later.path))
  );
}

/** True if some path can match both a rule's pattern and a CloudFront pattern, in which `*` crosses segments. */
export function canMeet(rulePath: string, behaviorPath: string): boolean {
  const literal = (pattern: string) => pattern.split("*")[0]!;
  const a = literal(withoutNames(rulePath));
  const b = literal(behaviorPath);
  const isOpen = withoutNames(rulePath).includes("*") || behaviorPath.includes("*");
  return isOpen ? a.startsWith(b) || b.startsWith(a) || `${b}/`.startsWith(a) : a === b;
}

/** True if `one` may let a person pass that `other` does not. False for equal rules, even if a path has an owner. */
export function admitsMore(one: Allow, other: Allow): boolean {
  return JSON.stringify(one) !== JSON.stringify(other) && !implies(one, other);
}

/** True if some path matches both patterns of rules. */
export function canMatchSame(one: string, other: string): boolean {
  return patternsMeet(segmentsOf(one), segmentsOf(other));
}

function methodsCover(earlier: PolicyRule["methods"], later: PolicyRule["methods"]): boolean {
  if (!earlier) return true;
  return !!later && later.every((method) => earlier.includes(method) || (method === "HEAD" && earlier.includes("GET")));
}
