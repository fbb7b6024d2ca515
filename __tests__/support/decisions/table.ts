/**
 * One table of decisions for all engines: policies, who asks for what, and what comes of it. The expectations are those of
 * the reference evaluator (reference-policy.ts), or written beside a hostile request.
 */
import pLimit from "p-limit";
import type { runGate } from "../../../local/gate-sandbox";
import type { PolicyRule } from "../../../policy/rule";
import { decisionOf, person, referenceDecision, type Asked } from "./asked";
import { HEADER_CASES, HEADER_RULES, PATH_CASES, PATH_RULES, type Case } from "./hostile";
import { REQUIREMENTS, TOGETHERS } from "./requirements";
import { ANN, HALVES, VISITORS } from "./visitors";

export interface DecidedPolicy {
  rules: PolicyRule[];
  /** By what they have in common. */
  cases: Record<string, Case[]>;
}

type Visitors = typeof VISITORS;

const asking = (required: typeof REQUIREMENTS, visitors: Visitors) =>
  Object.entries(required).map(([name, list]): [string, DecidedPolicy] => [name, decidedBy(list, visitors)]);

function decidedBy(required: (typeof REQUIREMENTS)[string], visitors: Visitors): DecidedPolicy {
  const rules = required.map((each, i): PolicyRule => ({ path: `/k${i}/{user}`, ...each }));
  const cases = required.map(({ allow, requirement = "" }, i) => {
    const ask = (asked: Asked) => ({ ...asked, path: `/k${i}/${ANN}` });
    const all = visitors.map(([who, asked]): Case => [who, ask(asked), referenceDecision(rules, ask(asked))]);
    return [`${i}: ${requirement}${JSON.stringify(allow)}`, all];
  });
  return { rules, cases: Object.fromEntries(cases) as Record<string, Case[]> };
}

/** Order, hosts, methods and forms of paths. */
const ORDER: PolicyRule[] = [
  { path: "/a/secret/**", allow: "nobody" },
  { host: "a.example", path: "/a/secret2/**", allow: "nobody" },
  { path: "/a/{user}/print", allow: { owner: "user" } },
  { host: "b.example", path: "/a/**", methods: ["GET"], allow: "public" },
  { host: "a.example", path: "/a/**", methods: ["POST", "OPTIONS"], allow: { roles: ["admin"] }, preflight: "pass" },
  { path: "/a/*", methods: ["PUT"], allow: { allRoles: ["admin", "staff"] } },
  { path: "/*/x", allow: "signed-in" },
  { path: "/a", allow: { claims: { plan: ["pro"] } } },
  { path: "/", allow: "public" },
  { path: "/d/y", allow: "nobody" },
  { path: "/d/**", allow: "public" },
  { path: "/c/*/**", methods: ["GET", "DELETE"], allow: { idp: ["main"] } },
];
const PLACES = [
  ...["/", "/a", "/a/", "/a/x", "/a/x/", "/a/secret", "/a/secret/deep/er", "/a/secret2/x", "/a/Secret"],
  ...[
    `/a/${ANN}/print`,
    "/a//print",
    "/b/x",
    "/c",
    "/c/d",
    "/c/d/e/f",
    "/d",
    "/d/y",
    "/d/y/z",
    "/constructor",
    "/__proto__/x",
  ],
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"];
const ASKING: [name: string, asked: Asked][] = [
  ["nobody", {}],
  ["an admin", { session: person({ roles: ["admin"] }) }],
  ["the owner with a plan", { session: person({ uid: ANN, claims: { plan: ["pro"] } }) }],
];
const inOrder: DecidedPolicy = {
  rules: ORDER,
  cases: Object.fromEntries(
    ["a.example", "b.example"].map((host) => [
      `rules in their order on ${host}`,
      PLACES.flatMap((path) =>
        METHODS.flatMap((method) =>
          ASKING.map(([who, as]): Case => {
            const asked = { ...as, host, path, method, preflight: method === "OPTIONS" };
            const isReadable = !path.includes("//");
            return [`${method} ${path} by ${who}`, asked, isReadable ? referenceDecision(ORDER, asked) : "deny path"];
          }),
        ),
      ),
    ]),
  ),
};

export const DECISIONS: Readonly<Record<string, DecidedPolicy>> = {
  ...Object.fromEntries([...asking(REQUIREMENTS, VISITORS), ...asking(TOGETHERS, HALVES)]),
  "the order of rules": inOrder,
  "hostile paths": { rules: PATH_RULES, cases: PATH_CASES },
  "hostile headers": { rules: HEADER_RULES, cases: HEADER_CASES },
};

export const DECISION_COUNT = Object.values(DECISIONS)
  .flatMap(({ cases }) => Object.values(cases))
  .reduce((sum, { length }) => sum + length, 0);

/**
 * Asks an engine for the decisions of some cases.
 *
 * @param source of a gate @returns the expected and the given decisions, with the names of their cases
 */
export async function decisions(engine: typeof runGate, source: string, cases: readonly Case[]) {
  const atOnce = pLimit(4);
  const given = await Promise.all(cases.map(([, asked]) => atOnce(() => decisionOf(engine, source, asked))));
  return {
    expected: cases.map(([name, , expected]) => `${name}: ${expected}`),
    given: given.map((decision, i) => `${cases[i]![0]}: ${decision}`),
  };
}
