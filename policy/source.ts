/**
 * Compiles the policy to JavaScript for the gate. The rules become a `switch`, the cheapest form in the CloudFront
 * Functions engine. Users of the exported module have no Node.js: HCL expressions (`for`, `join`, `format`) must be
 * able to build the same text from the same rules. Patterns use characters that need no escaping, and roles are percent-encoded,
 * which HCL has as `urlencode`. Runs at synth, never in the engine.
 */
import { requirementText } from "./requirement";
import type { PolicyRule } from "./rule";

/** The source of `function policy(h,m,s,p)`. The first rule that matches decides. */
export function policySource(rules: readonly PolicyRule[]): string {
  const hosts = unique(rules.flatMap((rule) => (rule.host === undefined ? [] : [rule.host])));
  const anyHost = rulesSource(rules.filter((rule) => rule.host === undefined));
  const cases = hosts.map(
    (host) =>
      `case"${host}":\n${rulesSource(rules.filter((rule) => rule.host === undefined || rule.host === host))}return;\n`,
  );
  const body = cases.length === 0 ? anyHost : `switch(h){\n${cases.join("")}}\n${anyHost}`;
  return `function policy(h,m,s,p){\n${body}}`;
}

/**
 * Rules with different literal first segments never match the same path, so consecutive ones become one `switch`. A
 * rule that starts with a wildcard separates two such runs.
 */
function rulesSource(rules: readonly PolicyRule[]): string {
  const runs: PolicyRule[][] = [];
  for (const rule of rules) {
    const last = runs.at(-1);
    if (last && !isWild(rule) && !isWild(last[0]!)) last.push(rule);
    else runs.push([rule]);
  }
  return runs.map((run) => (isWild(run[0]!) ? `${ruleSource(run[0]!)}\n` : switchSource(run))).join("");
}

function switchSource(run: readonly PolicyRule[]): string {
  const cases = unique(run.map(firstSegment)).map((segment) => {
    const texts = run.filter((rule) => firstSegment(rule) === segment).map(ruleSource);
    const leaves = texts.at(-1)!.startsWith("return");
    return `case"${segment}":${[...texts, ...(leaves ? [] : ["break"])].join(";")}\n`;
  });
  return `switch(s[1]){\n${cases.join("")}}\n`;
}

/** The statements of a rule, without a semicolon at the end. */
function ruleSource(rule: PolicyRule): string {
  const path = pathConditions(rule.path);
  const escapes = rule.escapes ?? false;
  const decision = statement(
    [...path, ...methodConditions(rule.methods)],
    requirementText({ allow: rule.allow, escapes }),
  );
  return rule.preflight === "pass"
    ? `${statement(["p", ...path], requirementText({ allow: "public", escapes }))};${decision}`
    : decision;
}

function statement(conditions: string[], result: string): string {
  return conditions.length === 0 ? `return"${result}"` : `if(${conditions.join("&&")})return"${result}"`;
}

/**
 * Conditions on the segments after the first, and on the first if it is `*`. A `*` before a named segment needs no
 * condition, because only the last segment of a path can be empty.
 */
function pathConditions(path: string): string[] {
  const segments = path.split("/");
  const conditions: string[] = [];
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i]!;
    if (segment === "**") return conditions;
    if (segment === "*" && isLastName(segments, i)) conditions.push(`s[${i}]`);
    else if (segment !== "*" && i > 1) conditions.push(`s[${i}]=="${segment}"`);
  }
  // Also true for the empty segment after a trailing slash, which therefore never changes a decision.
  return [...conditions, `!s[${segments.length}]`];
}

/** True if no named segment follows. */
function isLastName(segments: readonly string[], i: number): boolean {
  return segments.slice(i + 1).every((segment) => segment.startsWith("*"));
}

/** A rule for GET also applies to HEAD (RFC 9110 section 9.3.2). */
function methodConditions(methods: readonly string[] | undefined): string[] {
  if (!methods) return [];
  const names = unique(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])));
  const tests = names.map((name) => `m=="${name}"`);
  return [tests.length === 1 ? tests[0]! : `(${tests.join("||")})`];
}

function firstSegment(rule: PolicyRule): string {
  return rule.path.split("/")[1]!;
}

function isWild(rule: PolicyRule): boolean {
  return firstSegment(rule).startsWith("*");
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
