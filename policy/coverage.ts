/** Compares rules with each other, without a request. */
import { patternCovers, patternsMeet, segmentsOf } from "./patterns";
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
  const a = literal(rulePath);
  const b = literal(behaviorPath);
  const isOpen = rulePath.includes("*") || behaviorPath.includes("*");
  return isOpen ? a.startsWith(b) || b.startsWith(a) || `${b}/`.startsWith(a) : a === b;
}

/** True if `one` lets somebody pass whom `other` does not. */
export function admitsMore(one: Allow, other: Allow): boolean {
  if (other === "public") return false;
  if (one === "public") return true;
  if (other === "signed-in") return false;
  if (one === "signed-in") return true;
  const isMore = (names: string[] | undefined, others: string[] | undefined) =>
    !!others && (!names || names.some((name) => !others.includes(name)));
  return isMore(one.roles, other.roles) || isMore(one.idp, other.idp);
}

/** True if some path matches both patterns of rules. */
export function canMatchSame(one: string, other: string): boolean {
  return patternsMeet(segmentsOf(one), segmentsOf(other));
}

function methodsCover(earlier: PolicyRule["methods"], later: PolicyRule["methods"]): boolean {
  if (!earlier) return true;
  return !!later && later.every((method) => earlier.includes(method) || (method === "HEAD" && earlier.includes("GET")));
}
