/** The exported module compiles the policy by itself: Terraform must build what the stack's own compiler builds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyArguments, ruleArgument } from "../../export/policy-arguments";
import type { PolicyRule } from "../../policy/rule";
import { closedPolicySource, policySource } from "../../policy/source";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";
import { generatedPolicies, generatedRules, HOSTS, IDP, longPolicy, type GeneratedPolicy } from "./generated-policies";
import { MODULE, POLICY_FILES, refusalsOf, valuesOf } from "./module-root";
import { CONDITION_MISTAKES } from "./condition-mistakes";
import { messagesOf, MISTAKES, spelledInHcl, type ModuleMistake } from "./policy-mistakes";

const POLICY = {
  files: POLICY_FILES,
  rest: { output: { value: { value: "${local.policy_source}" } } },
};

/** An earlier rule hides the later one, or just does not. One pair each: a condition fails for all rules together. */
const PAIRS: PolicyRule[][] = (
  [
    [
      { path: "/a", methods: ["GET"] },
      { path: "/a", methods: ["HEAD"] },
    ],
    [
      { path: "/a", methods: ["HEAD"] },
      { path: "/a", methods: ["GET"] },
    ],
    [{ path: "/a" }, { path: "/a", methods: ["GET"] }],
    [
      { path: "/a", methods: ["GET", "POST"] },
      { path: "/a", methods: ["POST", "HEAD"] },
    ],
    [{ path: "/a", methods: ["GET", "POST"] }, { path: "/a" }],
    [{ path: "/a" }, { path: "/a", host: HOSTS[1] }],
    [{ path: "/a", host: HOSTS[1] }, { path: "/a" }],
    [
      { path: "/a", host: HOSTS[1] },
      { path: "/a", host: HOSTS[1] },
    ],
    [
      { path: "/a", host: HOSTS[1] },
      { path: "/a", host: HOSTS[0] },
    ],
    ...[
      ["/**", "/"],
      ["/*", "/"],
      ["/a/**", "/a"],
      ["/a/**", "/ab"],
      ["/a.b", "/axb"],
      ["/a/*", "/a/**"],
      ["/*/**", "/**"],
      ["/*/b", "/a/b"],
      ["/*/b", "/a/c/b"],
      ["/a/*/c/**", "/a/*/c/d"],
      ["/a", "/A"],
    ].map((paths) => paths.map((path) => ({ path }))),
  ] as Omit<PolicyRule, "allow">[][]
).map((rules) => rules.map((rule) => ({ ...rule, allow: "signed-in" })));

/** Of conditions, in requirement texts. */
const NAMES = [
  "pub",
  "any",
  "all",
  "not",
  "idp",
  "scope",
  "claim",
  "mail",
  "acr",
  "age",
  "net",
  "nonet",
  "geo",
  "nogeo",
  "time",
  "own",
];

/** What generated policies must have in more than a few cases. */
const FEATURES = {
  "a switch on the host": /switch\(h\)/,
  "hosts that share a case": /case"[^"]+\.[a-z]+":case"[^"]+\.[a-z]+":\n/,
  "first segments that share a case": /case"[^".]*":case"[^".]*":[ir]/,
  "a rule between two switches": /\}\nif\([^\n]*\n(switch|\})/,
  "several rules in a case": /case"[^"]*":if[^\n]*;if/,
  "a case that always decides": /;return"[^\n]*\n/,
  "GET and HEAD": /\(m=="GET"\|\|m=="HEAD"\)/,
  preflights: /if\(p&&/,
  escapes: /return"\?/,
  "identity providers": /return"\??[a-z0-9!-]+=/,
  "encoded roles": /%[0-9A-F]{2}/,
  nobody: /return"\??\^"/,
  "several sets of conditions": /return"[^"]*&[^"]*\|&/,
  ...Object.fromEntries(NAMES.map((name) => [`the condition ${name}`, new RegExp(`return"[^"]*&${name}=`)])),
  "an owner by a claim": /&own=\d+!/,
  "a closed site": /"#[^"#]+="/,
  "a closed site for nobody": /"##="/,
};

