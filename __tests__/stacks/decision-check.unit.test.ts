/** Synth refuses a distribution with a behavior that nothing decides: what is changed here is what would be written. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { App } from "cdktf";
import { parseConfig } from "../../config/load";
import { GatewayStack } from "../../stacks/gateway-stack";
import { EVERYTHING } from "../support/configs";
import { emptyArtifacts } from "../support/empty-artifacts";

const GATE = { event_type: "viewer-request", function_arn: "${aws_cloudfront_function.gate.arn}" };
const API_GATE = { ...GATE, function_arn: "${aws_cloudfront_function.api_gate.arn}" };
const AUTH = { event_type: "viewer-request", lambda_arn: "${aws_lambda_function.auth.qualified_arn}" };
const OTHER_FUNCTION = "${aws_cloudfront_function.other.arn}";

describe("the decision check", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-check-"));
  const artifacts = emptyArtifacts(folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("passes the stack as it is", () => {
    expect(synth("as-it-is", () => undefined)).toBe("written");
  });

  test.each<[string, (distribution: CloudfrontDistribution) => void, string]>([
    [
      "an association removed",
      (d) => d.addOverride("ordered_cache_behavior.1.function_association", null),
      "/catalogue/api/*: nothing decides its requests",
    ],
    [
      "the default behavior's association removed",
      (d) => d.addOverride("default_cache_behavior.function_association", null),
      "(default): nothing decides its requests",
    ],
    [
      "the auth handler removed",
      (d) => d.addOverride("ordered_cache_behavior.0.lambda_function_association", null),
      "/_door/*: nothing decides its requests",
    ],
    ["a behavior added without a decision", (d) => addBehavior(d, {}), "/added/*: nothing decides its requests"],
    [
      "a behavior added with another function",
      (d) => addBehavior(d, { function_association: [{ ...GATE, function_arn: OTHER_FUNCTION }] }),
      "/added/*: nothing decides its requests",
    ],
    [
      "the gate on the wrong event",
      (d) => addBehavior(d, { function_association: { ...GATE, event_type: "viewer-response" } }),
      "/added/*: nothing decides its requests",
    ],
    [
      "the handler of no version",
      (d) =>
        addBehavior(d, { lambda_function_association: [{ ...AUTH, lambda_arn: "${aws_lambda_function.auth.arn}" }] }),
      "/added/*: nothing decides its requests",
    ],
    [
      "gate and handler on one behavior",
      (d) => addBehavior(d, { function_association: [GATE], lambda_function_association: [AUTH] }),
      "/added/*: more than one function runs on its viewer requests",
    ],
    [
      "a second viewer-request function",
      (d) => addBehavior(d, { function_association: [GATE, { ...GATE, function_arn: OTHER_FUNCTION }] }),
      "/added/*: more than one function runs on its viewer requests",
    ],
    [
      "the gate of API behaviors without the handler that verifies tokens",
      (d) => addBehavior(d, { function_association: [API_GATE] }),
      "/added/*: its gate lets tokens pass, and nothing verifies them",
    ],
    [
      "the gate of API behaviors with another handler on the origin request",
      (d) =>
        addBehavior(d, {
          function_association: [API_GATE],
          lambda_function_association: [{ ...AUTH, event_type: "origin-request" }],
        }),
      "/added/*: its gate lets tokens pass, and nothing verifies them",
    ],
    [
      "a viewer-response function",
      (d) =>
        addBehavior(d, {
          function_association: [GATE, { event_type: "viewer-response", function_arn: OTHER_FUNCTION }],
        }),
      "/added/*: a function can change the decision's response",
    ],
    [
      "a behavior that answers http",
      (d) => addBehavior(d, { function_association: [GATE], viewer_protocol_policy: "allow-all" }),
      "/added/*: it answers http",
    ],
    [
      "an event that only Terraform knows",
      (d) =>
        addBehavior(d, { function_association: [GATE, { event_type: "${var.event}", function_arn: OTHER_FUNCTION }] }),
      "/added/*: more than one function",
    ],
    [
      "associations that only Terraform knows",
      (d) => addBehavior(d, { function_association: [GATE], dynamic: { lambda_function_association: {} } }),
      "/added/*: a dynamic block hides",
    ],
    [
      "behaviors that only Terraform knows",
      (d) => d.addOverride("dynamic.ordered_cache_behavior", { for_each: [], content: {} }),
      "(dynamic): a dynamic block hides",
    ],
  ])("refuses %s, names the behavior and writes nothing", (name, change, message) => {
    expect(synth(name, change)).toContain(`behavior ${message}`);
  });

  test("refuses a second distribution without a gate", () => {
    const result = synth("second", (distribution) => {
      distribution.cdktfStack.addOverride("resource.aws_cloudfront_distribution.second", {
        enabled: true,
        default_cache_behavior: {},
      });
    });
    expect(result).toContain("aws_cloudfront_distribution.second: behavior (default): nothing decides its requests");
  });

  test("lets origin events be used", () => {
    expect(
      synth("origin-events", (d) =>
        addBehavior(d, {
          function_association: [GATE],
          lambda_function_association: [{ ...AUTH, event_type: "origin-request" }],
        }),
      ),
    ).toBe("written");
  });

  /** "written", or the error; nothing may be written then. */
  function synth(name: string, change: (distribution: CloudfrontDistribution) => void): string {
    const outdir = join(folder, name.replaceAll(/\W/g, "-"));
    const app = new App({ outdir, stackTraces: false });
    const stack = new GatewayStack(app, "everything", { config: parseConfig(EVERYTHING), artifacts });
    const distribution = stack.node.findAll().find((construct) => construct instanceof CloudfrontDistribution);
    change(distribution!);
    const written = join(outdir, "stacks/everything/cdk.tf.json");
    try {
      app.synth();
    } catch (error) {
      expect(existsSync(written)).toBe(false);
      return (error as Error).message;
    }
    expect(existsSync(written)).toBe(true);
    return "written";
  }
});

/** After the last of the config's behaviors. */
function addBehavior(distribution: CloudfrontDistribution, associations: object): void {
  // One is the gateway's own.
  distribution.addOverride(`ordered_cache_behavior.${EVERYTHING.behaviors!.length + 1}`, {
    path_pattern: "/added/*",
    target_origin_id: "site",
    viewer_protocol_policy: "https-only",
    allowed_methods: ["GET", "HEAD"],
    cached_methods: ["GET", "HEAD"],
    ...associations,
  });
}
