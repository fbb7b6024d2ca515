/** The rows of a diff of policies with conditions, against what the gate's evaluation says of people and requests. */
import { accessDiff } from "../../../policy/diff/access-diff";
import { decider } from "../../../policy/explain";
import { pathMatches } from "../../../policy/path";
import { namesIn } from "../../../policy/path-pattern";
import { UNDECIDED } from "../../../policy/people/words";
import { alternativesOf, type Allow, type PolicyRule } from "../../../policy/rule";
import { seeded, type Random } from "../../support/generated-policies";
import { generatedAllow } from "../people/generated-conditions";
import { inWords } from "../people/in-words";
import { generatedVisitor, type Visitor } from "../people/visitors";

const PAIRS = 400;
const VISITORS = 150;
const HOST = "a.example";
/** Also with owners at other places, and with names where another rule has an owner. */
const PATTERNS = [
  ...["/p/{user}/{other}", "/p/{other}/{user}", "/{any}/{user}/{other}", "/p/{user}/{other}/**"],
  ...["/p/x/**", "/p/*/y", "/p/*", "/**", "/p/x/x", "/q/**"],
];

function generatedRule(next: Random): PolicyRule {
  const path = PATTERNS[next(PATTERNS.length)]!;
  const allow = generatedAllow(next);
  return { path, allow: namesIn(path).includes("user") ? allow : withoutOwners(allow) };
}

function withoutOwners(allow: Allow): Allow {
  if (typeof allow === "string") return allow;
  return alternativesOf(allow).map((conditions) => ({ ...conditions, owner: undefined }));
}

function changed(next: Random, rules: readonly PolicyRule[]): PolicyRule[] {
  const place = next(rules.length);
  const kinds = [
    () => rules.toSpliced(place, 1),
    () => rules.toSpliced(place, 0, generatedRule(next)),
    () => rules.toSpliced(place, 1, generatedRule(next)),
    () => [...rules].reverse(),
  ];
  return kinds[next(kinds.length)]!();
}

function passing(rules: readonly PolicyRule[]): (visitor: Visitor) => boolean {
  const decide = decider({ rules, hosts: [HOST], basePath: "/_gate" });
  return ({ session, address, country, at, path }) => {
    const request = { host: HOST, method: "GET", path, reading: "plain" as const, address, country, at };
    const person = session && { ...session, authAge: session.age };
    return decide(request, person).decision.is === "allowed";
  };
}

test("the rows tell exactly who gains and who loses access", () => {
  const next = seeded(23);
  const visitors = Array.from({ length: VISITORS }, () => generatedVisitor(next));
  const seen = { gains: 0, loses: 0, same: 0, undecided: 0 };
  for (let round = 0; round < PAIRS; round++) {
    const before = Array.from({ length: 1 + next(4) }, () => generatedRule(next));
    const after = changed(next, before);
    const rows = accessDiff({ rules: before }, { rules: after }).filter(({ methods }) => methods.includes("GET"));
    if (rows.some(({ gains, loses }) => [...gains, ...loses].some((text) => text.startsWith(UNDECIDED)))) {
      seen.undecided++;
      continue;
    }
    const told = rows.map((row) => ({ row, gains: row.gains.map(inWords), loses: row.loses.map(inWords) }));
    const [did, does] = [passing(before), passing(after)];
    for (const visitor of visitors) {
      const speaking = told.filter(
        ({ row }) =>
          row.escapes !== "only" &&
          pathMatches(row.path, visitor.path) &&
          !row.except.some((pattern) => pathMatches(pattern, visitor.path)),
      );
      const [had, has] = [did(visitor), does(visitor)];
      const isTold = (texts: "gains" | "loses") =>
        speaking.map((row) => row[texts].some((belongs) => belongs(visitor)));
      // Rows that overlap say the same.
      const isRight =
        speaking.length === 0
          ? had === has
          : isTold("gains").every((is) => is === (has && !had)) && isTold("loses").every((is) => is === (had && !has));
      if (!isRight) throw new Error(JSON.stringify({ before, after, visitor, had, has, rows }, null, 1));
      for (const { row } of speaking) if (row.newlyPublic && !has) throw new Error(JSON.stringify({ row, visitor }));
      seen[had === has ? "same" : has ? "gains" : "loses"]++;
    }
  }
  expect(seen.gains + seen.loses + seen.same).toBeGreaterThan(20_000);
  for (const number of [seen.gains, seen.loses]) expect(number).toBeGreaterThan(1_000);
  expect(seen.undecided).toBeLessThan(PAIRS / 20);
});

const OFFICE = { roles: ["staff"], networks: ["192.0.2.0/24"] };

test.each<[string, before: Allow, after: Allow, newlyWithout: string[] | undefined]>([
  ["a network that is not asked for any more", OFFICE, { roles: ["staff"] }, ["networks"]],
  ["a wider network", OFFICE, { ...OFFICE, networks: ["192.0.2.0/23"] }, undefined],
  ["an alternative without it", OFFICE, [OFFICE, { roles: ["admin"] }], ["networks"]],
  ["an alternative that lets in nobody else", OFFICE, [OFFICE, { ...OFFICE, allRoles: ["x"] }], undefined],
  ["one of two that asked", [OFFICE, { roles: ["admin"] }], { roles: ["staff", "admin"] }, undefined],
  ["another condition in its place", OFFICE, { roles: ["staff"], acr: ["mfa"] }, ["networks"]],
  [
    "several",
    { acr: ["mfa"], maxAge: 900, emailDomains: ["a.example"] },
    "signed-in",
    ["acr", "maxAge", "emailDomains"],
  ],
  ["a role", { roles: ["staff"] }, "signed-in", undefined],
  ["a rule that denied", "nobody", "signed-in", undefined],
])("conditions that are gone: %s", (_, before, after, newlyWithout) => {
  const rows = accessDiff({ rules: [{ path: "/**", allow: before }] }, { rules: [{ path: "/**", allow: after }] });
  expect(rows.map((row) => row.newlyWithout)).toEqual(rows.map(() => newlyWithout));
});

test("a rule that denies is told apart from no rule", () => {
  const denying: PolicyRule[] = [{ path: "/a/**", allow: "nobody" }];
  const opening: PolicyRule[] = [{ path: "/**", allow: "public" }];
  const rows = accessDiff({ rules: denying }, { rules: opening });
  expect(rows.map(({ path, before, newlyPublic }) => ({ path, before, newlyPublic }))).toEqual([
    { path: "/a/**", before: "nobody", newlyPublic: true },
    { path: "/**", before: undefined, newlyPublic: true },
  ]);
});
