/** The diff of two policies, against the decisions of both compiled policies for every kind of request and person. */
import { accessDiff, type AccessChange, type ComparedPolicy } from "../../../policy/diff/access-diff";
import { pathMatches } from "../../../policy/path";
import { readRequirement } from "../../../policy/requirement";
import type { CompiledPolicy } from "../../../policy/requirement-text";
import { METHODS, type Allow } from "../../../policy/rule";
import { mayPass } from "../../../policy/decision-table";
import { closedPolicySource, policySource } from "../../../policy/source";
import { changedPolicy, generatedPolicy, GENERATED_HOSTS, seeded } from "../../support/generated-policies";
import { peopleInWords, those } from "./people-in-words";

const PAIRS = 2_500;
/** `o` stands for names that no rule has, `%2f` for a segment that only rules with `escapes` take. */
const SEGMENTS = ["x", "y", "o", "%2f"];
const PATHS = ["/", ...[1, 2, 3, 4].flatMap(paths), "/o/x/y/x/o", "/x/x/x/x"];
const HOSTS = [...GENERATED_HOSTS, "z.example"];
const REQUESTS = HOSTS.flatMap((host) =>
  PATHS.flatMap((path) =>
    [...METHODS.map((method) => [method, false] as const), ["PURGE", false] as const, ["OPTIONS", true] as const].map(
      ([method, isPreflight]) => ({
        host,
        path,
        method,
        isPreflight,
        segments: path.split("/"),
        isEscaped: path.includes("%"),
      }),
    ),
  ),
);
type Request = (typeof REQUESTS)[number];

function paths(depth: number): string[] {
  if (depth === 0) return [""];
  return paths(depth - 1).flatMap((start) => SEGMENTS.map((segment) => `${start}/${segment}`));
}

const matching = new Map<string, Set<string>>();

function matches(pattern: string, path: string): boolean {
  const known = matching.get(pattern) ?? new Set(PATHS.filter((one) => pathMatches(pattern, one)));
  matching.set(pattern, known);
  return known.has(path);
}

const admitted = new Map<string, number>();

/** Who passes, as the gate decides. @param code what the compiled policy returned */
function admittedBy(code: string | undefined, isEscaped: boolean): number {
  const key = `${code} ${isEscaped}`;
  const known = admitted.get(key) ?? readPeople(code || undefined, isEscaped);
  admitted.set(key, known);
  return known;
}

function readPeople(code: string | undefined, isEscaped: boolean): number {
  if (code === undefined || (isEscaped && !code.startsWith("?"))) return 0;
  const [, list, rest] = /^\??#([^=]*)=(.*)$/.exec(code) ?? [undefined, undefined, code];
  const passing = (allow: Allow) =>
    those((person) => (person ? mayPass(allow, person.roles, person.idp) : allow === "public"));
  const { allow } = readRequirement(rest!);
  return list === undefined ? passing(allow) : passing(allow) & passing({ roles: list.split("!") });
}

function deciding({ rules, closedTo, hosts }: ComparedPolicy): (request: Request) => number {
  const source = closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
  const policy = new Function(`${source};return policy`)() as CompiledPolicy;
  return ({ host, segments, method, isPreflight, isEscaped }) =>
    hosts && !hosts.includes(host) ? 0 : admittedBy(policy(host, method, segments, isPreflight), isEscaped);
}

function speaksOf(row: AccessChange, { host, path, method, isPreflight, isEscaped }: Request): boolean {
  const name = METHODS.find((known) => known === method) ?? "other";
  return (
    (row.host === undefined ? !row.exceptHosts?.includes(host) : row.host === host) &&
    (row.escapes === "also" || (row.escapes === "only") === isEscaped) &&
    row.methods.includes(name) &&
    (name !== "OPTIONS" || (row.preflight ?? isPreflight) === isPreflight) &&
    matches(row.path, path) &&
    !row.except.some((pattern) => matches(pattern, path))
  );
}

function expectExact(before: ComparedPolicy, after: ComparedPolicy): number {
  const rows = accessDiff(before, after).map((row) => ({
    row,
    gains: row.gains.reduce((bits, text) => bits | peopleInWords(text), 0),
    loses: row.loses.reduce((bits, text) => bits | peopleInWords(text), 0),
  }));
  const [decideBefore, decideAfter] = [deciding(before), deciding(after)];
  const used = new Set<AccessChange>();
  for (const request of REQUESTS) {
    const [had, have] = [decideBefore(request), decideAfter(request)];
    const isServed = [before, after].some(({ hosts }) => hosts?.includes(request.host) ?? true);
    const speaking = isServed ? rows.filter(({ row }) => speaksOf(row, request)) : [];
    const [gained, lost] = [have & ~had, had & ~have];
    const isRight =
      (gained | lost) === 0
        ? speaking.length === 0
        : speaking.length > 0 &&
          speaking.every(
            ({ row, gains, loses }) => gains === gained && loses === lost && row.newlyPublic === !!(gained & 1),
          );
    if (!isRight)
      throw new Error(
        JSON.stringify({ before, after, request, had, have, rows: speaking, all: rows.map(({ row }) => row) }, null, 1),
      );
    for (const { row } of speaking) used.add(row);
  }
  // A row that no request meets would be noise, or worse: a false alarm.
  for (const { row } of rows)
    if (!used.has(row)) throw new Error(JSON.stringify({ before, after, unused: row }, null, 1));
  return rows.length;
}

test("the rows are the difference of all decisions, for generated policies", () => {
  const next = seeded(11);
  let changed = 0;
  for (let round = 0; round < PAIRS; round++) {
    const rules = generatedPolicy(next);
    const other = round % 3 === 0 ? generatedPolicy(next) : changedPolicy(next, rules);
    const closing = (): Partial<ComparedPolicy> => {
      const roles = next(8) === 0 ? [["r"], ["s", "t"], []][next(3)] : undefined;
      return roles ? { closedTo: roles } : {};
    };
    const serving = (): Partial<ComparedPolicy> =>
      next(6) === 0 ? { hosts: next(2) === 0 ? ["a.example"] : GENERATED_HOSTS } : {};
    const [before, after] = [rules, other].map((own) => ({ rules: own, ...closing(), ...serving() }));
    changed += expectExact(before!, after!) > 0 ? 1 : 0;
  }
  expect(changed).toBeGreaterThan(PAIRS / 2);
});
