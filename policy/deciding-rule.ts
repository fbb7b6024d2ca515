/** Which rule decides a request, and why others do not. Runs the compiled source, as evaluate.ts does. */
import { policyOf, type PolicyRequest } from "./evaluate";
import type { PolicyRule } from "./rule";

/** What of a request a rule does not match. */
export type Mismatch = "host" | "method" | "path";

/** The index of the rule that decides; undefined if none matches, which means denied. */
export function decidingRule(rules: readonly PolicyRule[], request: PolicyRequest): number | undefined {
  const index = rules.findIndex((rule) => matches(rule, request));
  return index < 0 ? undefined : index;
}

/** Empty for a rule that matches. */
export function mismatches({ host, methods, path, preflight }: PolicyRule, request: PolicyRequest): Mismatch[] {
  const alone: Record<Mismatch, Omit<PolicyRule, "allow">> = {
    host: { host, path: "/**" },
    method: { methods, path: "/**", preflight },
    path: { path },
  };
  return (Object.keys(alone) as Mismatch[]).filter((part) => !matches({ ...alone[part], allow: "signed-in" }, request));
}

function matches(rule: PolicyRule, request: PolicyRequest): boolean {
  return policyOf([rule])(request) !== undefined;
}
