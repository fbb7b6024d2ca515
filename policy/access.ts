/** Who can open a path, or the paths of a pattern, for each host and method. */
import { canMatchSame, covers } from "./coverage";
import { decidingRule } from "./deciding-rule";
import type { METHODS } from "./rule";
import { type PolicyRule } from "./rule";

export type Method = (typeof METHODS)[number];

export interface Access {
  host: string;
  /** The methods that this row covers. */
  methods: Method[];
  /** The path, or the pattern of the rule if a pattern was asked for. */
  path: string;
  /** Index of the rule that decides; undefined if none does, which means nobody can open it. */
  rule?: number;
}

/** One row for each host and different decision. Methods with the same decision share a row. */
export function accessToPath(
  rules: readonly PolicyRule[],
  hosts: readonly string[],
  methods: readonly Method[],
  path: string,
): Access[] {
  const deciding = decidingRule(rules);
  return hosts.flatMap((host) =>
    grouped(methods, (method) => [deciding({ host, method, path })]).map(({ rule, methods }) => ({
      host,
      methods,
      path,
      ...(rule !== undefined && { rule }),
    })),
  );
}

/**
 * The rules that decide about some path of a pattern, in their order. A last row without a rule covers the paths that
 * no rule matches; it is absent if one rule matches all of them.
 */
export function accessBelow(
  rules: readonly PolicyRule[],
  hosts: readonly string[],
  methods: readonly Method[],
  pattern: string,
): Access[] {
  return hosts.flatMap((host) =>
    grouped(methods, (method) => decidersBelow(rules, host, method, pattern)).map(({ rule, methods }) => ({
      host,
      methods,
      path: rule === undefined ? pattern : rules[rule]!.path,
      ...(rule !== undefined && { rule }),
    })),
  );
}

function decidersBelow(
  rules: readonly PolicyRule[],
  host: string,
  method: Method,
  pattern: string,
): (number | undefined)[] {
  const asked: PolicyRule = { host, path: pattern, methods: [method], allow: "signed-in" };
  const deciders: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const isFor = covers({ ...rule, path: "/**" }, asked) && canMatchSame(rule.path, pattern);
    if (!isFor || deciders.some((earlier) => covers(rules[earlier]!, { ...rule, host, methods: [method] }))) continue;
    deciders.push(index);
    if (covers(rule, asked)) return deciders;
  }
  return [...deciders, undefined];
}

/** One entry for each rule that decides, with the methods for which it does. Undefined comes last. */
function grouped(
  methods: readonly Method[],
  decidersOf: (method: Method) => readonly (number | undefined)[],
): { rule: number | undefined; methods: Method[] }[] {
  const byRule = new Map<number | undefined, Method[]>();
  for (const method of methods)
    for (const rule of decidersOf(method)) byRule.set(rule, [...(byRule.get(rule) ?? []), method]);
  return [...byRule]
    .map(([rule, methods]) => ({ rule, methods }))
    .sort((a, b) => (a.rule ?? Infinity) - (b.rule ?? Infinity));
}
