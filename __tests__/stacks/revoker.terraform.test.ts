/** What the real provider makes of ledger, queues, topic and the functions that carry out revocations. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import { LEDGER_TABLES, TTL_ATTRIBUTE } from "../../ledger/tables";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { applyWithMocks, mockWebAcl } from "../support/mock-provider";
import { describeWithTerraform, type Plan } from "../support/terraform";

const CONFIGS = {
  example: () => loadConfig(join(__dirname, "../../config/example.ts")),
  everything: () => parseConfig(EVERYTHING),
};
type Name = keyof typeof CONFIGS;
type Values = Record<string, unknown>;
/** Alarms about lines of the access log, by the names of their metrics. */
const LOG_ALARMS = ["sign-in-errors", "store-errors", "wrong-signatures"];
/** What the dashboard shows beside them. */
const SHOWN = ["requests-allowed", "requests-denied", "requests-login"];
const ACCESS_LOG_METRICS = [...LOG_ALARMS, ...SHOWN, "sign-ins-failed", "sign-ins-finished"].sort();

describeWithTerraform("the revoker", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-revoker-"));
  const plans = {} as Record<Name, Plan>;
  afterAll(() => rmSync(outdir, { recursive: true }));
  const all = (name: Name, type: string) => plans[name].resources.filter((resource) => resource.type === type);
  const synthesized = (type: string) =>
    (
      JSON.parse(readFileSync(join(outdir, "example/stacks/handbook/cdk.tf.json"), "utf8")) as {
        resource: Record<string, Record<string, Values>>;
      }
    ).resource[type]!;
  const one = (name: Name, address: string): Values =>
    plans[name].resources.find((resource) => resource.address === address)!.values;

  test.each(Object.keys(CONFIGS) as Name[])("is planned for the %s config", (name) => {
    const { stackDir } = synthesize(CONFIGS[name](), { outdir: join(outdir, name) });
    mockWebAcl(stackDir);
    plans[name] = open(stackDir).plan();
    expect(
      plans[name].resources
        .map(({ address }) => address)
        .filter((address) => /\.(revoker|ledger|alarm)/.test(address))
        .sort(),
    ).toEqual([
      "aws_cloudwatch_event_rule.revoker_sweep",
      "aws_cloudwatch_event_rule.revoker_tidy",
      "aws_cloudwatch_event_target.revoker_sweep_target",
      "aws_cloudwatch_event_target.revoker_tidy_target",
      "aws_cloudwatch_log_group.revoker_consumer_logs",
      "aws_cloudwatch_log_group.revoker_logs",
      // The config with everything sends its access log to a bucket.
      ...[...(name === "example" ? ACCESS_LOG_METRICS : ["store-accessed"]), "rotation-overdue"]
        .sort()
        .map((metric) => `aws_cloudwatch_log_metric_filter.alarm_${metric}-lines`),
      "aws_cloudwatch_metric_alarm.alarm_key-rotator-errors",
      "aws_cloudwatch_metric_alarm.alarm_revocations-dead",
      "aws_cloudwatch_metric_alarm.alarm_revocations-errors",
      "aws_cloudwatch_metric_alarm.alarm_revocations-failed",
      "aws_cloudwatch_metric_alarm.alarm_revocations-late",
      "aws_cloudwatch_metric_alarm.alarm_revoker-errors",
      "aws_cloudwatch_metric_alarm.alarm_rotation-overdue",
      "aws_cloudwatch_metric_alarm.alarm_server-errors",
      ...(name === "example"
        ? ["aws_cloudwatch_metric_alarm.alarm_sign-in-errors", "aws_cloudwatch_metric_alarm.alarm_sign-ins-failing"]
        : []),
      "aws_cloudwatch_metric_alarm.alarm_sign-outs-late",
      ...(name === "example"
        ? ["aws_cloudwatch_metric_alarm.alarm_store-errors", "aws_cloudwatch_metric_alarm.alarm_wrong-signatures"]
        : ["aws_cloudwatch_metric_alarm.alarm_store-accessed"]),
      "aws_dynamodb_table.ledger_revocations",
      "aws_dynamodb_table.ledger_sessions",
      "aws_iam_role.revoker_consumer_role",
      "aws_iam_role.revoker_role",
      "aws_iam_role_policy.revoker_consumer_permissions",
      "aws_iam_role_policy.revoker_permissions",
      "aws_lambda_event_source_mapping.revoker_queue_revocations_delivery",
      "aws_lambda_event_source_mapping.revoker_queue_sign_outs_delivery",
      "aws_lambda_function.revoker",
      "aws_lambda_function.revoker_consumer",
      "aws_lambda_permission.revoker_sweep_invocation",
      "aws_lambda_permission.revoker_tidy_invocation",
      "aws_sns_topic.revoker_topic",
      "aws_sns_topic_policy.revoker_topic_policy",
      "aws_sns_topic_subscription.revoker_topic_delivery",
      "aws_sqs_queue.revoker_queue_dead",
      "aws_sqs_queue.revoker_queue_revocations",
      "aws_sqs_queue.revoker_queue_sign_outs",
      "aws_sqs_queue.revoker_topic_failed",
      "aws_sqs_queue_policy.revoker_queue_dead_policy",
      "aws_sqs_queue_policy.revoker_queue_revocations_policy",
      "aws_sqs_queue_policy.revoker_queue_sign_outs_policy",
      "aws_sqs_queue_policy.revoker_topic_failed_policy",
      "aws_sqs_queue_redrive_allow_policy.revoker_queue_redrive_allow",
    ]);
  });

  describe("keeps a ledger", () => {
    test.each(Object.entries(LEDGER_TABLES))(
      "whose table of %s is the one that the code reads and writes",
      (table, expected) => {
        const values = one("example", `aws_dynamodb_table.ledger_${table}`);
        expect({
          hashKey: values["hash_key"],
          ...(values["range_key"] ? { rangeKey: values["range_key"] } : {}),
        }).toEqual(expected);
        // An index is read with a delay: what it does not find may be there.
        expect([values["global_secondary_index"] ?? [], values["local_secondary_index"] ?? []]).toEqual([[], []]);
        expect(
          (values["attribute"] as { name: string; type: string }[]).sort((a, b) => (a.name < b.name ? -1 : 1)),
        ).toEqual(
          Object.values(expected)
            .sort()
            .map((name) => ({ name, type: "S" })),
        );
        expect(values).toMatchObject({ name: `handbook-${table}`, billing_mode: "PAY_PER_REQUEST" });
      },
    );

    test.each(Object.keys(LEDGER_TABLES))(
      "whose %s expire, and can be had back as they were at any second of the last 35 days",
      (table) => {
        expect(one("example", `aws_dynamodb_table.ledger_${table}`)).toMatchObject({
          ttl: [{ attribute_name: TTL_ATTRIBUTE, enabled: true }],
          point_in_time_recovery: [{ enabled: true }],
        });
      },
    );
  });

  describe("is called", () => {
    test.each([
      ["revocations", "handbook-revocations", 500, 1, 5],
      ["sign_outs", "handbook-sign-outs", 1000, 90, 2],
    ])(
      "by the standard queue of %s, %s: batches of %i, gathered for %i s, %i at a time, of which only what failed comes again",
      (queue, name, batchSize, window, concurrency) => {
        expect(one("example", `aws_sqs_queue.revoker_queue_${queue}`)).toMatchObject({
          name,
          fifo_queue: false,
          content_based_deduplication: false,
        });
        expect(one("example", `aws_lambda_event_source_mapping.revoker_queue_${queue}_delivery`)).toMatchObject({
          batch_size: batchSize,
          maximum_batching_window_in_seconds: window,
          scaling_config: [{ maximum_concurrency: concurrency }],
          function_response_types: ["ReportBatchItemFailures"],
          enabled: true,
        });
      },
    );

    test.each(["revocations", "sign_outs"])(
      "by the queue of %s long after a failed batch can still be gathered or worked on",
      (queue) => {
        const { timeout } = one("example", "aws_lambda_function.revoker_consumer");
        const { maximum_batching_window_in_seconds: window } = one(
          "example",
          `aws_lambda_event_source_mapping.revoker_queue_${queue}_delivery`,
        );
        expect(
          one("example", `aws_sqs_queue.revoker_queue_${queue}`)["visibility_timeout_seconds"],
        ).toBeGreaterThanOrEqual(6 * (timeout as number) + (window as number));
      },
    );

    test("by queues that it never throttles: more of it may run than they hand over at once", () => {
      const batches = all("example", "aws_lambda_event_source_mapping").map(
        ({ values }) => (values["scaling_config"] as { maximum_concurrency: number }[])[0]!.maximum_concurrency,
      );
      expect(batches).toHaveLength(2);
      expect(one("example", "aws_lambda_function.revoker_consumer")["reserved_concurrent_executions"]).toBeGreaterThan(
        batches.reduce((sum, batch) => sum + batch),
      );
    });

    test.each([
      ["tidy", "rate(5 minutes)"],
      ["sweep", "rate(1 day)"],
    ])("to %s, at a %s", (operation, rate) => {
      expect(one("example", `aws_cloudwatch_event_rule.revoker_${operation}`)).toMatchObject({
        name: `handbook-${operation}`,
        schedule_expression: rate,
      });
      expect(
        JSON.parse(one("example", `aws_cloudwatch_event_target.revoker_${operation}_target`)["input"] as string),
      ).toEqual({ operation });
    });

    test("with the time that the work takes: a batch a minute, a sweep a quarter of an hour", () => {
      expect(
        all("example", "aws_lambda_function").map(({ values }) => [
          values["function_name"],
          values["timeout"],
          values["handler"],
          values["runtime"],
        ]),
      ).toEqual([
        ["handbook-auth", 5, "index.handler", "nodejs22.x"],
        ["handbook-key-rotator", 900, "index.handler", "nodejs22.x"],
        ["handbook-revoker", 900, "index.handler", "nodejs22.x"],
        ["handbook-revocations", 60, "index.handler", "nodejs22.x"],
        ["handbook-site", 5, "index.handler", "nodejs22.x"],
      ]);
    });

    test.each<[Name, (number | undefined)[]]>([
      ["example", [-1, 2, 5, 8, -1]],
      ["everything", [-1, -1, -1, -1, -1, -1]],
    ])("with concurrency kept free as the %s config says", (name, expected) => {
      expect(all(name, "aws_lambda_function").map(({ values }) => values["reserved_concurrent_executions"])).toEqual(
        expected,
      );
    });
  });

  test("keeps what it could not carry out for two weeks", () => {
    // The dead-letter queue of a standard queue is one; what moves there keeps its age, so the queue it came from must
    // not lose it before.
    for (const { values } of all("example", "aws_sqs_queue"))
      expect(values).toMatchObject({ message_retention_seconds: 14 * 86_400, fifo_queue: false });
    expect(
      all("example", "aws_sqs_queue")
        .map(({ values }) => values["name"])
        .sort(),
    ).toEqual([
      "handbook-revocations",
      "handbook-revocations-dead",
      "handbook-revocations-failed",
      "handbook-sign-outs",
    ]);
  });

  describe("alarms", () => {
    /** Those about one metric. */
    const simple = () =>
      all("example", "aws_cloudwatch_metric_alarm").filter(
        ({ values }) => values["alarm_name"] !== "handbook-sign-ins-failing",
      );
    // A distribution's id is known after the apply, and so are dimensions that have it.
    const subject = ({ dimensions, metric_name: metric }: Values) =>
      LOG_ALARMS.includes(metric as string)
        ? "lines of the access log"
        : metric === "rotation-overdue"
          ? "lines of the revoker's log"
          : Object.values((dimensions as object | undefined) ?? { DistributionId: "known after apply" })[0];

    test("when revocations are given up, lost or late, when a function fails, and when viewers get server errors", () => {
      const alarms = simple().map(({ values }) => [
        values["alarm_name"],
        values["metric_name"],
        values["statistic"],
        subject(values),
        values["threshold"],
      ]);
      expect(alarms.sort()).toEqual([
        ["handbook-key-rotator-errors", "Errors", "Sum", "handbook-key-rotator", 0],
        ["handbook-revocations-dead", "ApproximateNumberOfMessagesVisible", "Maximum", "handbook-revocations-dead", 0],
        ["handbook-revocations-errors", "Errors", "Sum", "handbook-revocations", 0],
        [
          "handbook-revocations-failed",
          "ApproximateNumberOfMessagesVisible",
          "Maximum",
          "handbook-revocations-failed",
          0,
        ],
        ["handbook-revocations-late", "ApproximateAgeOfOldestMessage", "Maximum", "handbook-revocations", 300],
        ["handbook-revoker-errors", "Errors", "Sum", "handbook-revoker", 0],
        ["handbook-rotation-overdue", "rotation-overdue", "Sum", "lines of the revoker's log", 0],
        ["handbook-server-errors", "5xxErrorRate", "Average", "known after apply", 5],
        ["handbook-sign-in-errors", "sign-in-errors", "Sum", "lines of the access log", 5],
        ["handbook-sign-outs-late", "ApproximateAgeOfOldestMessage", "Maximum", "handbook-sign-outs", 600],
        ["handbook-store-errors", "store-errors", "Sum", "lines of the access log", 10],
        ["handbook-wrong-signatures", "wrong-signatures", "Sum", "lines of the access log", 100],
      ]);
      for (const { values } of simple()) {
        expect(values).toMatchObject({
          comparison_operator: "GreaterThanThreshold",
          treat_missing_data: "notBreaching",
          period: values["metric_name"] === "rotation-overdue" ? 86_400 : 300,
          evaluation_periods: ["5xxErrorRate", "sign-in-errors"].includes(values["metric_name"] as string) ? 2 : 1,
        });
      }
    });

    test("of things that exist", () => {
      const things = [
        "lines of the access log",
        "lines of the revoker's log",
        ...all("example", "aws_sqs_queue").map(({ values }) => values["name"]),
        ...all("example", "aws_lambda_function").map(({ values }) => values["function_name"]),
      ];
      const { "alarm_server-errors": ofDistribution } = synthesized("aws_cloudwatch_metric_alarm");
      expect(ofDistribution!["dimensions"]).toEqual({
        DistributionId: "${aws_cloudfront_distribution.gateway.id}",
        Region: "Global",
      });
      for (const { values } of simple()) {
        if (values["metric_name"] !== ofDistribution!["metric_name"]) expect(things).toContain(subject(values));
      }
    });

    test("when more than half of at least ten sign-ins fail", () => {
      const found = all("example", "aws_cloudwatch_metric_alarm").filter(
        ({ values }) => !simple().some((one) => one.values === values),
      );
      expect(found.map(({ values }) => values)).toEqual([
        expect.objectContaining({
          comparison_operator: "GreaterThanThreshold",
          threshold: 50,
          evaluation_periods: 2,
          treat_missing_data: "notBreaching",
        }),
      ]);
      const queries = found[0]!.values["metric_query"] as { id: string; expression: string | null; metric: Values[] }[];
      expect(queries.find(({ id }) => id === "percent")!.expression).toBe(
        "IF((FILL(failed, 0) + FILL(finished, 0)) >= 10, 100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(finished, 0)), 0)",
      );
      expect(
        queries.flatMap(({ id, metric }) => metric.map((one) => [id, one["metric_name"], one["period"]])).sort(),
      ).toEqual([
        ["failed", "sign-ins-failed", 900],
        ["finished", "sign-ins-finished", 900],
      ]);
    });

    test("count lines of logs that there are, each for one alarm or for the dashboard", () => {
      const filters = all("example", "aws_cloudwatch_log_metric_filter").map(({ values }) => values);
      const groups = all("example", "aws_cloudwatch_log_group").map(({ values }) => values["name"]);
      const read = all("example", "aws_cloudwatch_metric_alarm").flatMap(({ values }) => [
        values,
        ...((values["metric_query"] as { metric: Values[] }[] | undefined) ?? []).flatMap(({ metric }) => metric),
      ]);
      for (const { name: filter, metric_transformation: transformation, log_group_name: group } of filters) {
        const [{ name, namespace, value }] = transformation as [Values];
        expect([filter, value]).toEqual([`handbook-${name as string}`, "1"]);
        expect(groups).toContain(group);
        expect(read.filter((one) => one["namespace"] === namespace && one["metric_name"] === name)).toHaveLength(
          SHOWN.includes(name as string) ? 0 : 1,
        );
      }
    });

    test("tell the config's topic, or nobody", () => {
      for (const { values } of all("everything", "aws_cloudwatch_metric_alarm")) {
        expect([values["alarm_actions"], values["ok_actions"]]).toEqual([
          [EVERYTHING.alarmTopicArn],
          [EVERYTHING.alarmTopicArn],
        ]);
      }
      for (const { values } of all("example", "aws_cloudwatch_metric_alarm"))
        expect([values["alarm_actions"] ?? [], values["ok_actions"] ?? []]).toEqual([[], []]);
    });
  });

  describe("encrypts", () => {
    const keyOf: Record<string, (values: Values) => unknown> = {
      aws_dynamodb_table: (values) => (values["server_side_encryption"] as Values[] | undefined)?.[0]?.["kms_key_arn"],
      aws_secretsmanager_secret: (values) => values["kms_key_id"],
      aws_sns_topic: (values) => values["kms_master_key_id"],
      aws_sqs_queue: (values) =>
        values["kms_master_key_id"] ?? (values["sqs_managed_sse_enabled"] === true ? "SSE-SQS" : undefined),
    };

    test.each(Object.keys(keyOf))(
      "every %s by the config's key, but the queue of what a wrong key policy would lose",
      (type) => {
        const keys = all("everything", type).map(({ name, values }) => [name, keyOf[type]!(values)]);
        expect(keys.length).toBeGreaterThan(0);
        expect(keys).toEqual(
          keys.map(([name]) => [name, name === "revoker_topic_failed" ? "SSE-SQS" : EVERYTHING.kmsKeyArn]),
        );
      },
    );

    test.each([
      ["aws_dynamodb_table", undefined],
      ["aws_secretsmanager_secret", null],
      ["aws_sns_topic", "alias/aws/sns"],
      ["aws_sqs_queue", "SSE-SQS"],
    ])("every %s by AWS's own where it names none", (type, expected) => {
      const keys = all("example", type).map(({ values }) => keyOf[type]!(values));
      expect(keys.length).toBeGreaterThan(0);
      expect(new Set(keys.map((key) => key ?? undefined))).toEqual(new Set([expected ?? undefined]));
    });
  });

  test("says where it is: its name, its tables, its topic and its queues", () => {
    expect(plans.example.outputs).toMatchObject({
      revoker_function_name: { value: "handbook-revoker" },
      sessions_table_name: { value: "handbook-sessions" },
      revocations_table_name: { value: "handbook-revocations" },
    });
    // Known after the apply.
    expect(Object.keys(plans.example.outputs)).toEqual(
      expect.arrayContaining([
        "revocation_topic_arn",
        "revocation_queue_url",
        "sign_out_queue_url",
        "dead_revocation_queue_url",
      ]),
    );
  });

  test("applied: is told where everything is, gives up after five times, and is reached by its own queue, topic and schedule only", () => {
    const terraform = open(join(outdir, "everything/stacks/everything"));
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
