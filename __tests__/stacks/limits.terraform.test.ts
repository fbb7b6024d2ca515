/** What does not fit AWS's limits fails at synth, and when Terraform plans, and says what to do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { gateCode } from "../../stacks/gate-code";
import { policyOf } from "../../policy/evaluate";
import { readGateCode } from "../../stacks/read-gate";
import { authSettings } from "../../stacks/settings";
import { synthesize } from "../../stacks/synthesize";
import { jsonencodedBytes } from "../../stacks/terraform-text";
import { EVERYTHING } from "../support/configs";
import { largePolicy } from "../support/large-policy";
import { SMALL } from "../support/small-config";
import { mockWebAcl } from "../support/mock-provider";
import { describeWithTerraform } from "../support/terraform";

const providers = (count: number, issuer: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `provider-${i}`,
      { issuer: `https://login-${i}.example.com/${issuer}`, clientId: `client-${i}`, roles: { grant: [] } },
    ]),
  );

describe("a synth beyond AWS's limits", () => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-limits-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  const cases: [string, object, string, RegExp][] = [
    [
      "a policy that neither the gate nor the store can hold",
      {
        policy: Array.from({ length: 250 }, (_, i) => ({
          path: `/*/application-${i}/**`,
          allow: { roles: [`role-of-application-${i}`] },
        })),
      },
      "policy",
      /^the gate has [12]\d,\d{3} bytes, 1\d,\d{3} of them the policy and \d{2,3} the settings; CloudFront takes 10,240\. The store cannot take the policy either: too many rules whose path begins with "\/\*" .*\. Merge rules/,
    ],
    [
      "settings that no parameter holds",
      { identityProviders: providers(60, "tenant".repeat(10)) },
      "identityProviders",
      /^the settings of wiki-auth have 1\d,\d{3} bytes, 1\d,\d{3} of them identityProviders; an SSM parameter holds 8,192\. Write fewer/,
    ],
  ];

  test.each(cases)("%s: says the size and what to do", (_, more, path, message) => {
    expect(() => synthesize(parseConfig({ ...SMALL, ...more }), { outdir })).toThrow(
      expect.objectContaining({
        name: "ConfigError",
        problems: [{ path, message: expect.stringMatching(message) as string }],
      }) as Error,
    );
  });
});

describeWithTerraform("the limits of AWS, at plan time", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-limits-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("sizes are those that synth compares, and twenty providers fit", () => {
    const identityProviders = Object.entries(providers(20, "tenant".repeat(10)));
    // `jsonencode` escapes these characters.
    const authorizationParameters = { hint: "é<&>\u2028" };
    const config = parseConfig({
      ...SMALL,
      identityProviders: Object.fromEntries(
        identityProviders.map(([id, provider]) => [id, { ...provider, authorizationParameters }]),
      ),
    });
    const { stackDir } = synthesize(config, { outdir: join(outdir, "sizes") });
    mockWebAcl(stackDir);
    const { resources } = open(stackDir).plan();
    const { code } = resources.find(({ type }) => type === "aws_cloudfront_function")!.values;
    const { insecure_value: settings, tier } = resources.find(({ type }) => type === "aws_ssm_parameter")!.values;
    expect(Buffer.byteLength(code as string)).toBe(gateCode(config, artifacts()).bytes.total);
    expect(Buffer.byteLength(settings as string)).toBe(jsonencodedBytes(authSettings(config)));
    expect(Buffer.byteLength(settings as string)).toBeGreaterThan(4_096);
    expect(tier).toBe("Intelligent-Tiering");
  });

  test("a policy that only the store can hold is published before the gate that reads it, and settled after it", () => {
    const { rules, hosts } = largePolicy(1000, 40);
    const [domain, ...alternateDomains] = hosts;
    const origin = { type: "custom", domainName: "origin.example.com", open: true } as const;
    const config = parseConfig({ ...SMALL, origin, domain, alternateDomains, policy: rules });
    const { stackDir } = synthesize(config, { outdir: join(outdir, "stored") });
    mockWebAcl(stackDir);
    const terraform = open(stackDir);
    const { resources } = terraform.plan();
    const { code } = resources.find(({ type }) => type === "aws_cloudfront_function")!.values;
    expect(Buffer.byteLength(code as string)).toBe(gateCode(config, artifacts()).bytes.total);
    expect(Buffer.byteLength(code as string)).toBeLessThanOrEqual(10_240);
    const inputs = resources
      .filter(({ type }) => type === "aws_lambda_invocation")
      .map(({ values }) => values["input"]);
    expect(inputs).toHaveLength(2);
    // What a review reads of this plan decides as the config's rules.
    const read = policyOf(readGateCode(code as string, inputs).policy.rules);
    const written = policyOf(rules);
    for (const { host = domain!, path } of rules.filter((_, i) => i % 7 === 0)) {
      const request = { host, method: "GET", path: path.replace("**", "x") };
      expect(read(request)).toEqual(written(request));
    }
    const graph = terraform.run(["graph"]).output;
    expect(graph).toMatch(/aws_cloudfront_function\.gate" -> "[^"]*aws_lambda_invocation\.gate_rules_publish"/);
    expect(graph).toMatch(/aws_lambda_invocation\.gate_rules_settle" -> "[^"]*aws_cloudfront_function\.gate"/);
  });

  const LARGE = "x".repeat(8_192);
  test.each<[string, string, RegExp]>([
    ["gate", "gate_settings", /larger than the 10240 bytes that CloudFront takes[^]*Merge rules/],
    ["settings", "auth_settings", /larger than the 8192 bytes of an SSM parameter[^]*fewer "identityProviders"/],
  ])("%s that only Terraform knows to be too large fail with advice", (name, local, message) => {
    const config: ConfigInput = { ...EVERYTHING, signInHook: undefined };
    const { stackDir } = synthesize(parseConfig(config), { outdir: join(outdir, name) });
    const file = join(stackDir, "cdk.tf.json");
    const stack = JSON.parse(readFileSync(file, "utf8")) as { locals: Record<string, Record<string, unknown>> };
    stack.locals[local]!["theme"] = LARGE;
    writeFileSync(file, JSON.stringify(stack));
    mockWebAcl(stackDir);
    const plan = open(stackDir).run(["plan", "-input=false", "-no-color"]);
    expect(plan.status).toBe(1);
    // Terraform wraps lines.
    expect(plan.output.replace(/\s+/g, " ")).toMatch(message);
  });
});
