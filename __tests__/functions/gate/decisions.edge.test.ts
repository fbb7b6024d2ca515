/** The table of decisions, with the policies as the stack compiles them, in both engines. */
import { MAX_FUNCTION_SOURCE } from "../../../cloudfront/limits";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { conditionFeatures } from "../../../policy/requirement";
import { policySource } from "../../../policy/source";
import { alternativesOf, type Conditions } from "../../../policy/rule";
import { referenceDecision } from "../../support/decisions/asked";
import { TOGETHERS } from "../../support/decisions/requirements";
import { DECISIONS, decisions } from "../../support/decisions/table";
import { ANN, HALVES } from "../../support/decisions/visitors";
import { describeWith } from "../../support/tools";
import { gateSource } from "./conditions";

const POLICIES = Object.entries(DECISIONS).map(([name, { rules, cases }]) => ({
  name,
  source: gateSource(conditionFeatures(rules), policySource(rules)),
  cases,
}));
const GROUPS = POLICIES.flatMap(({ name, source, cases }) =>
  Object.entries(cases).map(([group, list]) => [name, group, source, list] as const),
);

test("the table has as many decisions as were promised, and some of each kind", () => {
  const all = GROUPS.flatMap(([, , , cases]) => cases.map(([, , expected]) => expected));
  expect(all.length).toBeGreaterThanOrEqual(600);
  const kinds = ["allow public", "allow session", "login none", "login step-up", "deny rule", "deny role", "deny path"];
  for (const kind of kinds) expect(all.filter((one) => one === kind).length).toBeGreaterThan(50);
});

test("each of several conditions is for somebody the only one that fails", () => {
  const decisionsOf = (allow: Conditions) =>
    HALVES.map(([, asked]) => referenceDecision([{ path: "/{user}", allow }], { ...asked, path: `/${ANN}` }));
  const sets = Object.values(TOGETHERS).flatMap((list) =>
    list.flatMap(({ allow }) => (alternativesOf(allow).length === 1 ? alternativesOf(allow) : [])),
  );
  expect(sets.length).toBeGreaterThan(5);
  const lacking = sets.flatMap((conditions) =>
    Object.entries(conditions).flatMap(([left]) => {
      const before = decisionsOf(conditions);
      const after = decisionsOf(Object.fromEntries(Object.entries(conditions).filter(([name]) => name !== left)));
      const isFound = before.some((decision, k) => decision !== "allow session" && after[k] === "allow session");
      return isFound ? [] : [`${JSON.stringify(conditions)}: ${left}`];
    }),
  );
  expect(lacking).toEqual([]);
});

test("CloudFront takes the gate of each of its policies", () => {
  const large = POLICIES.filter(({ source }) => Buffer.byteLength(source) > MAX_FUNCTION_SOURCE);
  expect(large.map(({ name, source }) => `${name}: ${Buffer.byteLength(source)}`)).toEqual([]);
});

describe("in the sandbox", () => {
  test.each(GROUPS)("%s: %s", async (_name, _group, source, cases) => {
    const { given, expected } = await decisions(runInSandbox, source, cases);
    expect(given).toEqual(expected);
  });
});

describeWith("njs", "in njs", () => {
  test.each(GROUPS)("%s: %s", async (_name, _group, source, cases) => {
    const { given, expected } = await decisions(runInNjs, source, cases);
    expect(given).toEqual(expected);
  });
});
