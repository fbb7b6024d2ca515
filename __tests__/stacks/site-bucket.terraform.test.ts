/** Documents that name other resources are known after an apply and no sooner: applied here with a mocked provider. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { describeWithTerraform } from "../support/terraform";

/** What a mock cannot make up: the arguments that are checked to be ARNs or JSON. */
const MOCKS = {
  aws_iam_role: { arn: "arn:aws:iam::111122223333:role/mock" },
  aws_wafv2_web_acl: { arn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/mock/0" },
  aws_lambda_function: { arn: "arn:aws:lambda:us-east-1:111122223333:function:mock", qualified_arn: "arn:aws:lambda:us-east-1:111122223333:function:mock:1" },
  aws_secretsmanager_secret: { arn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock-a1b2c3" },
  aws_cloudfront_function: { arn: "arn:aws:cloudfront::111122223333:function/mock" },
  aws_cloudfront_key_value_store: { arn: "arn:aws:cloudfront::111122223333:key-value-store/mock" },
  aws_cloudfront_distribution: { arn: "arn:aws:cloudfront::111122223333:distribution/MOCK" },
  aws_cloudwatch_log_group: { arn: "arn:aws:logs:us-east-1:111122223333:log-group:mock" },
  aws_cloudwatch_log_delivery_destination: { arn: "arn:aws:logs:us-east-1:111122223333:delivery-destination:mock" },
  aws_s3_bucket: { arn: "arn:aws:s3:::mock-bucket" },
};

describeWithTerraform("buckets", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-buckets-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("let their own distribution read objects, over TLS, and nobody else do anything", () => {
    const terraform = open(synthesize(parseConfig(EVERYTHING), { outdir }).stackDir);
    writeFileSync(join(terraform.folder, "apply.tftest.hcl"), applyTest());
    // `terraform test` wants a value for every ephemeral variable.
    const { output } = terraform.run(["test", "-no-color"], { idp_staff_client_secret: "s", idp_partner_a_client_secret: "p" });
    expect(output).toContain("1 passed, 0 failed");
  });
});

/** https://developer.hashicorp.com/terraform/language/tests/mocking */
function applyTest(): string {
  const mocks = Object.entries(MOCKS).map(([type, defaults]) => `  mock_resource "${type}" {\n    defaults = ${hcl(defaults)}\n  }\n`);
  return `mock_provider "aws" {
${mocks.join("")}}

run "apply" {
  assert {
    condition = alltrue([for policy in [aws_s3_bucket_policy.site_policy, aws_s3_bucket_policy.site-everything_example-assets_policy] : jsondecode(policy.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "Distribution"
          Effect    = "Allow"
          Principal = { Service = "cloudfront.amazonaws.com" }
          Action    = "s3:GetObject"
          Resource  = "arn:aws:s3:::mock-bucket/*"
          Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::111122223333:distribution/MOCK" } }
        },
        {
          Sid       = "EncryptedTransportOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = ["arn:aws:s3:::mock-bucket", "arn:aws:s3:::mock-bucket/*"]
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ]
    }])
    error_message = "a bucket's policy lets others in"
  }
}
`;
}

function hcl(values: Record<string, string>): string {
  return `{ ${Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(", ")} }`;
}
