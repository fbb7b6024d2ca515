/** A table of what the gate decides: one row for each path of the policy. */
import { policyOf } from "./evaluate";
import type { Allow, PolicyRule } from "./rule";

export interface Decision {
  /** One path that the rule's pattern matches. */
  path: string;
  allow: Allow;
}

/**
 * What the gate decides for one host and method: first for `/`, then for an example path of each rule, in order. The
 * first rule that matches the path decides, and it may be another rule than the one that gave the path. Denied paths
 * have no row.
 */
export function decisionTable(rules: readonly PolicyRule[], host: string, method: string): Decision[] {
  const policy = policyOf(rules);
  const paths = new Set(["/", ...rules.map((rule) => examplePath(rule.path))]);
  return [...paths].flatMap((path) => {
    const required = policy({ host, method, path });
    return required ? [{ path, allow: required.allow }] : [];
  });
}

/** True if a user with these roles, who signed in with this identity provider, may pass. */
export function mayPass(allow: Allow, roles: readonly string[], idp: string): boolean {
  if (typeof allow === "string") return true;
  return (allow.roles?.some((role) => roles.includes(role)) ?? true) && (allow.idp?.includes(idp) ?? true);
}

/** True if everybody who meets the first also meets the second. */
export function implies(first: Allow, second: Allow): boolean {
  if (second === "public" || first === "public") return second === "public";
  const [held, needed] = [partsOf(first), partsOf(second)];
  return isWithin(held.roles, needed.roles) && isWithin(held.idp, needed.idp);
}

/** Who may pass, in words. */
export function describeAllow(allow: Allow): string {
  if (typeof allow === "string") return allow;
  const who = allow.roles?.join(" or ") ?? "signed-in";
  return allow.idp ? `${who} (${allow.idp.join(" or ")})` : who;
}

/** One path that a rule's pattern matches. */
export function examplePath(pattern: string): string {
  return pattern.replace(/\/\*\*$/, "").replaceAll("*", "1") || "/";
}

/** A list that is absent allows all. */
function isWithin(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return !other || (!!one && one.every((name) => other.includes(name)));
}

function partsOf(allow: Exclude<Allow, "public">): Exclude<Allow, string> {
  return allow === "signed-in" ? {} : allow;
}
