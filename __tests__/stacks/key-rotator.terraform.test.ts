/** What the real provider makes of the key rotator: who may call it, what it may do, and that no key is Terraform's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import { KEY_ANNOUNCEMENT, PROPAGATION } from "../../session/timing";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { applyWithMocks, MOCKS, mockWebAcl } from "../support/mock-provider";
import { describeWithTerraform, type Plan } from "../support/terraform";

const EXAMPLE = join(__dirname, "../../config/example.ts");

describeWithTerraform("the key rotator", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-key-rotator-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  let plan: Plan;
  const values = (type: string, name: string) =>
    plan.resources.find((resource) => resource.type === type && resource.name === name)!.values;

  test("is planned for the example with everything that belongs to it", () => {
    const { stackDir } = synthesize(loadConfig(EXAMPLE), { outdir: join(outdir, "example") });
    mockWebAcl(stackDir);
    plan = open(stackDir).plan();
    expect(
      plan.resources
        .map(({ address }) => address)
        .filter((address) => address.includes("key_rotator"))
        .sort(),
    ).toEqual([
      "aws_cloudwatch_log_group.key_rotator_logs",
      "aws_iam_role.key_rotator_role",
      "aws_iam_role_policy.key_rotator_permissions",
      "aws_lambda_function.key_rotator",
      "aws_lambda_permission.key_rotator_invocation",
      "aws_secretsmanager_secret_rotation.key_rotator_origin_schedule",
      "aws_secretsmanager_secret_rotation.key_rotator_schedule",
    ]);
    expect(plan.outputs["key_rotator_function_name"]).toMatchObject({ value: "handbook-key-rotator" });
  });

  test("makes the first key right after the apply, then one every 30 days", () => {
    expect(values("aws_secretsmanager_secret_rotation", "key_rotator_schedule")).toMatchObject({
      rotate_immediately: true,
      rotation_rules: [{ automatically_after_days: 30 }],
    });
  });

  test("leaves no key to Terraform: no version of a secret, no record, no value", () => {
    expect(plan.resources.filter(({ type }) => /secret_version$|keyvaluestore|random|tls_/.test(type))).toEqual([]);
    expect(plan.json).not.toContain('secret_string":"');
  });

  test("runs one at a time for each secret, with a quarter of an hour, on settings that are no secret", () => {
    expect(values("aws_lambda_function", "key_rotator")).toMatchObject({
      function_name: "handbook-key-rotator",
      runtime: "nodejs22.x",
      handler: "index.handler",
      timeout: 900,
      reserved_concurrent_executions: 2,
    });
    expect(values("aws_cloudwatch_log_group", "key_rotator_logs")).toMatchObject({
      name: "/aws/lambda/handbook-key-rotator",
      retention_in_days: 90,
    });
  });

  test("applied with a config: keeps keys for as long as it says, and reaches its secret, its store, the revocations and its log group only", () => {
    const config = parseConfig({ ...EVERYTHING, session: { absolute: "12h", keyRotationDays: 7 } });
    const terraform = open(synthesize(config, { outdir: join(outdir, "everything") }).stackDir);
    expect(applyWithMocks(terraform, applyTest())).toContain("1 passed, 0 failed");
  });
});

function applyTest(): string {
  return `
run "apply" {
  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.key_rotator_permissions.policy).Statement : [s.Effect, s.Action, s.Resource]] == [
      ["Allow", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], "${MOCKS.aws_secretsmanager_secret.arn}"],
      ["Allow", ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"], "${MOCKS.aws_secretsmanager_secret.arn}"],
      ["Allow", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"], "${MOCKS.aws_secretsmanager_secret.arn}"],
      ["Allow", ["cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey", "cloudfront-keyvaluestore:ListKeys", "cloudfront-keyvaluestore:UpdateKeys"], "${MOCKS.aws_cloudfront_key_value_store.arn}"],
      ["Allow", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], "${MOCKS.aws_dynamodb_table.arn}"],
      ["Allow", ["kms:Decrypt", "kms:GenerateDataKey"], "${EVERYTHING.kmsKeyArn}"],
      ["Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], "${MOCKS.aws_cloudwatch_log_group.arn}:*"],
    ]
    error_message = "the key rotator may do something else"
  }
  assert {
    condition     = jsondecode(aws_iam_role.key_rotator_role.assume_role_policy).Statement == [{ Sid = "Run", Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
    error_message = "somebody else may take the role"
  }
  assert {
    condition = aws_lambda_function.key_rotator.environment[0].variables == tomap({
      KEY_VALUE_STORE_ARN   = "${MOCKS.aws_cloudfront_key_value_store.arn}"
      REVOCATIONS_TABLE     = "everything-revocations"
      KEY_RETENTION_SECONDS = "${12 * 3600 + 25 * 3600}"
      PROPAGATION_SECONDS   = "${PROPAGATION}"
      TOKEN_SECONDS         = "900"
      KEY_ANNOUNCEMENT_SECONDS = "${KEY_ANNOUNCEMENT}"
      ORIGIN_SECRET_ARN     = "${MOCKS.aws_secretsmanager_secret.arn}"
    })
    error_message = "the key rotator is told something else"
  }
  assert {
    condition = [aws_lambda_permission.key_rotator_invocation.principal, aws_lambda_permission.key_rotator_invocation.action, aws_lambda_permission.key_rotator_invocation.source_account] == ["secretsmanager.amazonaws.com", "lambda:InvokeFunction", "111122223333"]
    error_message = "somebody else may call the key rotator"
  }
  assert {
    condition     = aws_secretsmanager_secret_rotation.key_rotator_schedule.secret_id == aws_secretsmanager_secret.secret_session_keys.id && aws_secretsmanager_secret_rotation.key_rotator_schedule.rotation_rules[0].automatically_after_days == 7
    error_message = "the rotation is of something else"
  }
}
`;
}
