/** The AWS provider mocked by Terraform itself: for what only an apply makes known. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformFolder } from "./terraform";

/** What a mock cannot make up: the arguments that are checked to be ARNs or JSON. */
export const MOCKS = {
  aws_iam_role: { arn: "arn:aws:iam::111122223333:role/mock" },
  aws_wafv2_web_acl: { arn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/mock/0" },
  aws_lambda_function: {
    arn: "arn:aws:lambda:us-east-1:111122223333:function:mock",
    qualified_arn: "arn:aws:lambda:us-east-1:111122223333:function:mock:1",
  },
  aws_secretsmanager_secret: {
    arn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock-a1b2c3",
    id: "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock-a1b2c3",
  },
  aws_dynamodb_table: { arn: "arn:aws:dynamodb:us-east-1:111122223333:table/mock" },
  aws_sqs_queue: {
    arn: "arn:aws:sqs:us-east-1:111122223333:mock",
    url: "https://sqs.us-east-1.amazonaws.com/111122223333/mock",
  },
  aws_sns_topic: { arn: "arn:aws:sns:us-east-1:111122223333:mock" },
  aws_cloudwatch_event_rule: { arn: "arn:aws:events:us-east-1:111122223333:rule/mock" },
  aws_cloudfront_function: { arn: "arn:aws:cloudfront::111122223333:function/mock" },
  aws_cloudfront_key_value_store: { arn: "arn:aws:cloudfront::111122223333:key-value-store/mock" },
  aws_cloudfront_distribution: { arn: "arn:aws:cloudfront::111122223333:distribution/MOCK" },
  aws_cloudwatch_log_group: { arn: "arn:aws:logs:us-east-1:111122223333:log-group:mock" },
  aws_cloudwatch_log_delivery_destination: { arn: "arn:aws:logs:us-east-1:111122223333:delivery-destination:mock" },
  aws_s3_bucket: { arn: "arn:aws:s3:::mock-bucket" },
  aws_cognito_user_pool: {
    arn: "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_mock",
    id: "eu-central-1_mock",
    endpoint: "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_mock",
  },
  aws_cloudformation_stack: { outputs: { Client: "client", nightlyXreport: "report", importer: "importer" } },
};

/** `terraform test` wants a value for every ephemeral variable: these are those of the config with everything. */
const CLIENT_SECRETS = {
  idp_staff_client_secret: "s",
  idp_partner_a_client_secret: "p",
  idp_partner_b_private_keys: "k",
};

/**
 * Applies a stack of the config with everything, but for the web ACL.
 *
 * @param test the rest of a test file (https://developer.hashicorp.com/terraform/language/tests)
 * @returns what Terraform printed
 */
export function applyWithMocks(terraform: TerraformFolder, test: string): string {
  mockWebAcl(terraform.folder);
  writeFileSync(join(terraform.folder, "apply.tftest.hcl"), mockProvider() + test);
  return terraform.run(["test", "-no-color"], CLIENT_SECRETS).output;
}

/**
 * Takes the web ACL out of a stack for tests that are not about it: planning it takes longer than planning all the rest,
 * so large is its schema.
 */
export function mockWebAcl(stackDir: string): void {
  const file = join(stackDir, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as { resource: Record<string, object> };
  delete stack.resource["aws_wafv2_web_acl"];
  const reference = "${aws_wafv2_web_acl.web_acl.arn}";
  writeFileSync(file, JSON.stringify(stack).replaceAll(reference, MOCKS.aws_wafv2_web_acl.arn));
}

/** A `mock_provider` block (https://developer.hashicorp.com/terraform/language/tests/mocking). */
function mockProvider(): string {
  const resources = Object.entries(MOCKS).map(
    ([type, defaults]) => `  mock_resource "${type}" {\n    defaults = ${hcl(defaults)}\n  }\n`,
  );
  return `mock_provider "aws" {\n${resources.join("")}}\n`;
}

function hcl(values: Record<string, unknown>): string {
  return `{ ${Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(", ")} }`;
}
