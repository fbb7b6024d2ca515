/** The rules of a policy as a table. */
import { describeRequired } from "../policy/allow-in-words";
import type { PolicyRule } from "../policy/rule";

export const POLICY_COLUMNS = ["host", "methods", "path", "may pass"];

/** One row for each rule, and one for requests that no rule matches. */
export function policyRows(rules: readonly PolicyRule[]): string[][] {
  return [
    ...rules.map((rule) => [
      rule.host ?? "any",
      rule.methods?.join(", ") ?? "any",
      rule.path,
      [
        describeRequired(rule),
        ...(rule.escapes ? ["also encoded paths"] : []),
        ...(rule.preflight ? ["CORS preflights by everybody"] : []),
      ].join("; "),
    ]),
    ["any", "any", "everything else", "nobody"],
  ];
}
