/**
 * Reads rules back from source.ts's output in a plan. The text may come from a stranger's pull request, so it is parsed
 * and never run. The rules must compile to the same text again: anything that source.ts would not write is refused.
 */
import { conditionsProblem } from "./conditions-problem";
import { CLOSED, END_OF_LIST, ROLE_SEPARATOR } from "./requirement-text";
import { readRequirement, type Requirement } from "./requirement";
import { alternativesOf, type PolicyRule } from "./rule";
import { closedPolicySource, policySource } from "./source";
import { SourceCursor } from "./source-cursor";

/** The rules of a gate. */
export interface GatePolicy {
  rules: readonly PolicyRule[];
  /** While the site is closed: the roles that get in, nobody if empty. Absent if the site is open. */
  closedTo?: readonly string[];
}

/** The policy in a gate's source, and the rest of the source. */
export interface ReadPolicy extends GatePolicy {
  /** The code before and after the policy. It could replace the policy, so a review must compare it, too. */
  rest: readonly [before: string, after: string];
}

const HEAD = /^function (?:policy|opened)\(h,m,s,p\)\{$/gm;

/**
 * @param source the gate's code, or a policy alone
 * @throws Error that names the place where the text differs from source.ts's output
 */
export function readPolicySource(source: string): ReadPolicy {
  const [head, second] = [...source.matchAll(HEAD)];
  if (!head) throw new Error('no policy: no line is "function policy(h,m,s,p){"');
  if (second) throw new Error(`${placeOf(source, second.index)}: a second policy; write only one`);
  const isClosed = head[0].startsWith("function opened");
  const cursor = new SourceCursor(source, head.index + head[0].length);
  cursor.take("\n");
  const rules = readRules(cursor);
  cursor.take("}");
  const closedTo = isClosed ? readClosing(cursor) : undefined;
  const text = closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
  const read = source.slice(head.index, cursor.position);
  if (read !== text) {
    const different = [...text].findIndex((character, i) => character !== read[i]);
    cursor.fail("not as the compiler writes it", head.index + Math.max(0, different));
  }
  return {
    rules,
    ...(closedTo && { closedTo }),
    rest: [source.slice(0, head.index), source.slice(cursor.position)],
  };
}

/** Line and column, both from 1. */
function placeOf(source: string, position: number): string {
  return new SourceCursor(source, position).place();
}

/** Everything between the braces of the function. */
function readRules(cursor: SourceCursor): PolicyRule[] {
  const rules: PolicyRule[] = [];
  while (!cursor.isAt("}")) {
    if (cursor.skip("switch(h){\n")) {
      while (!cursor.skip("}\n")) {
        const hosts = readNames(cursor, /[a-z0-9.:-]+/y);
        cursor.take("\n");
        const own: PolicyRule[] = [];
        while (!cursor.skip("break\n")) own.push(...readRun(cursor));
        for (const host of hosts) rules.push(...own.map((rule) => ({ host, ...rule })));
      }
    } else rules.push(...readRun(cursor));
  }
  return rules;
}

/** One `switch` over the first segment, or the line of a rule whose first segment is a wildcard. */
function readRun(cursor: SourceCursor): PolicyRule[] {
  if (!cursor.skip("switch(s[1]){\n")) {
    const rule = readRule(cursor, undefined);
    cursor.take("\n");
    return [rule];
  }
  const rules: PolicyRule[] = [];
  while (!cursor.skip("}\n")) {
    const names = readNames(cursor, /[A-Za-z0-9._~-]*/y);
    const start = cursor.position;
    for (const name of names) {
      cursor.position = start;
      for (;;) {
        rules.push(readRule(cursor, name));
        if (cursor.skip(";break\n") || cursor.skip("\n")) break;
        cursor.take(";");
      }
    }
  }
  return rules;
}

function readNames(cursor: SourceCursor, form: RegExp): string[] {
  const names: string[] = [];
  do {
    cursor.take('case"');
    names.push(cursor.match(form, "a name"));
    cursor.take('":');
  } while (cursor.isAt('case"'));
  return names;
}

/** The rule's one statement, or two if it lets preflights pass. @param first the segment of the `case` */
function readRule(cursor: SourceCursor, first: string | undefined): PolicyRule {
  const { isPreflight, ...rule } = readStatement(cursor, first);
  if (!isPreflight) return rule;
  cursor.take(";");
  const { isPreflight: isAgain, ...own } = readStatement(cursor, first);
  // The comparison of the whole text checks that both have the same path and escapes, and that the first is public.
  if (isAgain) cursor.fail("a preflight's statement without its rule's");
  return { ...own, preflight: "pass" };
}

function readStatement(cursor: SourceCursor, first: string | undefined): PolicyRule & { isPreflight: boolean } {
  const segments = new Map<number, string>(first === undefined ? [] : [[1, first]]);
  let isPreflight = false;
  let end: number | undefined;
  let methods: string[] | undefined;
  if (cursor.skip("if(")) {
    do {
      if (cursor.skip("p")) isPreflight = true;
      else if (cursor.skip("!s[")) {
        end = readIndex(cursor);
        cursor.take("]");
      } else if (cursor.skip("s[")) {
        const index = readIndex(cursor);
        cursor.take("]");
        segments.set(index, cursor.skip('=="') ? readQuoted(cursor, /[A-Za-z0-9._~-]+/y) : "*");
      } else methods = readMethods(cursor);
    } while (cursor.skip("&&"));
    cursor.take(")");
  }
  cursor.take('return"');
  const start = cursor.position;
  const text = readQuoted(cursor, /[A-Za-z0-9_.@:/%?*+^!=&|-]+/y);
  const path = pathOf(segments, end);
  return { path, ...withMethods(methods), ...readResult(cursor, text, path, start), isPreflight };
}

/** An owner's segment gets its number for a name: the compiled source does not have the name. */
function readResult(
  cursor: SourceCursor,
  text: string,
  path: string,
  start: number,
): Pick<PolicyRule, "allow" | "escapes"> {
  const { allow, escapes } = readRequirementAt(cursor, text, start);
  for (const conditions of alternativesOf(allow)) {
    const problem = conditionsProblem(conditions, path);
    if (problem !== undefined) cursor.fail(problem, start);
  }
  return { allow, ...(escapes && { escapes }) };
}

function readRequirementAt(cursor: SourceCursor, text: string, start: number): Requirement {
  try {
    return readRequirement(text);
  } catch (error) {
    return cursor.fail(error instanceof URIError ? "an escape that is none" : (error as Error).message, start);
  }
}

function readQuoted(cursor: SourceCursor, form: RegExp): string {
  const text = cursor.match(form, "a name");
  cursor.take('"');
  return text;
}

/** No path has more segments than the function has bytes, so no path of the reader gets long. */
function readIndex(cursor: SourceCursor): number {
  return Number(cursor.match(/[1-9][0-9]{0,3}/y, "the number of a segment"));
}

/** `m=="GET"`, or several in parentheses. */
function readMethods(cursor: SourceCursor): string[] {
  const isList = cursor.skip("(");
  const methods: string[] = [];
  do {
    cursor.take('m=="');
    methods.push(readQuoted(cursor, /GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS/y));
  } while (isList && cursor.skip("||"));
  if (isList) cursor.take(")");
  return methods;
}

/** GET stands for HEAD as well. */
function withMethods(names: readonly string[] | undefined): Pick<PolicyRule, "methods"> {
  if (!names) return {};
  return { methods: names.filter((name, i) => name !== "HEAD" || names[i - 1] !== "GET") as PolicyRule["methods"] };
}

/** @param end the index that must have no segment; absent after `**` */
function pathOf(segments: ReadonlyMap<number, string>, end: number | undefined): string {
  const last = Math.max(0, ...segments.keys());
  const names = Array.from({ length: last }, (_, i) => segments.get(i + 1) ?? "*");
  return `/${[...names, ...(end === undefined ? ["**"] : [])].join("/")}`;
}

/** The function that closes the site, after the one with the rules. */
function readClosing(cursor: SourceCursor): string[] {
  const [before, after] = closedPolicySource([], []).split("\n}").at(-1)!.split(`${CLOSED}${CLOSED}${END_OF_LIST}`);
  cursor.take(before!);
  cursor.take(CLOSED);
  const start = cursor.position;
  const list = cursor.skip(CLOSED) ? [] : cursor.match(/[A-Za-z0-9_.@:/%!-]+/y, "roles").split(ROLE_SEPARATOR);
  cursor.take(END_OF_LIST);
  cursor.take(after!);
  try {
    return list.map(decodeURIComponent);
  } catch {
    return cursor.fail("an escape that is none", start);
  }
}
