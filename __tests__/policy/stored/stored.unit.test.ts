/** A policy in the store decides as the same policy in the gate's source. */
import type { CompiledPolicy } from "../../../policy/requirement-text";
import { METHODS, type PolicyRule } from "../../../policy/rule";
import { policySource } from "../../../policy/source";
import { generationOf, storedPolicy, type StoredPolicy } from "../../../policy/stored/compile";
import { readStoredPolicy } from "../../../policy/stored/read";
import { placeOf, requirementIn } from "../../../policy/stored/lookup";
import { largePolicy } from "../../support/large-policy";
import { generatedPolicy, GENERATED_HOSTS, seeded } from "../../support/generated-policies";

const HOSTS = [...GENERATED_HOSTS, "c.example"];
/** Names of rules and others, among them those that an object, a record or a pattern could take for something else. */
const NAMES = ["x", "y", "z", "*", "**", "undefined", "__proto__", "constructor", "0", ",", "p"];
const PATHS = [
  "/",
  ...[1, 2, 3, 4]
    .reduce<string[][]>(
      (all, depth) => [
        ...all,
        (all[depth - 2] ?? [""]).flatMap((path) =>
          (depth < 3 ? NAMES : ["x", "y", "z"]).map((name) => `${path}/${name}`),
        ),
      ],
      [],
    )
    .flat()
    .flatMap((path) => [path, `${path}/`]),
];
const REQUESTS = [
  ...[...METHODS, "PROPFIND", "constructor"].map((method) => ({ method, preflight: false })),
  { method: "OPTIONS", preflight: true },
];

function decideByStore({ index, records }: StoredPolicy): CompiledPolicy {
  return (host, method, segments, preflight) => {
    const { record, depth } = placeOf(index, index.roots[HOSTS.indexOf(host)]!, segments);
    return requirementIn(records[record]!, depth, method, segments, preflight);
  };
}

function decideBySource(rules: readonly PolicyRule[]): CompiledPolicy {
  return new Function(`${policySource(rules)}\nreturn policy;`)() as CompiledPolicy;
}

test("decides every request as the source does, with records of any size", () => {
  const next = seeded(41);
  const seen = { decided: 0, denied: 0, deep: 0, refused: 0 };
  for (let i = 0; i < 400; i++) {
    const rules = generatedPolicy(next, 12);
    const source = decideBySource(rules);
    let stored: StoredPolicy;
    try {
      stored = storedPolicy(rules, HOSTS, [1024, 120, 90, 60][i % 4]);
    } catch {
      seen.refused++;
      continue;
    }
    const store = decideByStore(stored);
    const decideAsRead = decideBySource(readStoredPolicy(stored.index, HOSTS, stored.records));
    if (stored.index.nodes.some((node) => typeof node !== "number")) seen.deep++;
    for (let k = 0; k < 300; k++) {
      const path = PATHS[next(PATHS.length)]!;
      const host = HOSTS[next(HOSTS.length)]!;
      const { method, preflight } = REQUESTS[next(REQUESTS.length)]!;
      const segments = path.split("/");
      const required = source(host, method, segments, preflight);
      seen[required === undefined ? "denied" : "decided"]++;
      const found = store(host, method, segments, preflight);
      const asRead = decideAsRead(host, method, segments, preflight);
      if (found !== required || asRead !== required)
        expect({ rules, host, path, method, preflight, found, asRead }).toEqual({ required });
    }
  }
  expect(seen.decided).toBeGreaterThan(20_000);
  expect(seen.denied).toBeGreaterThan(5_000);
  expect(seen.deep).toBeGreaterThan(20);
  expect(seen.refused).toBeLessThan(120);
});

test("1,000 rules of 40 hosts fit into the store, and their index into the gate", () => {
  const { rules, hosts } = largePolicy(1000, 40);
  const { index, records } = storedPolicy(rules, hosts);
  const sizes = Object.values(records).map((text) => Buffer.byteLength(text));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024);
  expect(sizes.length).toBeLessThan(400);
  expect(new Set(index.roots).size).toBe(40);
  expect(JSON.stringify(index).length).toBeLessThan(1200);
  const read = decideBySource(readStoredPolicy(index, hosts, records));
  const written = decideBySource(rules);
  for (const { host = hosts[3]!, path } of rules) {
    const segments = path.replace("**", "x").replace("*", "y").split("/");
    expect(read(host, "GET", segments, false)).toBe(written(host, "GET", segments, false));
  }
});

test("a path that ends has no segment of any name", () => {
  const rules = ["undefined", "b"].flatMap((name) =>
    ["c", "d", "e"].map((last): PolicyRule => ({ path: `/a/${name}/${last}`, allow: { roles: [name + last] } })),
  );
  rules.push({ path: "/a/undefined", allow: "public" }, { path: "/a", allow: "signed-in" });
  const stored = storedPolicy(rules, HOSTS, 50);
  expect(JSON.stringify(stored.index.nodes)).toContain('"/undefined"');
  const store = decideByStore(stored);
  expect(["/a", "/a/", "/a/undefined"].map((path) => store(HOSTS[0]!, "GET", path.split("/"), false))).toEqual([
    "+",
    "+",
    "*",
  ]);
});

describe("records that compile.ts did not write are refused", () => {
  const { index, records } = storedPolicy([{ path: "/a/**", methods: ["GET"], allow: "signed-in" }], HOSTS);
  const [name] = Object.keys(records) as [string];

  test.each<[string, Record<string, string>]>([
    ["one that is missing", {}],
    ["one with another rule", { [name]: records[name]!.replace("+", "*") }],
    ["one more", { ...records, [name.replace(/0$/, "1")]: " b \n,**,*" }],
  ])("%s", (_, changed) => {
    expect(() => readStoredPolicy(index, HOSTS, changed)).toThrow("are not those that its name says");
  });

  test.each([
    ["a rule of two fields", "GET,**", "is no rule"],
    ["an unknown method", "X,**,+", '"X" is no method'],
    ["preflights that need a role", "p,**,a\n,**,a", "is no rule for preflights"],
    ["preflights alone", "p,**,*", "preflights without a rule"],
    ["preflights of another rule", "p,x,*\n,**,a", "is not the rule of its preflights"],
  ])("%s", (_, lines, problem) => {
    const texts = { "0.0": `  \n a \n${lines}` };
    const nodes = [1];
    const generation = generationOf(nodes, texts);
    const found = { [`policy.${generation}.0.0`]: texts["0.0"] };
    expect(() => readStoredPolicy({ generation, roots: [0, 0, 0], nodes }, HOSTS, found)).toThrow(problem);
  });
});

test("a path with too many rules is named", () => {
  const rules = Array.from({ length: 90 }, (_, i): PolicyRule => ({ path: `/*/name-of-a-part-${i}`, allow: "public" }));
  expect(() => storedPolicy(rules, HOSTS)).toThrow('too many rules whose path begins with "/*" are for any name');
  const deep = rules.map((rule) => ({ ...rule, path: `/a${rule.path}` }));
  expect(() => storedPolicy(deep, HOSTS)).toThrow('"/a" has more rules of its own than');
});
