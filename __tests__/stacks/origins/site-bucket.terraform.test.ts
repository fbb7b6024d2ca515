/** Documents that name other resources are known after an apply and no sooner: applied here with a mocked provider. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../config/load";
import { synthesize } from "../../../stacks/synthesize";
import { EVERYTHING } from "../../support/configs";
import { applyWithMocks } from "../../support/mock-provider";
import { describeWithTerraform } from "../../support/terraform";

describeWithTerraform("buckets", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-buckets-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("let their own distribution read objects, over TLS, and nobody else do anything", () => {
    const terraform = open(synthesize(parseConfig(EVERYTHING), { outdir }).stackDir);
    expect(applyWithMocks(terraform, applyTest())).toContain("1 passed, 0 failed");
  });
});

function applyTest(): string {
  return `
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
