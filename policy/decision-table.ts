/** A table of what the gate decides: one row for each path of the policy. */
import { policyOf } from "./evaluate";
import { withoutNames } from "./patterns";
import { alternativesOf, type Allow, type PolicyRule } from "./rule";

export { describeAllow } from "./allow-in-words";
export { implies } from "./implies";

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

/**
 * True if a user with these roles, who signed in with this identity provider, may pass, regardless of all other facts.
 */
export function mayPass(allow: Allow, roles: readonly string[], idp: string): boolean {
  return alternativesOf(allow).some(({ public: isPublic, roles: some, allRoles, notRoles, idp: from, ...others }) => {
    if (Object.values(others).some((value) => value !== undefined)) return false;
    const isHeld = (role: string) => roles.includes(role);
    return (
      isPublic ||
      ((some?.some(isHeld) ?? true) &&
        (allRoles?.every(isHeld) ?? true) &&
        !notRoles?.some(isHeld) &&
        (from?.includes(idp) ?? true))
    );
  });
}

/** One path that a rule's pattern matches. */
export function examplePath(pattern: string): string {
  return (
    withoutNames(pattern)
      .replace(/\/\*\*$/, "")
      .replaceAll("*", "1") || "/"
  );
}
