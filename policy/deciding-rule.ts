/** Explains which rule decides a request, and why others do not. Runs the compiled source, as evaluate.ts does. */
import { describeAllow } from "./decision-table";
import { policyOf, type PolicyRequest } from "./evaluate";
import { alternativesOf, type PolicyRule } from "./rule";

/** The parts of a request that a rule does not match. */
export type Mismatch = "host" | "method" | "path";

/** The index of the rule that decides; undefined if none matches, which means denied. */
export function decidingRule(rules: readonly PolicyRule[]): (request: PolicyRequest) => number | undefined {
  // Each rule requires its own position, so the policy's result is the position of the deciding rule.
  const numbered = rules.map(({ host, path, methods }, i) => ({ host, path, methods, allow: { roles: [String(i)] } }));
  const decide = policyOf(numbered);
  // A preflight's rule need not have its method.
  const decidePreflight = policyOf(
    numbered.map((rule, i) => (rules[i]!.preflight === "pass" ? { ...rule, methods: undefined } : rule)),
  );
  return (request) => {
    const required = (request.preflight ? decidePreflight : decide)(request)?.allow;
    return required === undefined ? undefined : Number(alternativesOf(required)[0]!.roles![0]);
  };
}

/** Empty for a rule that matches. */
export function mismatches({ host, methods, path, preflight }: PolicyRule, request: PolicyRequest): Mismatch[] {
  const alone: Record<Mismatch, Omit<PolicyRule, "allow">> = {
    host: { host, path: "/**" },
    method: { methods, path: "/**", preflight },
    path: { path },
  };
  return (Object.keys(alone) as Mismatch[]).filter(
    (part) => policyOf([{ ...alone[part], allow: "signed-in" }])(request) === undefined,
  );
}

/** A rule in one line, such as `GET /api/** signed-in`. */
export function describeRule({ host, methods, path, allow }: PolicyRule): string {
  return [host, methods?.join(","), path, describeAllow(allow)].filter((part) => part !== undefined).join(" ");
}
