import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { configSchema } from "../../config/schema";
import { behaviorFor, readDistribution, type Distribution } from "../../local/distribution";
import { localConfig } from "../../local/local-config";
import { synthesize } from "../../stacks/synthesize";
import { TEST_CONFIG } from "../support/local-edge";
import { BEHAVIORS, ORIGINS } from "../support/origins";
import { SMALL } from "../support/small-config";

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
      distribution.behaviors.map(({ origin, lambda, forwards }) => [lambda ? "handler" : origin, forwards.all]),
    ).toEqual([
      ["handler", false],
      ["api.example.com", true],
      ["shop.example.com", true],
      ["staff.example.com", true],
      ["s3", false],
    ]);
  });

  test("knows the policies of a gateway's own, and the first origin of a group", () => {
    const { stackDir } = synthesize(parseConfig({ ...SMALL, behaviors: BEHAVIORS }), {
      outdir: join(folder, "origins"),
    });
    const told = Object.fromEntries(
      readDistribution(join(stackDir, "cdk.tf.json")).behaviors.map(({ path, origin, forwards }) => [
        path,
        [origin, forwards],
      ]),
    );
    expect(told).toMatchObject({
      "/archive/*": ["s3", { all: false, headers: [], query: false }],
      "/files/*": ["s3", { all: false, headers: [], query: false }],
      "/shop/pictures/*": ["shop.example.net", { all: false, headers: ["host", "x-gate-origin-secret"], query: true }],
      "/shop/*": ["shop.example.net", { all: true, headers: [], query: true }],
      "/prices/*": ["shop.example.net", { all: false, headers: ["x-gate-origin-secret"], query: true }],
      "/partner/*": ["partner.example.net", { all: true, headers: ["x-gate-origin-secret"], query: true }],
      "/news/*": ["shop.example.net", { all: true, headers: ["host"], query: true }],
      "/app/*": ["app.internal.example.com", { all: true, headers: ["x-gate-origin-secret"], query: true }],
      "/orders/*": [ORIGINS.function.domainName, { all: true, headers: ["host", "x-gate-origin-secret"], query: true }],
      "/v2/*": [
        ORIGINS["api gateway"].domainName,
        { all: true, headers: ["host", "x-gate-origin-secret"], query: true },
      ],
    });
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
