import { accessBelow, accessToPath, type Method } from "../../policy/access";
import { canMatchSame } from "../../policy/coverage";
import { decidingRule, mismatches } from "../../policy/deciding-rule";
import { policyOf } from "../../policy/evaluate";
import { pathMatches } from "../../policy/path";
import { METHODS, type PolicyRule } from "../../policy/rule";

const HOSTS = ["a.example", "b.example"];
const SEGMENTS = ["x", "y"];
const PATHS = ["/", ...paths(1), ...paths(2), ...paths(3)];
const PATTERNS = ["/", "/**", "/*", "/x", "/x/**", "/x/*", "/*/y", "/x/*/y", "/*/x/**", "/y/x"];

function paths(depth: number): string[] {
  if (depth === 0) return [""];
  return paths(depth - 1).flatMap((start) => SEGMENTS.map((segment) => `${start}/${segment}`));
}

/** Policies of up to five rules: the same ones in every run. */
function* policies(): Generator<PolicyRule[]> {
  let state = 1;
  const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 150; round++)
    yield Array.from({ length: 1 + next(5) }, () => ({
      path: PATTERNS[next(PATTERNS.length)]!,
      allow: (["public", "signed-in"] as const)[next(2)]!,
      ...(next(3) === 0 && { host: HOSTS[next(2)]! }),
      ...(next(3) === 0 && { methods: [(["GET", "POST"] as const)[next(2)]!] }),
    }));
}

/** An `expect` for each of a million comparisons takes longer than what is compared. */
function hold(isRight: boolean, told: object): void {
  if (!isRight) throw new Error(JSON.stringify(told, null, 1));
}

test("the rule that decides is the one whose requirement the gate's policy gives", () => {
  for (const rules of policies()) {
    const [decide, evaluate] = [decidingRule(rules), policyOf(rules)];
    for (const host of HOSTS)
      for (const method of METHODS)
        for (const path of PATHS) {
          const request = { host, method, path };
          const rule = decide(request);
          const differing = rules.map((one) => mismatches(one, request).length > 0);
          hold(evaluate(request)?.allow === (rule === undefined ? undefined : rules[rule]!.allow), { rules, request });
          hold(differing.indexOf(false) === (rule ?? -1), { rules, request, rule, differing });
        }
  }
});

test("what is listed below a pattern has the decision of every path below it, and no other rule", () => {
  const methods: Method[] = ["GET", "HEAD", "POST"];
  for (const rules of policies()) {
    const decide = decidingRule(rules);
    for (const pattern of PATTERNS) {
      const listed = accessBelow(rules, HOSTS, methods, pattern);
      const below = PATHS.filter((path) => pathMatches(pattern, path));
      for (const host of HOSTS)
        for (const method of methods) {
          const rows = listed.filter((row) => row.host === host && row.methods.includes(method));
          for (const path of below) {
            const rule = decide({ host, method, path });
            hold(
              rows.some((row) => row.rule === rule),
              { rules, pattern, host, method, path, rule, rows },
            );
          }
          for (const row of rows)
            hold(row.rule === undefined || canMatchSame(row.path, pattern), { rules, pattern, host, method, row });
        }
    }
  }
});

test.each([
  ["/x/**", "/x", true],
  ["/x/**", "/x/*", true],
  ["/x/*", "/x", false],
  ["/*", "/", false],
  ["/*/y", "/x/*", true],
  ["/*/y", "/x/z", false],
  ["/**", "/", true],
])("%s and %s can match the same path: %s", (one, other, can) => {
  expect(canMatchSame(one, other)).toBe(can);
  expect(canMatchSame(other, one)).toBe(can);
});

test("methods with the same decision share a row", () => {
  const rules: PolicyRule[] = [
    { path: "/api/**", methods: ["GET"], allow: "signed-in" },
    { path: "/api/**", allow: { roles: ["staff"] } },
    { host: "b.example", path: "/**", allow: "public" },
  ];
  expect(accessToPath(rules, HOSTS, METHODS, "/api/users")).toEqual(
    HOSTS.flatMap((host) => [
      { host, methods: ["GET", "HEAD"], path: "/api/users", rule: 0 },
      { host, methods: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"], path: "/api/users", rule: 1 },
    ]),
  );
  expect(accessBelow(rules, HOSTS, ["GET"], "/**")).toEqual([
    { host: "a.example", methods: ["GET"], path: "/api/**", rule: 0 },
    { host: "a.example", methods: ["GET"], path: "/**" },
    { host: "b.example", methods: ["GET"], path: "/api/**", rule: 0 },
    { host: "b.example", methods: ["GET"], path: "/**", rule: 2 },
  ]);
});
