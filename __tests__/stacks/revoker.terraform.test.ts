/** What the revoker is told, and who reaches it, once all is applied. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { applyWithMocks } from "../support/mock-provider";
import { describeWithTerraform } from "../support/terraform";

describeWithTerraform("the revoker", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-revoker-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("applied: is told where everything is, gives up after five times, and is reached by its own queue, topic and schedule only", () => {
    const terraform = open(synthesize(parseConfig(EVERYTHING), { outdir }).stackDir);
    expect(applyWithMocks(terraform, applyTest())).toContain("1 passed, 0 failed");
  });
});

/** So that a mix-up of two queues or tables shows. */
const DISTINCT = {
  "aws_sqs_queue.revoker_queue_revocations": {
    arn: "arn:aws:sqs:us-east-1:111122223333:revocations",
    url: "https://sqs.us-east-1.amazonaws.com/111122223333/revocations",
  },
  "aws_sqs_queue.revoker_queue_sign_outs": {
    arn: "arn:aws:sqs:us-east-1:111122223333:sign-outs",
    url: "https://sqs.us-east-1.amazonaws.com/111122223333/sign-outs",
  },
  "aws_sqs_queue.revoker_queue_dead": {
    arn: "arn:aws:sqs:us-east-1:111122223333:dead",
    url: "https://sqs.us-east-1.amazonaws.com/111122223333/dead",
  },
  "aws_sqs_queue.revoker_topic_failed": {
    arn: "arn:aws:sqs:us-east-1:111122223333:failed",
    url: "https://sqs.us-east-1.amazonaws.com/111122223333/failed",
  },
  "aws_cloudwatch_event_rule.revoker_tidy": { arn: "arn:aws:events:us-east-1:111122223333:rule/tidy" },
  "aws_cloudwatch_event_rule.revoker_sweep": { arn: "arn:aws:events:us-east-1:111122223333:rule/sweep" },
  "aws_lambda_function.revoker": { arn: "arn:aws:lambda:us-east-1:111122223333:function:operator" },
  "aws_lambda_function.revoker_consumer": { arn: "arn:aws:lambda:us-east-1:111122223333:function:consumer" },
};