describeWith("terraform", "the policy compiled by Terraform", (terraform) => {
  test("is the same text for 320 generated policies and two long ones", () => {
    const policies: GeneratedPolicy[] = [
      ...generatedPolicies(320, 1),
      { policy: longPolicy(100), maintenance: undefined },
      { policy: longPolicy(300), maintenance: {} },
    ];
    const expected = policies.map(sourceOf);
    // What they have in common with other policies must be among them.
    const rare = Object.entries(FEATURES).filter(
      ([, form]) => expected.filter((source) => form.test(source)).length < 10,
    );
    expect(rare).toEqual([]);
    expect(valuesOf(terraform, POLICY, policies.map(policyArguments))).toEqual(expected);
  });

  // Terraform normalizes strings to NFC (https://pkg.go.dev/github.com/zclconf/go-cty/cty/ctystrings).
  test("has a role in composed characters, however it is written", () => {
    const policy = (role: string) => ({ policy: [{ path: "/**", allow: { roles: [role] } }], maintenance: undefined });
    expect(valuesOf(terraform, POLICY, [policyArguments(policy("A\u0308rzte"))])).toEqual([
      sourceOf(policy("\u00c4rzte")),
    ]);
  });
});

describeWith("terraform", "a mistake in the module's policy", (terraform) => {
  const lists = [...PAIRS, ...generatedRules(40, 2)].map((policy): ModuleMistake => [
    { policy: policy.map(ruleArgument) },
    hiddenRules(policy),
  ]);
  const cases = [...MISTAKES, ...lists];
  const validated = ["policy.tf", "maintenance.tf"];

  test("has the message that a config has for it", () => {
    const { problems, validations } = refusalsOf(
      terraform,
      POLICY,
      cases.map(([written]) => written),
    );
    expect(cases.map(([written], i) => [written, problems[i]])).toEqual(cases);
    const withHidden = lists.filter(([, expected]) => expected.length > 0);
    expect(withHidden.length).toBeGreaterThan(20);
    expect(lists.length - withHidden.length).toBeGreaterThan(15);
    // Each validation has failed.
    const files = validated.map((name) => readFileSync(join(MODULE, name), "utf8"));
    expect(validations.size).toBe(files.join("").match(/^ {2}validation \{$/gm)!.length);
  });

  test("in conditions has a message for each", () => {
    const precondition = {
      condition: "${length(local.policy_problems) == 0}",
      error_message: '${join("\\n", local.policy_problems)}',
    };
    const checks = { ...POLICY, rest: { output: { value: { value: true, precondition: [precondition] } } } };
    const { problems } = refusalsOf(
      terraform,
      checks,
      CONDITION_MISTAKES.map(([written]) => written),
    );
    expect(CONDITION_MISTAKES.map(([written], i) => [written, problems[i]])).toEqual(CONDITION_MISTAKES);
  });
});

/** What a config with these rules says about the rules that can never match. */
function hiddenRules(policy: readonly PolicyRule[]): string[] {
  const [domain, ...alternateDomains] = HOSTS;
  const identityProviders = Object.fromEntries(IDP.map((id) => [id, SMALL.identityProviders.main]));
  // What a rule requires makes no difference.
  const rules = policy.map((rule) => ({ ...rule, allow: "signed-in" }));
  return messagesOf({ domain, alternateDomains, identityProviders, policy: rules })
    .filter(([, message]) => message.startsWith("can never match"))
    .map(([path, message]) => spelledInHcl(path, message));
}

function sourceOf({ policy, maintenance }: GeneratedPolicy): string {
  return maintenance ? closedPolicySource(policy, maintenance.allow?.roles ?? []) : policySource(policy);
}
