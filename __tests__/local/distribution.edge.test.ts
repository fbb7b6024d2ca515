import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../../config/schema";
import { behaviorFor, readDistribution, type Distribution } from "../../local/distribution";
import { localConfig } from "../../local/local-config";
import { synthesize } from "../../stacks/synthesize";
import { TEST_CONFIG } from "../support/local-edge";

describe("a synthesized distribution", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  let file: string;
  let distribution: Distribution;

  beforeAll(() => {
    const { stackDir } = synthesize(
      localConfig(configSchema.parse(TEST_CONFIG), "app.localhost:8443", "https://localhost:9443"),
      { outdir: folder },
    );
    file = join(stackDir, "cdk.tf.json");
    distribution = readDistribution(file);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["/_gate/login", "/_gate/*", "local-test-auth", "s3"],
    ["/_gate", "*", "gate", "s3"],
    ["/api/hello", "/api/*", "gate", "api.example.com"],
    ["/API/hello", "*", "gate", "s3"],
    ["/staff", "/staff*", "gate", "staff.example.com"],
    ["/", "*", "gate", "s3"],
  ])("sends %s through behavior %s to %s, then %s", (path, pattern, decider, origin) => {
    const behavior = behaviorFor(distribution, path);
    expect([behavior.path, behavior.lambda?.functionName ?? (behavior.gate && "gate"), behavior.origin]).toEqual([
      pattern,
      decider,
      origin,
    ]);
  });

  test("tells custom origins who asks, and S3 nothing", () => {
    expect(
      distribution.behaviors.map(({ origin, lambda, forwards }) => [lambda ? "handler" : origin, forwards]),
    ).toEqual([
      ["handler", "none"],
      ["api.example.com", "all"],
      ["staff.example.com", "all"],
      ["s3", "none"],
    ]);
  });

  test.each([
    [
      "a cache policy that does not exist",
      "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      "00000000-6df8-44a3-9df3-4b5a84be39ad",
      "no managed policy",
    ],
    [
      "a function that is not there",
      "${aws_cloudfront_function.",
      "${aws_cloudfront_function.other_",
      "no CloudFront Function",
    ],
    [
      "a handler that is not there",
      '"lambda_arn": "${aws_lambda_function.',
      '"lambda_arn": "${aws_lambda_function.other_',
      "no Lambda function",
    ],
  ])("is refused with %s", (_, found, replacement, told) => {
    const text = readFileSync(file, "utf8");
    const changed = text.replaceAll(found, replacement);
    expect(changed).not.toBe(text);
    const copy = join(file, "../changed.tf.json");
    writeFileSync(copy, changed);
    expect(() => readDistribution(copy)).toThrow(told);
  });
});
