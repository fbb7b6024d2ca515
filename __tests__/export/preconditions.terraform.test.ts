/** What the module refuses of a policy because of the rest of the exported config, in Terraform's own evaluation. */
import { parseConfig } from "../../config/load";
import { moduleOf } from "../../export/module";
import { preconditions } from "../../export/policy-preconditions";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";
import { POLICY_FILES, refusalsOf } from "./module-root";

const OPEN = { type: "custom", domainName: "api.example.com", open: true };
const CONFIG = parseConfig({
  ...SMALL,
  origin: OPEN,
  behaviors: [
    { path: "/api/*", origin: OPEN, api: true, caching: "optimized" },
    { path: "/live/*", origin: OPEN, api: true },
  ],
  accessTokens: {
    ci: {
      issuer: "https://ci.example.com",
      audience: ["wiki"],
      roles: { claim: "roles", grant: ["deployer", "tester"] },
    },
  },
  policy: [
    { path: "/deploy/**", allow: { roles: ["deployer"] } },
    { path: "/**", allow: { roles: ["tester"] } },
  ],
});

const GRANTED = [
  { path: "/deploy/**", roles: ["deployer"] },
  { path: "/**", roles: ["tester"] },
];
const CACHED =
  'an API behavior of this module caches what it answers, and this rule depends on the caller\'s address, country or time; write other conditions, or export the module from a config whose API behavior has caching "disabled".';
const ISSUER =
  'The policy must require each role that may be granted: The issuer "ci" of access tokens grants "deployer". The issuer "ci" of access tokens grants "tester".';

const NETWORKS = { roles: ["deployer"], networks: ["192.0.2.0/24"] };
const withRule = (path: string, conditions: object) => [{ path, conditions: [conditions] }, ...GRANTED];
const CASES: [what: string, policy: object[], problems: string[]][] = [
  ["the exported rules", GRANTED, []],
  ["a network below the cached API", withRule("/api/a", NETWORKS), [`policy[0] (/api/a): ${CACHED}`]],
  ["other networks there", withRule("/api/**", { not_networks: ["192.0.2.0/24"] }), [`policy[0] (/api/**): ${CACHED}`]],
  [
    "a time there",
    withRule("/api/a", { during: { until: "2030-01-01T00:00:00Z" } }),
    [`policy[0] (/api/a): ${CACHED}`],
  ],
  ["a maximum age there", withRule("/api/a", { max_age: "1h" }), [`policy[0] (/api/a): ${CACHED}`]],
  [
    "a network for a path that the cached API is a part of",
    withRule("/*/a", NETWORKS),
    [`policy[0] (/*/a): ${CACHED}`],
  ],
  ["a role there", withRule("/api/a", { roles: ["tester"] }), []],
  ["a network below the API that is not cached", withRule("/live/a", NETWORKS), []],
  ["no rule with a role of the issuer", [{ path: "/**", allow: "signed-in" }], [ISSUER]],
  ["rules with one of its roles", GRANTED.slice(1), [ISSUER]],
];

describeWith("terraform", "a module with a cached API and an issuer that grants roles", (terraform) => {
  test("refuses a policy that does not suit them, and says why", () => {
    const precondition = preconditions(CONFIG);
    const { resource, locals } = moduleOf(CONFIG).json;
    const { gate } = resource["aws_cloudfront_function"]!;
    expect(gate!["lifecycle"]).toMatchObject({ precondition: expect.arrayContaining(precondition) as unknown });
    const rest = {
      locals: { gate_settings_open: { hosts: [CONFIG.domain] }, required_roles: locals["required_roles"] },
      output: { value: { value: true, precondition } },
    };
    const calls = CASES.map(([, policy]) => ({ policy }));
    const { problems } = refusalsOf(terraform, { files: POLICY_FILES, rest }, calls);
    expect(CASES.map(([what], i) => [what, problems[i]])).toEqual(CASES.map(([what, , expected]) => [what, expected]));
  });
});
