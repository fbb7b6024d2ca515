/**
 * The table of decisions, with the policies as Terraform compiles them: equal text is compared elsewhere, and here what the
 * gate makes of it.
 */
import type { GateFeature } from "../../build/gate-features";
import { policyArguments } from "../../export/policy-arguments";
import { runGate as runInNjs } from "../../local/gate-njs";
import { runGate as runInSandbox } from "../../local/gate-sandbox";
import { gateSource } from "../functions/gate/conditions";
import { DECISION_COUNT, DECISIONS, decisions } from "../support/decisions/table";
import { describeWith } from "../support/tools";
import { POLICY_FILES, valuesOf } from "./module-root";

const COMPILED = {
  files: POLICY_FILES,
  rest: {
    output: {
      value: { value: { source: "${local.policy_source}", features: "${local.policy_features}" } },
    },
  },
};
const POLICIES = Object.entries(DECISIONS);

describeWith("terraform", "a policy that Terraform compiled decides as the rules say", (terraform) => {
  let sources: Record<string, string>;

  beforeAll(() => {
    const calls = POLICIES.map(([, { rules: policy }]) => policyArguments({ policy }));
    const compiled = valuesOf(terraform, COMPILED, calls) as { source: string; features: GateFeature[] }[];
    sources = Object.fromEntries(
      POLICIES.map(([name], i) => [name, gateSource(compiled[i]!.features, compiled[i]!.source)]),
    );
  });

  test("in as many cases as were promised", () => {
    expect(DECISION_COUNT).toBeGreaterThanOrEqual(600);
  });

  test.each(POLICIES)("in the sandbox: %s", async (name, { cases }) => {
    const { given, expected } = await decisions(runInSandbox, sources[name]!, Object.values(cases).flat());
    expect(given).toEqual(expected);
  });

  describeWith("njs", "in njs", () => {
    test.each(POLICIES)("%s", async (name, { cases }) => {
      // The policies of the stack are asked for all of them there (decisions.edge.test.ts).
      const some = Object.values(cases)
        .flat()
        .filter((_, i) => i % 4 === 0);
      const { given, expected } = await decisions(runInNjs, sources[name]!, some);
      expect(given).toEqual(expected);
    });
  });
});
