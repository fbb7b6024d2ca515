/**
 * Compiles the policy to JavaScript for the gate. The rules become a `switch`, the cheapest form in the CloudFront
 * Functions engine. Users of the exported module have no Node.js: HCL expressions (`for`, `join`, `format`) must be
 * able to build the same text from the same rules. Patterns use characters that need no escaping, and roles are
 * percent-encoded: `urlencode`, and `replace` for what it encodes in another way, such as a space as `+`
 * (https://developer.hashicorp.com/terraform/language/functions/urlencode). Runs at synth, never in the engine.
 */
import { withoutNames } from "./patterns";
import { encodeText } from "./percent-encoding";
import { requirementText } from "./requirement";
import { CLOSED, END_OF_LIST, PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "./requirement-text";
import type { PolicyRule } from "./rule";

/** The source of `function policy(h,m,s,p)`. The first rule that matches decides. */
export function policySource(rules: readonly PolicyRule[]): string {
  const runs = runsOf(rules, (rule, before) => (rule.host === undefined) === (before.host === undefined));
  const body = runs.map((run) => (run[0]!.host === undefined ? rulesSource(run) : hostsSource(run))).join("");
  return `function policy(h,m,s,p){\n${body}}`;
}

/**
 * The same for a closed site: everyone also needs one of these roles. It does not grow with the rules, so that
 * a site whose rules just fit can be closed, too.
 *
 * @param roles if there are none, nobody gets in: no role in a token contains the character that means none
 */
export function closedPolicySource(rules: readonly PolicyRule[], roles: readonly string[]): string {
  const list = roles.length === 0 ? CLOSED : roles.map(encodeText).join(ROLE_SEPARATOR);
  return (
    `${policySource(rules).replace("policy", "opened")}\nfunction policy(h,m,s,p){var r=opened(h,m,s,p)||"",e=r[0]=="${TAKES_ESCAPES}"?r[0]:"";` +
    `r=r.slice(e.length);return r&&e+"${CLOSED}${list}${END_OF_LIST}"+(r=="${PUBLIC}"?"${SIGNED_IN}":r)}`
  );
}

/** Rules for different hosts never match the same request, so consecutive ones become one `switch`. */
function hostsSource(run: readonly PolicyRule[]): string {
  const cases = casesSource(
    run,
    (rule) => rule.host!,
    (rules) => `\n${rulesSource(rules)}break`,
  );
  return `switch(h){\n${cases}}\n`;
}

/**
 * Rules with different literal first segments never match the same path, so consecutive ones become one `switch`. A
 * rule that starts with a wildcard separates two such runs.
 */
function rulesSource(rules: readonly PolicyRule[]): string {
  return runsOf(rules, (rule, before) => !isWild(rule) && !isWild(before))
    .map((run) => (isWild(run[0]!) ? `${ruleSource(run[0]!)}\n` : switchSource(run)))
    .join("");
}

function switchSource(run: readonly PolicyRule[]): string {
  const cases = casesSource(run, firstSegment, (rules) => {
    const texts = rules.map(ruleSource);
    return [...texts, ...(texts.at(-1)!.startsWith("return") ? [] : ["break"])].join(";");
  });
  return `switch(s[1]){\n${cases}}\n`;
}

/** One case for each group of names whose rules become the same statements. */
function casesSource(
  run: readonly PolicyRule[],
  nameOf: (rule: PolicyRule) => string,
  statementsOf: (rules: readonly PolicyRule[]) => string,
): string {
  const names = unique(run.map(nameOf));
  const statements = names.map((name) => statementsOf(run.filter((rule) => nameOf(rule) === name)));
  return unique(statements)
    .map((text) => `${names.map((name, i) => (statements[i] === text ? `case"${name}":` : "")).join("")}${text}\n`)
    .join("");
}

/** Splits the rules where two neighbors do not belong together. */
function runsOf(
  rules: readonly PolicyRule[],
  belong: (rule: PolicyRule, before: PolicyRule) => boolean,
): PolicyRule[][] {
  const runs: PolicyRule[][] = [];
  for (const rule of rules) {
    const last = runs.at(-1);
    if (last && belong(rule, last[0]!)) last.push(rule);
    else runs.push([rule]);
  }
  return runs;
}

/** The statements of a rule, without a semicolon at the end. */
function ruleSource(rule: PolicyRule): string {
  const path = pathConditions(withoutNames(rule.path));
  const escapes = rule.escapes ?? false;
  const decision = statement(
    [...path, ...methodConditions(rule.methods)],
    requirementText({ allow: rule.allow, escapes }, rule.path),
  );
  return rule.preflight === "pass"
    ? `${statement(["p", ...path], requirementText({ allow: "public", escapes }, rule.path))};${decision}`
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
  return withoutNames(rule.path).split("/")[1]!;
}

function isWild(rule: PolicyRule): boolean {
  return firstSegment(rule).startsWith("*");
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
