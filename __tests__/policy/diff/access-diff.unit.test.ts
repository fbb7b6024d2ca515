/** The diff of two policies, against the decisions of both compiled policies for every kind of request and person. */
import { accessDiff, type AccessChange, type ComparedPolicy } from "../../../policy/diff/access-diff";
import { pathMatches } from "../../../policy/path";
import { readRequirement } from "../../../policy/requirement";
import type { CompiledPolicy } from "../../../policy/requirement-text";
import { METHODS, type Allow, type PolicyRule } from "../../../policy/rule";
import { mayPass } from "../../../policy/decision-table";
import { closedPolicySource, policySource } from "../../../policy/source";
import { sampleRules } from "../../../bench/sample";
import { changedPolicy, generatedPolicy, GENERATED_HOSTS, seeded } from "../../support/generated-policies";
import { peopleInWords, those } from "./people-in-words";

const PAIRS = 2_000;
/** `o` stands for names that no rule has, `%2f` for a segment that only rules with `escapes` take. */
const SEGMENTS = ["x", "y", "o", "%2f"];
const PATHS = ["/", "/o/x/y/x/o", ...[1, 2, 3, 4].flatMap(paths)];
const HOSTS = [...GENERATED_HOSTS, "z.example"];
/** Requests apart from their paths. */
const CLASSES = HOSTS.flatMap((host) =>
  [...METHODS.map((method) => [method, false] as const), ["PURGE", false] as const, ["OPTIONS", true] as const].map(
    ([method, isPreflight]) => ({ host, method, isPreflight }),
  ),
);
type Class = (typeof CLASSES)[number];
const READ_PATHS = PATHS.map((path) => ({ path, segments: path.split("/"), isEscaped: path.includes("%") }));
type Path = (typeof READ_PATHS)[number];

function paths(depth: number): string[] {
  if (depth === 0) return [""];
  return paths(depth - 1).flatMap((start) => SEGMENTS.map((name) => `${start}/${name}`));
}

const matching = new Map<string, Set<string>>();

function matches(pattern: string, path: string): boolean {
  const known = matching.get(pattern) ?? new Set(PATHS.filter((one) => pathMatches(pattern, one)));
  matching.set(pattern, known);
  return known.has(path);
}

const admitted = { plain: new Map<string | undefined, number>(), escaped: new Map<string | undefined, number>() };

/** Who passes, as the gate decides. @param code what the compiled policy returned */
function admittedBy(code: string | undefined, isEscaped: boolean): number {
  const known = admitted[isEscaped ? "escaped" : "plain"];
  const people = known.get(code) ?? readPeople(code || undefined, isEscaped);
  known.set(code, people);
  return people;
}

function readPeople(code: string | undefined, isEscaped: boolean): number {
  if (code === undefined || (isEscaped && !code.startsWith("?"))) return 0;
  const [, list, rest] = /^\??#([^=]*)=(.*)$/.exec(code) ?? [undefined, undefined, code];
  const passing = (allow: Allow) =>
    those((person) => (person ? mayPass(allow, person.roles, person.idp) : allow === "public"));
  const { allow } = readRequirement(rest!);
  return list === undefined ? passing(allow) : passing(allow) & passing({ roles: list.split("!") });
}

function deciding({ rules, closedTo, hosts }: ComparedPolicy): (ofClass: Class, path: Path) => number {
  const source = closedTo ? closedPolicySource(rules, closedTo) : policySource(rules);
  const policy = new Function(`${source};return policy`)() as CompiledPolicy;
  return ({ host, method, isPreflight }, { segments, isEscaped }) =>
    hosts && !hosts.includes(host) ? 0 : admittedBy(policy(host, method, segments, isPreflight), isEscaped);
}

/** The paths that a row speaks of. */
function spokenPaths(row: AccessChange): Set<Path> {
  return new Set(
    READ_PATHS.filter(
      ({ path, isEscaped }) =>
        (row.escapes === "also" || (row.escapes === "only") === isEscaped) &&
        matches(row.path, path) &&
        !row.except.some((pattern) => matches(pattern, path)),
    ),
  );
}

function isForClass(row: AccessChange, { host, method, isPreflight }: Class): boolean {
  const name = METHODS.find((known) => known === method) ?? "other";
  return (
    (row.host === undefined ? !row.exceptHosts?.includes(host) : row.host === host) &&
    row.methods.includes(name) &&
    (name !== "OPTIONS" || (row.preflight ?? isPreflight) === isPreflight)
  );
}

function expectExact(before: ComparedPolicy, after: ComparedPolicy): number {
  const rows = accessDiff(before, after).map((row) => ({
    row,
    paths: spokenPaths(row),
    gains: row.gains.reduce((bits, text) => bits | peopleInWords(text), 0),
    loses: row.loses.reduce((bits, text) => bits | peopleInWords(text), 0),
  }));
  const [decideBefore, decideAfter] = [deciding(before), deciding(after)];
  const used = new Set<AccessChange>();
  for (const ofClass of CLASSES) {
    const isServed = [before, after].some(({ hosts }) => hosts?.includes(ofClass.host) ?? true);
    const rowsOfClass = isServed ? rows.filter(({ row }) => isForClass(row, ofClass)) : [];
    for (const path of READ_PATHS) {
      const [had, have] = [decideBefore(ofClass, path), decideAfter(ofClass, path)];
      const speaking = rowsOfClass.filter(({ paths }) => paths.has(path));
      const [gained, lost] = [have & ~had, had & ~have];
      const isRight =
        (gained | lost) === 0
          ? speaking.length === 0
          : speaking.length > 0 &&
            speaking.every(
              ({ row, gains, loses }) => gains === gained && loses === lost && row.newlyPublic === !!(gained & 1),
            );
      if (!isRight) {
        const told = { before, after, ofClass, path, had, have, rows: speaking, all: rows.map(({ row }) => row) };
        throw new Error(JSON.stringify(told, null, 1));
      }
      for (const { row } of speaking) used.add(row);
    }
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

/** Every combination of names is decided by another pair of rules. */
const ENTANGLED: PolicyRule[] = ["/NAME/**", "/*/NAME/**", "/*/*/NAME/**", "/*/*/*/NAME"].flatMap((pattern, depth) =>
  Array.from({ length: 10 }, (_, i) => ({
    path: pattern.replace("NAME", `n${depth}-${i}`),
    allow: { roles: [`role-${i % 7}`] },
  })),
);

test.each([
  ["a typical policy and one with a rule less", sampleRules(100), sampleRules(100).toSpliced(40, 1), 1_000],
  ["two policies in opposite order", sampleRules(100), sampleRules(100).reverse(), 1_000],
  ["many wildcards", ENTANGLED, ENTANGLED.toReversed(), 10_000],
  ["a hundred hosts", onHosts(sampleRules(100)), onHosts(sampleRules(100).reverse()), 5_000],
])("%s take few steps", (_, before, after, max) => {
  let steps = 0;
  accessDiff({ rules: before }, { rules: after }, () => steps++);
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThan(max);
});

function onHosts(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.map((rule, i) => ({ ...rule, host: `h${i}.example` }));
}
