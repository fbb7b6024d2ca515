/** What a deploy needs, by the resources that are synthesized. What Terraform really calls: the apply tier. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { deployPolicies, KNOWN_TYPES } from "../../stacks/deploy-permissions";
import { synthesize } from "../../stacks/synthesize";
import { edgegate } from "../support/cli";
import { EVERYTHING } from "../support/configs";
import { notAllowed, statementsOf } from "../support/iam-policies";

const outdir = mkdtempSync(join(tmpdir(), "edgegate-deploy-permissions-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const CONFIGS: Record<string, Config> = {
  example: loadConfig("config/example.ts"),
  everything: parseConfig(EVERYTHING),
  issued: parseConfig({ ...EVERYTHING, certificateArn: undefined, accessLogBucketArn: undefined }),
};

function typesOf(name: string): string[] {
  const { stackDir } = synthesize(CONFIGS[name]!, { outdir: join(outdir, name) });
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: object };
  return Object.keys(resource);
}

const policiesOf = (name: string) => deployPolicies(CONFIGS[name]!, typesOf(name));

test("every type of resource that is synthesized is known, and no other", () => {
  const types = new Set(Object.keys(CONFIGS).flatMap(typesOf));
  types.delete("terraform_data");
  expect([...types].sort()).toEqual([...KNOWN_TYPES].sort());
});

test("a type that nobody thought of is an error", () => {
  expect(() => deployPolicies(CONFIGS["example"]!, ["aws_new_thing"])).toThrow("aws_new_thing");
});

describe.each(Object.keys(CONFIGS))("the policies of the %s config", (name) => {
  test("fit into managed policies, at most ten of which a role takes", () => {
    const policies = policiesOf(name);
    expect(policies.length).toBeLessThanOrEqual(10);
    for (const policy of policies) expect(policy.length).toBeLessThanOrEqual(6_144);
  });

  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
  test("allow what Lambda@Edge and access logs need besides the obvious", () => {
    const needed = [
      "lambda:EnableReplication*",
      "lambda:DisableReplication*",
      "iam:CreateServiceLinkedRole",
      "iam:PassRole",
    ];
    expect(notAllowed(policiesOf(name), [...needed, "cloudfront:AllowVendedLogDeliveryForResource"])).toEqual([]);
  });

  test("name the gateway's own resources: nobody reads the session keys, or gets another role", () => {
    const statements = statementsOf(policiesOf(name));
    const on = (action: string) =>
      statements.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    const { name: gateway, accountId = "*", iam } = CONFIGS[name]!;
    expect(on("iam:PassRole")).toEqual([
      `arn:aws:iam::${accountId}:role${iam.rolePath}${iam.roleNamePrefix ?? ""}${gateway}-*`,
    ]);
    expect(on("secretsmanager:GetSecretValue")).toEqual([
      `arn:aws:secretsmanager:us-east-1:${accountId}:secret:edgegate/${gateway}/idp/*`,
    ]);
    const anywhere = statements.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    expect(anywhere.filter((action) => !/:(Describe|List)/.test(action)).sort()).toEqual([
      "lambda:CreateEventSourceMapping",
      // The log of the web ACL needs them, and AWS gives them no resource.
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DeleteQueryDefinition",
      // So it is with saved queries.
      "logs:PutQueryDefinition",
      "logs:PutResourcePolicy",
    ]);
  });
});

test("edgegate permissions writes them", async () => {
  const out = join(outdir, "policies");
  const { code, stdout, stderr } = await edgegate(["permissions", "--config", "config/example.ts", "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const policies = policiesOf("example");
  policies.forEach((policy, place) => {
    const file = join(out, `handbook-deploy-${place + 1}.json`);
    expect(stdout).toContain(`handbook-deploy-${place + 1}.json`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(policy));
  });
});
