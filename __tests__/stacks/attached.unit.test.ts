/** A gateway for a distribution that somebody else manages: what it outputs, and what a distribution beside it must have. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudfrontDistribution,
  type CloudfrontDistributionDefaultCacheBehavior,
  type CloudfrontDistributionOrderedCacheBehavior,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { parseConfig } from "../../config/load";
import { Gateway } from "../../stacks/gateway";
import { GatewayStack } from "../../stacks/gateway-stack";
import { ATTACHED } from "../support/small-config";
import { emptyArtifacts } from "../support/empty-artifacts";

interface Written {
  resource: Record<string, Record<string, Record<string, unknown>>>;
  output: Record<string, { value: unknown }>;
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-attached-"));
const artifacts = emptyArtifacts(folder);
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns what is written for Terraform, or why nothing is */
function synth(fill: (app: App) => void, name: string): Written | string {
  const outdir = mkdtempSync(join(folder, "out-"));
  const app = new App({ outdir, stackTraces: false });
  fill(app);
  const file = join(outdir, "stacks", name, "cdk.tf.json");
  try {
    app.synth();
  } catch (error) {
    expect(existsSync(file)).toBe(false);
    return (error as Error).message;
  }
  return JSON.parse(readFileSync(file, "utf8")) as Written;
}

describe("the stack", () => {
  const stackOf = (more: object = {}) =>
    synth(
      (app) => new GatewayStack(app, "wiki", { config: parseConfig({ ...ATTACHED, ...more }), artifacts }),
      "wiki",
    ) as Written;
  const outputOf = ({ output }: Written, name: string) => output[name]?.value;

  test("has one association for the owner's behaviors", () => {
    expect(outputOf(stackOf(), "function_association")).toEqual({
      event_type: "viewer-request",
      function_arn: "${aws_cloudfront_function.gate.arn}",
    });
  });

  test("has the behavior of the gateway's endpoints, but for an origin", () => {
    expect(outputOf(stackOf({ basePath: "/_door" }), "auth_behavior")).toEqual({
      path_pattern: "/_door/*",
      viewer_protocol_policy: "https-only",
      allowed_methods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
      cached_methods: ["GET", "HEAD"],
      compress: false,
      use_forwarded_values: false,
      cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      response_headers_policy_id: "${aws_cloudfront_response_headers_policy.security_headers.id}",
      lambda_function_association: {
        "viewer-request": { lambda_arn: "${aws_lambda_function.auth.qualified_arn}", include_body: true },
      },
    });
  });

  test("outputs nothing of a distribution", () => {
    expect(Object.keys(stackOf().output).filter((name) => /distribution|bucket|origin/.test(name))).toEqual([]);
  });

  test("has an alarm about the distribution only if it knows which one it is", () => {
    const alarms = (written: Written) => Object.keys(written.resource["aws_cloudwatch_metric_alarm"]!);
    expect(alarms(stackOf())).not.toContain("alarm_server-errors");
    const known = stackOf({ distribution: { id: "E2QWRUHAPOMQZL" } });
    expect(alarms(known)).toContain("alarm_server-errors");
    expect(known.resource["aws_cloudwatch_metric_alarm"]!["alarm_server-errors"]).toMatchObject({
      dimensions: { DistributionId: "E2QWRUHAPOMQZL", Region: "Global" },
    });
    expect(JSON.stringify(known.resource["aws_cloudwatch_dashboard"])).toContain("E2QWRUHAPOMQZL");
    expect(JSON.stringify(stackOf().resource["aws_cloudwatch_dashboard"])).not.toContain("DistributionId");
  });

  test("keeps the origin secret from servers whose behavior does not ask for it", () => {
    const policies = outputOf(stackOf({ originSecret: { send: true } }), "policies") as Record<
      string,
      Record<string, string>
    >;
    const idOf = (name: string) => policies[name]!["origin_request_policy_id"]!;
    expect(idOf("server_with_secret")).toBe("b689b0a8-53d0-40ab-baf2-68738e2966ac");
    for (const name of ["server", "server_by_host"])
      expect(idOf(name)).toMatch(/^\$\{aws_cloudfront_origin_request_policy\.cache_viewer/);
    expect(idOf("shared_with_secret")).toBe("${aws_cloudfront_origin_request_policy.cache_secret.id}");
    expect(policies["shared"]).not.toHaveProperty("origin_request_policy_id");
    expect(policies["bucket"]).not.toHaveProperty("origin_request_policy_id");
  });

  test("has no policy for the secret if the gate sends none", () => {
    expect(outputOf(stackOf(), "policies")).not.toHaveProperty("server_with_secret");
  });
});

describe("a distribution beside the gateway", () => {
  type Ordered = CloudfrontDistributionOrderedCacheBehavior;

  const COMMON: CloudfrontDistributionDefaultCacheBehavior = {
    targetOriginId: "app",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  };

  function withDistribution(
    fill: (gateway: Gateway) => {
      default: Partial<CloudfrontDistributionDefaultCacheBehavior>;
      ordered: (Partial<Ordered> & { pathPattern: string })[];
    },
  ): Written | string {
    return synth((app) => {
      const stack = new TerraformStack(app, "own");
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      const gateway = new Gateway(stack, "gateway", { config: parseConfig(ATTACHED), artifacts });
      const behaviors = fill(gateway);
      new CloudfrontDistribution(stack, "mine", {
        enabled: true,
        origin: [{ originId: "app", domainName: "app-origin.example.com" }],
        defaultCacheBehavior: { ...COMMON, ...behaviors.default },
        orderedCacheBehavior: behaviors.ordered.map((behavior) => ({ ...COMMON, ...behavior })),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      });
    }, "own");
  }

  test("takes what the gateway gives", () => {
    const written = withDistribution((gateway) => ({
      default: { functionAssociation: [gateway.functionAssociation] },
      ordered: [
        gateway.authBehavior("app"),
        { pathPattern: "/api/*", functionAssociation: [gateway.functionAssociation], ...gateway.policies!.server },
      ],
    })) as Written;
    const { mine } = written.resource["aws_cloudfront_distribution"]!;
    const [auth, api] = mine!["ordered_cache_behavior"] as Record<string, unknown>[];
    const reference = (type: string) =>
      expect.stringMatching(new RegExp(`^\\$\\{${type}\\.\\w+\\.\\w+\\}$`)) as unknown;
    expect(auth).toMatchObject({
      path_pattern: "/_gate/*",
      target_origin_id: "app",
      lambda_function_association: [
        { event_type: "viewer-request", include_body: true, lambda_arn: reference("aws_lambda_function") },
      ],
    });
    expect(api).toMatchObject({
      function_association: [{ event_type: "viewer-request", function_arn: reference("aws_cloudfront_function") }],
      origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    });
  });

  test("is refused if it uses the gate, and one behavior has no decision", () => {
    expect(
      withDistribution((gateway) => ({
        default: { functionAssociation: [gateway.functionAssociation] },
        ordered: [gateway.authBehavior("app"), { pathPattern: "/open/*" }],
      })),
    ).toContain("aws_cloudfront_distribution.mine: behavior /open/*: nothing decides its requests");
  });

  test("is refused if only the sign-in is attached", () => {
    expect(withDistribution((gateway) => ({ default: {}, ordered: [gateway.authBehavior("app")] }))).toContain(
      "behavior (default): nothing decides its requests",
    );
  });

  test("is none of the gateway's business if it uses nothing of it", () => {
    expect(withDistribution(() => ({ default: {}, ordered: [] }))).toHaveProperty("resource");
  });
});
