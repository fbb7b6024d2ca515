/** Names the rule that decides about a request: for logs and tables, not for the gate. */
import { describeAllow } from "./decision-table";
import { policyOf, type PolicyRequest } from "./evaluate";
import type { PolicyRule } from "./rule";

/** The first rule that matches; undefined if none does. Asks the compiled source of each rule, as the gate would. */
export function decidingRule(rules: readonly PolicyRule[]): (request: PolicyRequest) => PolicyRule | undefined {
  const each = rules.map((rule) => ({ rule, matches: policyOf([rule]) }));
  return (request) => each.find(({ matches }) => matches(request) !== undefined)?.rule;
}

/** A rule in one line, such as `GET /api/** signed-in`. */
export function describeRule({ host, methods, path, allow }: PolicyRule): string {
  return [host, methods?.join(","), path, describeAllow(allow)].filter((part) => part !== undefined).join(" ");
}
