/** The exported module compiles the policy by itself: Terraform must build what the stack's own compiler builds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyRule } from "../../policy/rule";
import { closedPolicySource, policySource } from "../../policy/source";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";
import { generatedPolicies, generatedRules, HOSTS, IDP, type GeneratedPolicy } from "./generated-policies";
import { moduleMaintenance, moduleRule, type ModuleInputs } from "./module-inputs";
import { MODULE, refusalsOf, valuesOf } from "./module-root";
import { messagesOf, MISTAKES, spelledInHcl, type ModuleMistake } from "./policy-mistakes";

const POLICY = {
  files: ["policy.tf", "policy-source.tf"],
  rest: { output: { value: { value: "${local.policy_source}" } } },
};

describeWith("terraform", "the policy compiled by Terraform", (terraform) => {
  test("is the same text for 400 generated policies", () => {
    const policies = generatedPolicies(400, 1);
    const compiled = valuesOf(terraform, POLICY, policies.map(inputs));
    expect(compiled).toEqual(policies.map(sourceOf));
  });
});

describeWith("terraform", "a mistake in the module's policy", (terraform) => {
  const lists = generatedRules(80, 2).map((policy): ModuleMistake => [
    { policy: policy.map(moduleRule) },
    hiddenRules(policy),
  ]);
  const cases = [...MISTAKES, ...lists];
  test("has the message that a config has for it", () => {
    const { problems, validations } = refusalsOf(
      terraform,
      POLICY,
      cases.map(([written]) => written),
    );
    expect(cases.map(([written], i) => [written, problems[i]])).toEqual(cases);
    const withHidden = lists.filter(([, expected]) => expected.length > 0);
    expect(withHidden.length).toBeGreaterThan(20);
    expect(lists.length - withHidden.length).toBeGreaterThan(20);
    // Each validation has failed.
    expect(validations.size).toBe(
      readFileSync(join(MODULE, "policy.tf"), "utf8").match(/^ {2}validation \{$/gm)!.length,
    );
  });
});

/** What a config with these rules says about the rules that can never match. */
function hiddenRules(policy: readonly PolicyRule[]): string[] {
  const [domain, ...alternateDomains] = HOSTS;
  const identityProviders = Object.fromEntries(IDP.map((id) => [id, SMALL.identityProviders.main]));
  return messagesOf({ domain, alternateDomains, identityProviders, policy })
    .filter(([, message]) => message.startsWith("can never match"))
    .map(([path, message]) => spelledInHcl(path, message));
}

function inputs({ policy, maintenance }: GeneratedPolicy): ModuleInputs {
  return { policy: policy.map(moduleRule), maintenance: moduleMaintenance(maintenance) };
}

function sourceOf({ policy, maintenance }: GeneratedPolicy): string {
  return maintenance ? closedPolicySource(policy, maintenance.allow?.roles ?? []) : policySource(policy);
}