function applyTest(): string {
  const overrides = Object.entries(DISTINCT).map(
    ([target, values]) => `override_resource {\n  target = ${target}\n  values = ${JSON.stringify(values)}\n}\n`,
  );
  const [revocations, signOuts, dead, failed] = ["revocations", "sign-outs", "dead", "failed"].map(
    (name) => `arn:aws:sqs:us-east-1:111122223333:${name}`,
  );
  const topic = "arn:aws:sns:us-east-1:111122223333:mock";
  const { arn: operator } = DISTINCT["aws_lambda_function.revoker"];
  const { arn: consumer } = DISTINCT["aws_lambda_function.revoker_consumer"];
  const fromTopic = (resource: string) =>
    `{ Sid = "Topic", Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "${resource}", Condition = { ArnEquals = { "aws:SourceArn" = "${topic}" } } }`;
  const withoutTls = (action: string, resource: string) =>
    `{ Sid = "EncryptedTransportOnly", Effect = "Deny", Principal = "*", Action = "${action}", Resource = "${resource}", Condition = { Bool = { "aws:SecureTransport" = "false" } } }`;
  const common = `
      KEY_VALUE_STORE_ARN     = "arn:aws:cloudfront::111122223333:key-value-store/mock"
      SESSION_KEYS_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mock-a1b2c3"
      SESSIONS_TABLE          = "everything-sessions"
      REVOCATIONS_TABLE       = "everything-revocations"
      DEAD_QUEUE_URL          = "https://sqs.us-east-1.amazonaws.com/111122223333/dead"
      SESSION_SECONDS         = "${12 * 3600}"
      TOKEN_SECONDS           = "300"
      PROPAGATION_SECONDS     = "60"`;
  const replicaLogs = ["auth", "bearer", "site"].map((name) => `/aws/lambda/us-east-1.everything-${name}`).join();
  const forSweep = `
      REPLICA_LOG_GROUPS      = "${replicaLogs}"
      LOG_RETENTION_DAYS      = "365"`;
  return `${overrides.join("")}
run "apply" {
  assert {
    condition     = aws_lambda_function.revoker.environment[0].variables == tomap({${common}${forSweep}
    })
    error_message = "the revoker is told something else"
  }
  assert {
    condition     = aws_lambda_function.revoker_consumer.environment[0].variables == tomap({${common}
    })
    error_message = "what empties the queue is told something else"
  }
  assert {
    condition     = [for queue in [aws_sqs_queue.revoker_queue_revocations, aws_sqs_queue.revoker_queue_sign_outs] : jsondecode(queue.redrive_policy)] == [for _ in [1, 2] : { deadLetterTargetArn = "${dead}", maxReceiveCount = 5 }]
    error_message = "a queue gives up elsewhere"
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.revoker_queue_redrive_allow.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = ["${revocations}", "${signOuts}"] }
    error_message = "other queues may give up into the dead-letter queue"
  }
  assert {
    condition     = [for mapping in [aws_lambda_event_source_mapping.revoker_queue_revocations_delivery, aws_lambda_event_source_mapping.revoker_queue_sign_outs_delivery] : [mapping.event_source_arn, mapping.function_name]] == [["${revocations}", "${consumer}"], ["${signOuts}", "${consumer}"]]
    error_message = "a queue is emptied by something else"
  }
  assert {
    condition = [for policy in [aws_sqs_queue_policy.revoker_queue_revocations_policy, aws_sqs_queue_policy.revoker_queue_sign_outs_policy, aws_sqs_queue_policy.revoker_queue_dead_policy] : jsondecode(policy.policy).Statement] == [
      [${fromTopic(revocations!)}, ${withoutTls("sqs:*", revocations!)}],
      [${withoutTls("sqs:*", signOuts!)}],
      [${withoutTls("sqs:*", dead!)}],
    ]
    error_message = "somebody else may use the queues"
  }
  assert {
    condition = jsondecode(aws_sqs_queue_policy.revoker_topic_failed_policy.policy).Statement == [
      ${fromTopic(failed!)},
      ${withoutTls("sqs:*", failed!)},
    ]
    error_message = "somebody else may send to the queue of what failed"
  }
  assert {
    condition = jsondecode(aws_sns_topic_policy.revoker_topic_policy.policy).Statement == [
      { Sid = "Account", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sns:Publish", Resource = "${topic}" },
      ${withoutTls("sns:Publish", topic)},
    ]
    error_message = "somebody else may publish"
  }
  assert {
    condition     = [aws_sns_topic_subscription.revoker_topic_delivery.topic_arn, aws_sns_topic_subscription.revoker_topic_delivery.protocol, aws_sns_topic_subscription.revoker_topic_delivery.endpoint, jsondecode(aws_sns_topic_subscription.revoker_topic_delivery.redrive_policy).deadLetterTargetArn] == ["${topic}", "sqs", "${revocations}", "${failed}"]
    error_message = "the topic delivers elsewhere"
  }
  assert {
    condition     = !aws_sns_topic_subscription.revoker_topic_delivery.raw_message_delivery
    error_message = "messages do not say when they were published"
  }
  assert {
    condition     = [for p in [aws_lambda_permission.revoker_tidy_invocation, aws_lambda_permission.revoker_sweep_invocation] : [p.function_name, p.principal, p.action, p.source_arn]] == [for rule in ["tidy", "sweep"] : ["everything-revoker", "events.amazonaws.com", "lambda:InvokeFunction", "arn:aws:events:us-east-1:111122223333:rule/\${rule}"]]
    error_message = "somebody else may call the functions"
  }
  assert {
    condition     = [for target in [aws_cloudwatch_event_target.revoker_tidy_target, aws_cloudwatch_event_target.revoker_sweep_target] : [target.rule, target.arn]] == [["everything-tidy", "${operator}"], ["everything-sweep", "${operator}"]]
    error_message = "the schedules call something else"
  }
  assert {
    condition     = [for role in [aws_iam_role.revoker_role, aws_iam_role.revoker_consumer_role] : jsondecode(role.assume_role_policy).Statement] == [for _ in [1, 2] : [{ Sid = "Run", Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]]
    error_message = "somebody else may take the roles"
  }
}
`;
}
